import { expect, test } from "vitest";
import type { CandidateEntry } from "./candidates.ts";
import { evictionsFor, surplusOf } from "./eviction.ts";

const BOUNDS = { perKey: 2, total: 4, perCaller: 3, ttlMs: 100 };

function entry(id: string, more: Partial<CandidateEntry> = {}): CandidateEntry {
  const base = { id, baseKey: id, policy: "p", footprint: [], routes: [], owner: id, sizeBytes: 1 };
  return { ...base, storedAt: 0, usedAt: 0, ...more };
}

function sealed(digest: string): Pick<CandidateEntry, "footprint"> {
  return { footprint: [{ digest, gate: { kind: "alias", alias: digest, package: null } }] };
}

function evicted(incoming: CandidateEntry, census: readonly CandidateEntry[], now = 10): string[] {
  return evictionsFor(incoming, census, BOUNDS, now).map(({ entry }) => entry.id);
}

test("the same footprint under the same key is replaced", () => {
  const old = entry("old", { baseKey: "k", ...sealed("d") });
  expect(evicted(entry("new", { baseKey: "k", ...sealed("d") }), [old])).toEqual(["old"]);
});

test("a base key holds no more than its room", () => {
  const census = ["a", "b"].map((id, at) => entry(id, { baseKey: "k", usedAt: at, ...sealed(id) }));
  expect(evicted(entry("new", { baseKey: "k", ...sealed("c") }), census)).toEqual(["a"]);
});

test("expired go first, then the least recently used private ones, then public ones", () => {
  const census = [
    entry("public", { usedAt: 1 }),
    entry("private", { usedAt: 5, ...sealed("d") }),
    entry("fresh", { usedAt: 9, ...sealed("e") }),
    entry("expired", { storedAt: -200, usedAt: 9 }),
  ];
  expect(evicted(entry("new"), census)).toEqual(["expired"]);
  const living = census.slice(0, 3);
  expect(evicted(entry("new"), [...living, entry("more", { usedAt: 2 })])).toEqual(["private"]);
});

test("one caller pushes out its own and nobody else's", () => {
  const own = ["a", "b", "c"].map((id, at) => entry(id, { owner: "flooder", usedAt: 5 + at }));
  expect(evicted(entry("new", { owner: "flooder" }), [entry("x", { usedAt: 0 }), ...own])).toEqual([
    "a",
  ]);
});

test("whatever goes, goes for a reason that is told", () => {
  const reasons = (incoming: CandidateEntry, census: readonly CandidateEntry[]): string[] =>
    evictionsFor(incoming, census, BOUNDS, 10).map(
      ({ entry: { id }, because }) => `${id} ${because}`,
    );
  const full = ["a", "b"].map((id) => entry(id, { baseKey: "k", ...sealed(id) }));
  expect(reasons(entry("new", { baseKey: "k", ...sealed("c") }), full)).toEqual(["a room-per-key"]);
  expect(reasons(entry("new", { baseKey: "k", ...sealed("b") }), full)).toEqual(["b replaced"]);
  const own = ["a", "b", "c"].map((id) => entry(id, { owner: "flooder" }));
  expect(reasons(entry("new", { owner: "flooder" }), own)).toEqual(["a share-of-caller"]);
  const many = ["a", "b", "c", "d"].map((id) => entry(id));
  expect(reasons(entry("new"), many)).toEqual(["a room-in-total"]);
  const old = entry("old", { storedAt: -200 });
  expect(reasons(entry("new"), [...many.slice(1), old])).toEqual(["old expired"]);
});

test("with nothing coming in, the expired go, and what is beyond the bounds", () => {
  const surplus = (census: readonly CandidateEntry[]): string[] =>
    surplusOf(census, BOUNDS, 10).map(({ entry: { id }, because }) => `${id} ${because}`);
  expect(surplus(["a", "b", "c", "d"].map((id) => entry(id)))).toEqual([]);
  expect(surplus([entry("a"), entry("old", { storedAt: -90 })])).toEqual(["old expired"]);
  expect(surplus(["a", "b", "c", "d", "e"].map((id) => entry(id)))).toEqual(["a room-in-total"]);
  const crowd = ["a", "b", "c"].map((id, at) => entry(id, { baseKey: "k", usedAt: 9 - at }));
  expect(surplus(crowd)).toEqual(["c room-per-key"]);
});
