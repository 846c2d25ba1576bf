import type { CandidateEntry } from "./candidates.ts";

export interface CandidateBounds {
  readonly perKey: number;
  readonly total: number;
  /** The most that one caller's requests may have filled. */
  readonly perCaller: number;
  readonly ttlMs: number;
}

/** Why a candidate went. */
export type Because =
  | "replaced"
  | "expired"
  | "room-per-key"
  | "room-in-total"
  | "share-of-caller"
  /** A descriptor of its footprint is not that of its gate any more: rotated, restricted or gone. */
  | "outlived"
  | "class-changed"
  /** Its upstream denied it when it was asked before a hit. */
  | "denied";

export interface Eviction {
  readonly entry: CandidateEntry;
  readonly because: Because;
}

/**
 * What has to go so that `incoming` fits. Whatever has the same footprint under the same key is replaced.
 * Expired candidates go first, then the least recently used private ones, then public ones.
 */
export function evictionsFor(
  incoming: CandidateEntry,
  census: readonly CandidateEntry[],
  bounds: CandidateBounds,
  now: number,
): readonly Eviction[] {
  const out = new Map<CandidateEntry, Because>();
  const footprint = footprintKey(incoming);
  for (const entry of census) {
    const sameKey = entry.baseKey === incoming.baseKey;
    if (sameKey && footprintKey(entry) === footprint) out.set(entry, "replaced");
  }
  const room = shedding(out, bounds, now);
  room(
    census.filter(({ baseKey }) => baseKey === incoming.baseKey),
    bounds.perKey - 1,
    "room-per-key",
  );
  room(
    census.filter(({ owner }) => owner === incoming.owner),
    bounds.perCaller - 1,
    "share-of-caller",
  );
  room(census, bounds.total - 1, "room-in-total");
  return [...out].map(([entry, because]) => ({ entry, because }));
}

/** What stands beyond the bounds with nothing coming in: expired, or more than new bounds allow. */
export function surplusOf(
  census: readonly CandidateEntry[],
  bounds: CandidateBounds,
  now: number,
): readonly Eviction[] {
  const out = new Map<CandidateEntry, Because>();
  for (const entry of census) {
    if (now - entry.storedAt >= bounds.ttlMs) out.set(entry, "expired");
  }
  const room = shedding(out, bounds, now);
  for (const group of Map.groupBy(census, ({ baseKey }) => baseKey).values()) {
    room(group, bounds.perKey, "room-per-key");
  }
  for (const group of Map.groupBy(census, ({ owner }) => owner).values()) {
    room(group, bounds.perCaller, "share-of-caller");
  }
  room(census, bounds.total, "room-in-total");
  return [...out].map(([entry, because]) => ({ entry, because }));
}

/** Puts out as many of a group as are too many, the least worth keeping first. */
function shedding(
  out: Map<CandidateEntry, Because>,
  bounds: CandidateBounds,
  now: number,
): (group: readonly CandidateEntry[], room: number, because: Because) => void {
  return (group, room, because) => {
    const left = group.filter((entry) => !out.has(entry));
    const excess = left.length - room;
    if (excess <= 0) return;
    const order = left.toSorted(
      (a, b) => rank(a, bounds, now) - rank(b, bounds, now) || a.usedAt - b.usedAt,
    );
    for (const entry of order.slice(0, excess)) {
      out.set(entry, rank(entry, bounds, now) === 0 ? "expired" : because);
    }
  };
}

function footprintKey(entry: CandidateEntry): string {
  return entry.footprint
    .map(({ digest }) => digest)
    .sort()
    .join(" ");
}

function rank(entry: CandidateEntry, bounds: CandidateBounds, now: number): number {
  if (now - entry.storedAt >= bounds.ttlMs) return 0;
  return entry.footprint.length > 0 ? 1 : 2;
}
