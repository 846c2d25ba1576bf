import type { CandidateEntry } from "./candidates.ts";

export interface CandidateBounds {
  readonly perKey: number;
  readonly total: number;
  /** The most that one caller's requests may have filled. */
  readonly perCaller: number;
  readonly ttlMs: number;
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
): readonly CandidateEntry[] {
  const out = new Set<CandidateEntry>();
  const footprint = footprintKey(incoming);
  for (const entry of census) {
    const sameKey = entry.baseKey === incoming.baseKey;
    if (sameKey && footprintKey(entry) === footprint) out.add(entry);
  }
  const shed = (group: readonly CandidateEntry[], room: number): void => {
    const left = group.filter((entry) => !out.has(entry));
    const excess = left.length + 1 - room;
    if (excess <= 0) return;
    const order = left.toSorted(
      (a, b) => rank(a, bounds, now) - rank(b, bounds, now) || a.usedAt - b.usedAt,
    );
    for (const entry of order.slice(0, excess)) out.add(entry);
  };
  shed(
    census.filter(({ baseKey }) => baseKey === incoming.baseKey),
    bounds.perKey,
  );
  shed(
    census.filter(({ owner }) => owner === incoming.owner),
    bounds.perCaller,
  );
  shed(census, bounds.total);
  return [...out];
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
