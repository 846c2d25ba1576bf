import type { CandidateEntry } from "../core/candidates.ts";
import { surplusOf } from "../core/eviction.ts";
import type { Eviction } from "../core/eviction.ts";
import type { Policy } from "../core/policy.ts";
import type { StoredScope } from "../core/scope.ts";
import type { Running } from "../running.ts";

/** What was let go. */
export interface Tidied {
  readonly candidates: number;
  readonly metadata: number;
}

/**
 * Lets go of what nobody can be served any more, without being asked for it: candidates that have expired,
 * or whose alias was rotated or is gone; metadata of such namespaces, and what has not been vouched for
 * within the freshness limit. New bounds bite here as well.
 */
export async function tidyUp(running: Running): Promise<Tidied> {
  const { ports, rules, metrics } = running;
  const { candidates, metadata } = ports.stores;
  const now = ports.clock.now();
  const census = await candidates.census();
  const out = goners(running, census, now);
  for (const { because } of out) metrics.evicted(because);
  await candidates.drop(out.map(({ entry }) => entry));
  await metadata.bound(rules.config.cache.metadataBytes);
  const dropped = await metadata.retain(scopesOf(rules.policy), now - rules.staleLimitMs);
  const tidied = { candidates: out.length, metadata: dropped };
  if (tidied.candidates + tidied.metadata > 0) ports.log("tidied", { ...tidied });
  return tidied;
}

/** Those that no caller can match, and those that the bounds leave no room for. */
function goners(
  { parts, rules }: Running,
  census: readonly CandidateEntry[],
  now: number,
): readonly Eviction[] {
  const isOutlived = ({ footprint }: CandidateEntry): boolean =>
    footprint.some(({ digest, gate }) => parts.currentDigest(rules.policy, gate) !== digest);
  const outlived = census.filter(isOutlived);
  const living = census.filter((entry) => !isOutlived(entry));
  return [
    ...outlived.map((entry): Eviction => ({ entry, because: "outlived" })),
    ...surplusOf(living, rules.candidateBounds, now),
  ];
}

/** Every scope that a route can still have. */
function scopesOf({ aliases, hosted }: Policy): StoredScope[] {
  const descriptors = [
    ...aliases.flatMap(({ descriptor, packages }) => [
      descriptor,
      ...[...packages.values()].map((refined) => refined.descriptor),
    ]),
    ...hosted.flatMap(({ descriptor }) => descriptor ?? []),
  ];
  return [
    { kind: "public" },
    ...descriptors.map(({ digest }): StoredScope => ({ kind: "private", descriptor: digest })),
  ];
}
