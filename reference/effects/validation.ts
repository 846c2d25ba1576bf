import type { Candidate } from "../core/candidates.ts";
import type { Caller } from "../core/caller.ts";
import type { RouteUse } from "../core/footprint.ts";
import { isRefusal } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Running } from "../running.ts";
import { revalidate } from "./metadata.ts";

/**
 * Before a private hit is served, each alias in its footprint vouches for it: one conditional request with
 * the alias's own credential, for one package. A refusal drops the candidate and refuses the caller. An
 * upstream that is down refuses nobody: the candidate stands in for it, as any stored copy of its scope does.
 */
export async function validateHit(
  running: Running,
  caller: Caller,
  hit: Candidate,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const uses = onePerDescriptor(hit.routes);
  const refusals = await Promise.all(uses.map((use) => vouchedFor(running, caller, use, signal)));
  const denied = refusals.find((refusal) => refusal?.refused === "upstream-denied");
  if (denied !== undefined && denied !== null) {
    running.metrics.refused("proxied", denied.refused);
    running.metrics.evicted("denied");
    await running.ports.stores.candidates.drop([hit]);
    return denied;
  }
  const isStale = running.ports.clock.now() - hit.storedAt >= running.rules.staleLimitMs;
  return refusals.find((refusal) => refusal?.refused !== "upstream-down" || isStale) ?? null;
}

/** A descriptor is what one upstream grants by one credential, so that one of its packages speaks for it. */
function onePerDescriptor(routes: readonly RouteUse[]): readonly RouteUse[] {
  const first = new Map<string, RouteUse>();
  for (const use of routes) {
    if (use.routeClass !== "proxied" || use.descriptor === null) continue;
    if (!first.has(use.descriptor)) first.set(use.descriptor, use);
  }
  return [...first.values()];
}

async function vouchedFor(
  running: Running,
  caller: Caller,
  { registry, package: name }: RouteUse,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const { parts, rules } = running;
  const route = parts.classify(rules.policy, caller, registry, name);
  if (isRefusal(route)) return route;
  return route.class === "proxied" ? revalidate(running, route, signal) : null;
}
