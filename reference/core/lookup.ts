import type { Caller } from "./caller.ts";
import type { CandidateEntry } from "./candidates.ts";
import { classify } from "./classify.ts";
import type { Because } from "./eviction.ts";
import { descriptorOf } from "./footprint.ts";
import { passes } from "./gate.ts";
import type { Policy } from "./policy.ts";
import { isRefusal } from "./refusal.ts";

/** What a look-up comes to: the candidate to replay, and those that nobody can match any more. */
export interface Lookup<C extends CandidateEntry> {
  readonly match: C | null;
  readonly stale: readonly C[];
}

/**
 * Among the candidates under one base key, the one that this caller's own fresh resolve would give: the
 * fullest footprint whose every descriptor the caller can reproduce now and whose every gate it passes now.
 */
export function lookUp<C extends CandidateEntry>(
  parts: LookupParts,
  policy: Policy,
  caller: Caller,
  candidates: readonly C[],
  time: { readonly now: number; readonly ttlMs: number },
): Lookup<C> {
  const stale: C[] = [];
  let match: C | null = null;
  for (const candidate of candidates) {
    const expired = time.now - candidate.storedAt >= time.ttlMs;
    const standing = expired ? "gone" : parts.standingOf(parts, policy, caller, candidate);
    if (standing === "gone") stale.push(candidate);
    if (standing !== "matches") continue;
    if (match === null || candidate.footprint.length > match.footprint.length) match = candidate;
  }
  return { match, stale };
}

export interface LookupParts {
  readonly standingOf: typeof standingOf;
  readonly passes: typeof passes;
  readonly classify: typeof classify;
  readonly currentDigest: typeof currentDigest;
}

/** `gone`: nobody can match it any more. `closed`: this caller cannot. */
export type Standing = "matches" | "closed" | "gone";

/** A public candidate matches everyone; a private one only who passes every gate in its footprint now. */
export function standingOf(
  parts: Omit<LookupParts, "standingOf">,
  policy: Policy,
  caller: Caller,
  candidate: CandidateEntry,
): Standing {
  const outlived = candidate.footprint.some(
    ({ digest, gate }) => parts.currentDigest(policy, gate) !== digest,
  );
  if (outlived) return "gone";
  if (!candidate.footprint.every(({ gate }) => parts.passes(policy, caller, gate))) return "closed";
  // What a probe found may have changed although the rules have not.
  if (candidate.policy === policy.digest && policy.probeHosts.length === 0) return "matches";
  // The rules have changed since it was stored: every route is classified again and must come out the same.
  for (const use of candidate.routes) {
    const route = parts.classify(policy, caller, use.registry, use.package);
    // Outside of every route it is refused to everybody, and not to this caller alone.
    if (isRefusal(route)) return route.refused === "outside-allowlist" ? "gone" : "closed";
    const descriptor = descriptorOf(route)?.digest ?? null;
    if (route.class !== use.routeClass || descriptor !== use.descriptor) return "gone";
  }
  return "matches";
}

/** Why a candidate that is `gone` went, for whoever counts. */
export function goneBecause(
  parts: Pick<LookupParts, "currentDigest">,
  policy: Policy,
  candidate: CandidateEntry,
  time: { readonly now: number; readonly ttlMs: number },
): Because {
  if (time.now - candidate.storedAt >= time.ttlMs) return "expired";
  const outlived = candidate.footprint.some(
    ({ digest, gate }) => parts.currentDigest(policy, gate) !== digest,
  );
  return outlived ? "outlived" : "class-changed";
}

/** The digest of the descriptor that stands behind a gate at present, or null when nothing does. */
export function currentDigest(
  policy: Policy,
  gate: CandidateEntry["footprint"][number]["gate"],
): string | null {
  if (gate.kind === "hosted") {
    const hosted = policy.hosted.find(({ pattern }) => pattern === gate.pattern);
    return hosted?.descriptor?.digest ?? null;
  }
  const alias = policy.aliases.find(({ name }) => name === gate.alias);
  if (gate.package === null) return alias?.descriptor.digest ?? null;
  return alias?.packages.get(gate.package)?.descriptor.digest ?? null;
}

/**
 * The set of descriptors that a caller may use now. Callers with the same view may share one resolve in
 * flight, and no others may.
 */
export function viewOf(
  parts: Pick<LookupParts, "passes">,
  policy: Policy,
  caller: Caller,
): readonly string[] {
  const open = (descriptor: CandidateEntry["footprint"][number] | null): string[] =>
    descriptor !== null && parts.passes(policy, caller, descriptor.gate) ? [descriptor.digest] : [];
  return [
    ...policy.aliases.flatMap((alias) => [
      ...open(alias.descriptor),
      ...[...alias.packages.values()].flatMap(({ descriptor }) => open(descriptor)),
    ]),
    ...policy.hosted.flatMap(({ descriptor }) => open(descriptor)),
  ].sort();
}
