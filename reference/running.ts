import { pickRegistry } from "npm-registry-fetch";
import { publicRoutesOf } from "./config.ts";
import type { Config } from "./config.ts";
import type { CandidateBounds } from "./core/eviction.ts";
import type { Parts } from "./core/parts.ts";
import { compilePolicy } from "./core/policy.ts";
import type { Policy } from "./core/policy.ts";
import type { Flights } from "./effects/flights.ts";
import type { Metrics } from "./effects/metrics.ts";
import type { Ports } from "./ports.ts";

/** A started reference: what every effect is handed. `rules` is replaced whole by a reload. */
export interface Running {
  readonly parts: Parts;
  readonly ports: Ports;
  readonly secret: string;
  readonly flights: Flights;
  readonly metrics: Metrics;
  rules: Rules;
}

/** The configuration as it is in force. A request reads it once and keeps that, but for its last gate. */
export interface Rules {
  readonly config: Config;
  readonly policy: Policy;
  readonly candidateBounds: CandidateBounds;
  readonly metadataTtlMs: number;
  readonly staleLimitMs: number;
}

/** The same with the rules of this moment, whatever is reloaded while a request is answered. */
export function pinned(running: Running): Running {
  return { ...running, rules: running.rules };
}

/** Compiles a config into rules. `listeningAt` stands where the config names no public URL. */
export function rulesOf(
  running: Pick<Running, "parts" | "ports" | "secret">,
  config: Config,
  listeningAt: string,
): Rules {
  const { routes, dropped } = publicRoutesOf(config);
  for (const index of dropped) {
    running.ports.log("public-route-dropped", { rule: `public.routes.${index}` });
  }
  const { cache } = config;
  const text = {
    publicUrl: config.publicUrl ?? listeningAt,
    officialRegistry: config.officialRegistry ?? pickRegistry("any", {}),
    builtInPublic: config.public.builtIn,
    publicRoutes: routes,
    aliases: Object.entries(config.aliases).map(([name, alias]) => ({
      ...alias,
      name,
      authorization: authorizationOf(running.ports.credential(alias.credential)),
    })),
    hosted: config.hosted,
    teams: config.teams,
    anonymous: config.auth.anonymous,
    unknownRoutes: config.unknownRoutes,
    fallback: config.fallback,
  };
  return {
    config,
    policy: compilePolicy(running.parts, text, running.secret),
    candidateBounds: {
      perKey: cache.candidatesPerKey,
      total: cache.candidatesTotal,
      perCaller: cache.candidatesPerCaller,
      ttlMs: cache.resolutionTtlSeconds * 1000,
    },
    metadataTtlMs: cache.metadataTtlSeconds * 1000,
    staleLimitMs: cache.staleLimitSeconds * 1000,
  };
}

/** A bare token is sent as Bearer; a value with a scheme is sent as it is. */
function authorizationOf(credential: string): string {
  const value = credential.trim();
  return value.includes(" ") ? value : `Bearer ${value}`;
}
