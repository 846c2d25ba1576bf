import { expect, test } from "vitest";
import { worlds } from "../../fixtures/worlds.ts";
import { PARTS } from "../../reference/core/parts.ts";
import type { Parts } from "../../reference/core/parts.ts";
import { isRefusal } from "../../reference/core/refusal.ts";
import type { CaseLine, Finding } from "../../reports/record.ts";
import type { Case } from "../../suites/case.ts";
import { cases } from "../../suites/index.ts";
import { runCases } from "../run.ts";
import { referenceTarget } from "./reference.ts";

/**
 * One part of the core, replaced: what that breaks, and where the suite has to notice. Two decisions are not
 * among them: `viewOf` and the choice of the fullest footprint stand behind other gates, which alone show.
 */
interface Bite {
  readonly what: string;
  readonly parts: Partial<Parts>;
  /** Beginnings of the ids of requirements, one of which the first finding has to name. */
  readonly areas: readonly string[];
}

const KEYS = ["overrides", "catalogs", "registries", "registry", "lockfile", "projects"] as const;

const BITES: readonly Bite[] = [
  bite("every gate open", { passes: () => true }, "gate", "class", "scope"),
  bite("no gate for hosted packages", only("hosted"), "gate", "class", "verify"),
  bite("no gate for aliases", only("alias"), "gate", "class", "scope"),
  bite("every gate shut", { passes: () => false }, "scope", "cache", "class"),
  bite("a refined package gated as its alias is", gateless(), "alias", "gate"),
  bite("descriptors without epoch", { epochOf: () => "forever" }, "alias", "descriptor", "gate"),
  bite("one epoch for all generations", sameGeneration(), "alias", "descriptor"),
  bite("hosted descriptors without policy", hostedWithoutPolicy(), "descriptor", "gate"),
  bite("no descriptor is ever current", { currentDigest: () => null }, "scope", "cache"),
  bite("a candidate never expires", eternal(), "cache"),
  bite("nothing is ever found", { lookUp: () => ({ match: null, stale: [] }) }, "cache", "scope"),
  bite("every candidate matches", { standingOf: () => "matches" }, "gate", "class", "scope"),
  bite("no footprint", { recordUse: () => undefined }, "gate", "class", "scope", "footprint"),
  bite("no private footprint", privateForgotten(), "gate", "class", "scope", "footprint"),
  bite("all metadata is public", { scopeOfRoute: () => ({ kind: "public" }) }, "scope", "gate"),
  bite("nothing is kept", { scopeOfRoute: () => ({ kind: "bypass" }) }, "scope", "cache"),
  bite("unknown routes are kept", unknownKept(), "class", "scope", "cache"),
  ...[401, 403, 404].map((status) =>
    bite(`a stored copy after ${status}`, failOpen(status), "closed", "scope"),
  ),
  bite("nothing stored while down", neverStale(), "closed"),
  bite("tarballs never routed", { tarballRouting: () => "as-is" }, "routing"),
  bite("public tarballs sealed", publicSealed(), "routing", "class"),
  bite("lockfiles not routed", unroutedLockfile(), "routing"),
  bite("no boundary", { checkBoundary: () => null }, "boundary"),
  bite("no boundary at a fetch", { isAllowed: () => true }, "boundary", "alias", "closed"),
  ...KEYS.map((field) => bite(`a key without ${field}`, keyWithout(field), "cache", "class")),
  bite("one key for all", { baseKey: () => "the-key" }, "cache", "class"),
  bite("no eviction", { evictionsFor: () => [] }, "cache"),
  bite("everything is evicted", evictAll(), "cache", "scope"),
  bite("unknown tokens are anonymous", tokenless(), "wire"),
  bite("two credentials are one", firstCredential(), "wire"),
  bite("aliases for everybody", admitsEverybody(), "class", "gate"),
  bite("private names are public", allPublic(), "class", "gate"),
  bite("refusals are unknown routes", slidesOn(), "class", "gate"),
];

test("there are enough of them", () => {
  expect(BITES.length).toBeGreaterThanOrEqual(25);
});

test.each(BITES)("$what: a case goes red, and says which rule is broken", async (one) => {
  const { line, findings } = await firstRed(one);
  expect(line?.verdict, "no case noticed").toBe("failed");
  const told = findings[0]?.requirements ?? [];
  expect(told.some((id) => one.areas.some((area) => id.startsWith(area)))).toBe(true);
});

/** Runs the cases of a bite's areas until one is red. */
async function firstRed({ parts, areas }: Bite): Promise<{
  readonly line?: CaseLine;
  readonly findings: readonly Finding[];
}> {
  const stop = new AbortController();
  let red: { readonly line?: CaseLine; readonly findings: readonly Finding[] } = { findings: [] };
  const concerned = (text: Case): boolean =>
    text.cites.some((id) => areas.some((area) => id.startsWith(area)));
  await runCases(cases.filter(concerned), referenceTarget({ ...PARTS, ...parts }), {
    ...{ seed: 1, worlds, signal: stop.signal, write: () => undefined, stopwatch: () => 0 },
    onCase: (line, findings) => {
      if (stop.signal.aborted || line.verdict === "passed" || findings.length === 0) return;
      red = { line, findings };
      stop.abort();
    },
  });
  return red;
}

