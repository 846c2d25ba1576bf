import { expect, test } from "vitest";
import { ANONYMOUS } from "./caller.ts";
import type { CandidateEntry } from "./candidates.ts";
import { classify } from "./classify.ts";
import { emptyFootprint, recordUse } from "./footprint.ts";
import { lookUp, viewOf } from "./lookup.ts";
import { PARTS } from "./parts.ts";
import { ACME_ALIAS, samplePolicy } from "./sample-policy.ts";
import type { Policy } from "./policy.ts";
import { isRefusal } from "./refusal.ts";

const alice = { user: "alice" };
const bob = { user: "bob" };
const mallory = { user: "mallory" };
const ACME = "https://npm.acme.test/private/";
const OFFICIAL = "https://official.test/";

/** What a resolve of these routes would have stored under this policy. */
function candidate(
  policy: Policy,
  routes: readonly (readonly [string, string])[],
  more: Partial<CandidateEntry> = {},
): CandidateEntry {
  const footprint = emptyFootprint();
  for (const [registry, name] of routes) {
    const route = classify(policy, alice, registry, name);
    if (isRefusal(route)) throw new Error(route.message);
    recordUse(footprint, registry, route);
  }
  return {
    id: "c",
    baseKey: "k",
    policy: policy.digest,
    footprint: [...footprint.descriptors.values()],
    routes: [...footprint.routes.values()],
    owner: "alice",
    sizeBytes: 1,
    storedAt: 0,
    usedAt: 0,
    ...more,
  };
}

function matchOf(policy: Policy, caller: { user: string | null }, ...entries: CandidateEntry[]) {
  return lookUp(PARTS, policy, caller, entries, { now: 10, ttlMs: 100 });
}

test("a public candidate matches everyone", () => {
  const policy = samplePolicy();
  const entry = candidate(policy, [[OFFICIAL, "left-pad"]]);
  expect(matchOf(policy, ANONYMOUS, entry).match).toBe(entry);
});

test("a private one matches whoever passes its gate, and no other", () => {
  const policy = samplePolicy();
  const entry = candidate(policy, [[ACME, "@acme/tool"]]);
  expect(matchOf(policy, bob, entry).match).toBe(entry);
  expect(matchOf(policy, mallory, entry)).toEqual({ match: null, stale: [] });
  expect(matchOf(policy, ANONYMOUS, entry).match).toBeNull();
});

test("every gate counts, not some", () => {
  const policy = samplePolicy();
  const entry = candidate(policy, [
    [ACME, "@acme/tool"],
    [ACME, "@acme/vault"],
  ]);
  expect(matchOf(policy, alice, entry).match).toBe(entry);
  expect(matchOf(policy, bob, entry).match).toBeNull();
});

test("a revocation bites at the next look-up", () => {
  const before = samplePolicy();
  const entry = candidate(before, [[ACME, "@acme/tool"]]);
  const after = samplePolicy({ teams: { acme: ["alice"] } });
  expect(matchOf(after, bob, entry).match).toBeNull();
  expect(matchOf(after, alice, entry).match).toBe(entry);
});

test.each([
  ["its generation", { generation: 2 }],
  ["the credential itself", { authorization: "Bearer another-fake-credential" }],
])("a rotation by %s outdates the candidate for everyone", (_by, change) => {
  const entry = candidate(samplePolicy(), [[ACME, "@acme/tool"]]);
  const after = samplePolicy({ aliases: [{ ...ACME_ALIAS, ...change }] });
  expect(matchOf(after, alice, entry)).toEqual({ match: null, stale: [entry] });
});

test("a public route made private is a miss, and the candidate goes", () => {
  const before = samplePolicy({ publicRoutes: [{ registry: ACME, packages: ["@acme/tool"] }] });
  const entry = candidate(before, [[ACME, "@acme/tool"]]);
  expect(entry.footprint).toEqual([]);
  const after = samplePolicy();
  expect(matchOf(after, alice, entry)).toEqual({ match: null, stale: [entry] });
  expect(matchOf(after, mallory, entry).match).toBeNull();
});

test("a route that no rule leads to any more is nobody's, and the candidate goes", () => {
  const before = samplePolicy({ publicRoutes: [{ registry: "https://other.test/" }] });
  const entry = candidate(before, [["https://other.test/", "left-pad"]]);
  const after = samplePolicy();
  expect(matchOf(after, alice, entry)).toEqual({ match: null, stale: [entry] });
});

test("of several matches the caller gets the fullest footprint [resolve.cache.fullest]", () => {
  const policy = samplePolicy();
  const open = candidate(policy, [[OFFICIAL, "left-pad"]], { id: "open" });
  const full = candidate(policy, [[ACME, "@acme/tool"]], { id: "full" });
  expect(matchOf(policy, alice, open, full).match).toBe(full);
  expect(matchOf(policy, alice, full, open).match).toBe(full);
  expect(matchOf(policy, mallory, open, full).match).toBe(open);
});

test("an expired candidate goes", () => {
  const policy = samplePolicy();
  const entry = candidate(policy, [[OFFICIAL, "left-pad"]], { storedAt: -100 });
  expect(matchOf(policy, alice, entry)).toEqual({ match: null, stale: [entry] });
});

test("callers of one team have one view, others another", () => {
  const policy = samplePolicy({ aliases: [{ ...ACME_ALIAS, packages: {} }] });
  expect(viewOf(PARTS, policy, alice)).toEqual(viewOf(PARTS, policy, bob));
  expect(viewOf(PARTS, policy, alice)).not.toEqual(viewOf(PARTS, policy, mallory));
  expect(viewOf(PARTS, policy, mallory)).toEqual(viewOf(PARTS, policy, ANONYMOUS));
});
