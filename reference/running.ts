import { pickRegistry } from "npm-registry-fetch";
import { ConfigError, publicRoutesOf } from "./config.ts";
import type { Config } from "./config.ts";
import type { CandidateBounds } from "./core/eviction.ts";
import type { Parts } from "./core/parts.ts";
import { compilePolicy } from "./core/policy.ts";
import type { Policy } from "./core/policy.ts";
import type { Flights } from "./effects/flights.ts";
import type { Metrics } from "./effects/metrics.ts";
import type { PackumentCheck } from "./effects/packument-check.ts";
import { createProbes } from "./effects/probing.ts";
import type { Probes } from "./effects/probing.ts";
import type { SeenBodies } from "./effects/seen.ts";
import type { CredentialSource, Ports, TokenRecord } from "./ports.ts";

/** A started reference: what every effect is handed. `rules` is replaced whole by a reload. */
export interface Running {
  readonly parts: Parts;
  readonly ports: Ports;
  readonly secret: string;
  readonly flights: Flights;
  readonly metrics: Metrics;
  readonly seen: SeenBodies;
  readonly packuments: PackumentCheck;
  rules: Rules;
}

/** The configuration as it is in force. A request reads it once and keeps that, but for its last gate. */
export interface Rules {
  readonly config: Config;
  readonly policy: Policy;
  readonly candidateBounds: CandidateBounds;
  readonly metadataTtlMs: number;
  readonly staleLimitMs: number;
  readonly probes: Probes;
  /** By their digest. */
  readonly declaredTokens: ReadonlyMap<string, TokenRecord>;
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
      authorization: authorizationOf(credentialFor(running, name, alias.credential)),
    })),
    hosted: config.hosted,
    teams: config.teams,
    anonymous: config.auth.anonymous,
    unknownRoutes: config.unknownRoutes,
    fallback: config.fallback,
    ...(config.probing === "on" ? { probeHosts: config.probes.hosts } : {}),
  };
  // Verdicts do not outlive the rules: a reload forgets them.
  const probes = createProbes({
    ttlMs: config.probes.ttlSeconds * 1000,
    verdicts: config.probes.verdicts,
  });
  return {
    config,
    policy: compilePolicy(running.parts, text, running.secret, probes.verdicts),
    candidateBounds: {
      perKey: cache.candidatesPerKey,
      total: cache.candidatesTotal,
      perCaller: cache.candidatesPerCaller,
      ttlMs: cache.resolutionTtlSeconds * 1000,
    },
    metadataTtlMs: cache.metadataTtlSeconds * 1000,
    staleLimitMs: cache.staleLimitSeconds * 1000,
    probes,
    declaredTokens: declaredTokensOf(config),
  };
}

/** Throws `ConfigError`, in one line that says which alias it is for. */
function credentialFor(
  { ports }: Pick<Running, "ports">,
  alias: string,
  source: CredentialSource,
): string {
  try {
    return ports.credential(source);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`aliases.${alias}.credential: ${why}`);
  }
}

/** They have stood in the config for as long as anybody can tell. */
function declaredTokensOf(config: Config): ReadonlyMap<string, TokenRecord> {
  const records = Object.entries(config.auth.users).flatMap(([user, { tokens }]) =>
    tokens.map((digest) => ({ digest, user, createdAt: 0, readonly: false, revoked: false })),
  );
  return new Map(records.map((record) => [record.digest, record]));
}

/** A bare token is sent as Bearer; a value with a scheme is sent as it is. */
function authorizationOf(credential: string): string {
  const value = credential.trim();
  return value.includes(" ") ? value : `Bearer ${value}`;
}
