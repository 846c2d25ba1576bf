import type { Probe, Route } from "../core/classify.ts";
import { nameAndVersion } from "../core/lockfile-routes.ts";
import type { Verdict, Verdicts } from "../core/probe.ts";
import { isRefusal } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import { registryFor } from "../core/request.ts";
import type { Honoured } from "../core/request.ts";
import type { Running } from "../running.ts";

/** Verdicts of probes, each for a time, and the oldest forgotten when there are too many. */
export interface Probes {
  /** The same map all the time: whoever reads it sees the verdicts of this moment. */
  readonly verdicts: Verdicts;
  remember(key: string, verdict: Verdict, now: number): void;
  /** Forgets what is too old. */
  expire(now: number): void;
}

export function createProbes(bounds: {
  readonly ttlMs: number;
  readonly verdicts: number;
}): Probes {
  const verdicts = new Map<string, Verdict>();
  // All live equally long, so that the first is always the oldest.
  const madeAt = new Map<string, number>();
  const forget = (key: string): void => {
    verdicts.delete(key);
    madeAt.delete(key);
  };
  return {
    verdicts,
    remember: (key, verdict, now) => {
      forget(key);
      verdicts.set(key, verdict);
      madeAt.set(key, now);
      for (const oldest of madeAt.keys()) {
        if (madeAt.size <= bounds.verdicts) break;
        forget(oldest);
      }
    },
    expire: (now) => {
      for (const [key, at] of madeAt) {
        if (now - at < bounds.ttlMs) break;
        forget(key);
      }
    },
  };
}

/** Asks for a package without any credential, keeping what comes in the public scope alone. */
export type AskOpenly = (
  route: Extract<Route, { class: "public" }>,
  signal: AbortSignal,
) => Promise<object | Refusal | null>;

/** `absent`: the registry has no such name, which says nothing about its scope. */
export type Settled = "settled" | "absent" | Refusal;

/**
 * Sees to it that an undeclared registry under an allowed host has been asked what it is, before a fetch is
 * classified: one anonymous request for each registry and scope, whoever waits for it.
 */
export async function settleProbe(
  running: Running,
  wanted: { readonly registry: string; readonly name: string },
  ask: AskOpenly,
  signal: AbortSignal,
): Promise<Settled> {
  const { parts, rules, ports } = running;
  if (rules.policy.probeHosts.length === 0) return "settled";
  rules.probes.expire(ports.clock.now());
  for (;;) {
    const probe = parts.probeFor(rules.policy, wanted.registry, wanted.name);
    if (probe === null) return "settled";
    const flight = await running.flights.join(`probe ${probe.key}`, signal, async (aboard) => {
      return { name: probe.package, settled: await askOnce(running, probe, ask, aboard) };
    });
    // What another name of this scope was told may have left no verdict on it.
    if (flight.value.name === wanted.name) return flight.value.settled;
  }
}

async function askOnce(
  { rules, ports, metrics }: Running,
  { key, registry, package: name }: Probe,
  ask: AskOpenly,
  signal: AbortSignal,
): Promise<Settled> {
  const answer = await ask({ class: "public", registry, package: name }, signal);
  const isDenied = isRefusal(answer) && answer.refused === "upstream-denied";
  metrics.probed(answer === null ? "absent" : isRefusal(answer) && !isDenied ? "down" : "verdict");
  if (answer === null) return "absent";
  if (isRefusal(answer) && !isDenied) return answer;
  rules.probes.remember(key, isDenied ? "requires-auth" : "public", ports.clock.now());
  return "settled";
}

/** The same for whatever an input lockfile names, whose routes are classified before anything is fetched. */
export async function settleSeed(
  running: Running,
  honoured: Honoured,
  ask: AskOpenly,
  signal: AbortSignal,
): Promise<void> {
  const { policy } = running.rules;
  if (policy.probeHosts.length === 0) return;
  for (const key of Object.keys(honoured.lockfile?.packages ?? {})) {
    const name = nameAndVersion(key)?.name;
    if (name === undefined) continue;
    const registry = registryFor(honoured, policy.officialRegistry, name);
    await settleProbe(running, { registry, name }, ask, signal);
  }
}