function bite(what: string, parts: Partial<Parts>, ...areas: readonly string[]): Bite {
  return { what, parts, areas: areas.map((area) => `resolve.${area}.`) };
}

/** Lets everybody through gates of one kind. */
function only(kind: "alias" | "hosted"): Partial<Parts> {
  return {
    passes: (policy, caller, gate) => gate.kind === kind || PARTS.passes(policy, caller, gate),
  };
}

function gateless(): Partial<Parts> {
  return {
    passes: (policy, caller, gate) =>
      PARTS.passes(policy, caller, gate.kind === "alias" ? { ...gate, package: null } : gate),
  };
}

function sameGeneration(): Partial<Parts> {
  return { epochOf: (secret) => PARTS.epochOf(secret, 1, "") };
}

function hostedWithoutPolicy(): Partial<Parts> {
  return {
    hostedDescriptor: (secret, hosted) => PARTS.hostedDescriptor(secret, { ...hosted, access: [] }),
    standingOf: (parts, policy, caller, candidate) =>
      PARTS.standingOf(parts, policy, caller, { ...candidate, policy: policy.digest }),
    passes: () => true,
  };
}

function eternal(): Partial<Parts> {
  return {
    lookUp: (parts, policy, caller, candidates, { now }) =>
      PARTS.lookUp(parts, policy, caller, candidates, { now, ttlMs: Infinity }),
  };
}

function privateForgotten(): Partial<Parts> {
  return {
    recordUse: (footprint, registry, route) => {
      if (route.class === "public") PARTS.recordUse(footprint, registry, route);
    },
  };
}

function unknownKept(): Partial<Parts> {
  return {
    recordUse: (footprint, registry, route) => {
      PARTS.recordUse(footprint, registry, route);
      footprint.unshareable = false;
    },
  };
}

function failOpen(denied: number): Partial<Parts> {
  return {
    disposeOf: (scope, name, answer, stored) =>
      answer.kind === "status" && answer.status === denied && stored !== null
        ? { act: "serve-stale" }
        : PARTS.disposeOf(scope, name, answer, stored),
  };
}

function neverStale(): Partial<Parts> {
  return {
    disposeOf: (scope, name, answer, stored) => {
      const disposal = PARTS.disposeOf(scope, name, answer, stored);
      return disposal.act === "serve-stale" ? PARTS.disposeOf(scope, name, answer, null) : disposal;
    },
  };
}

function publicSealed(): Partial<Parts> {
  return {
    tarballRouting: (policy, route) =>
      route.class === "public" ? { base: policy.publicUrl } : PARTS.tarballRouting(policy, route),
  };
}

function unroutedLockfile(): Partial<Parts> {
  return {
    routeLockfile: (parts, policy, caller, honoured, lockfile) =>
      PARTS.routeLockfile(
        { ...parts, tarballRouting: () => "as-is" },
        policy,
        caller,
        honoured,
        lockfile,
      ),
  };
}

function keyWithout(field: string): Partial<Parts> {
  return {
    baseKey: (ask, honoured) => PARTS.baseKey(ask, { ...honoured, [field]: null }),
  };
}

function evictAll(): Partial<Parts> {
  return {
    evictionsFor: (_incoming, census) =>
      census.map((entry) => ({ entry, because: "room-in-total" })),
  };
}

function tokenless(): Partial<Parts> {
  return {
    identify: (shown, found) => {
      const caller = PARTS.identify(shown, found);
      return isRefusal(caller) ? { user: null } : caller;
    },
  };
}

function firstCredential(): Partial<Parts> {
  const isCredential = ([name]: readonly [string, string]) => name === "authorization";
  return { shownBy: (headers) => PARTS.shownBy(headers.filter(isCredential).slice(0, 1)) };
}

function admitsEverybody(): Partial<Parts> {
  return {
    classify: (policy, caller, registry, name) =>
      PARTS.classify(
        { ...policy, aliases: policy.aliases.map((one) => ({ ...one, access: ["$all"] })) },
        caller,
        registry,
        name,
      ),
  };
}

function allPublic(): Partial<Parts> {
  return {
    classify: (policy, caller, registry, name) =>
      PARTS.classify({ ...policy, publicRoutes: everywhere(policy) }, caller, registry, name),
  };
}

function everywhere(policy: Parameters<Parts["classify"]>[0]) {
  return policy.aliases.map(({ registry }) => ({ registry, packages: null }));
}

/** A refused caller is not refused, but served as if no rule named the registry. */
function slidesOn(): Partial<Parts> {
  return {
    classify: (policy, caller, registry, name) => {
      const route = PARTS.classify(policy, caller, registry, name);
      return isRefusal(route) && route.refused === "not-admitted"
        ? { class: "unknown", registry, package: name }
        : route;
    },
  };
}
