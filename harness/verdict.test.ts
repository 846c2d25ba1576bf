import { expect, test } from "vitest";
import type { Finding, FindingKind, Verdict } from "../reports/record.ts";
import type { Level } from "../suites/case.ts";
import { exitCode, unshownFeatures, verdictOf } from "./verdict.ts";

const failed: FindingKind = "expectation";
const KNOWN = [{ id: "a/b/c", reason: "it never did" }];

function found(kind: FindingKind, verdict: Finding["verdict"] = "failed"): Finding {
  return { kind, verdict, step: 0, expected: "this", seen: "that", requirements: [] };
}

const blocked = found("preparation", "blocked");
const broken = found("bracket", "broken");

test.each<[Level, readonly Finding[], boolean, Verdict]>([
  ["must", [], false, "passed"],
  ["must", [], true, "unexpected"],
  ["must", [found(failed)], false, "failed"],
  ["should", [found(failed)], false, "advised"],
  ["may", [found(failed)], false, "advised"],
  ["must", [found(failed)], true, "known"],
  ["should", [found(failed)], true, "known"],
  ["must", [blocked], false, "blocked"],
  ["must", [blocked], true, "blocked"],
  ["must", [broken, blocked], false, "broken"],
  ["must", [blocked, broken, found(failed)], false, "failed"],
  ["may", [found("confinement")], false, "failed"],
  ["should", [blocked, broken, found("forwarding")], false, "failed"],
])("a %s with %j, listed as known: %s, is %s", (level, findings, listed, verdict) => {
  const text = { id: "a/b/c", level };
  expect(verdictOf(text, findings, listed ? KNOWN : []).verdict).toBe(verdict);
});

test.each<FindingKind>(["confinement", "forwarding", "secret", "fail-open", "count", "bound"])(
  "%s fails whatever the level of its case",
  (kind) => {
    expect(verdictOf({ id: "a/b/c", level: "may" }, [found(kind)], []).verdict).toBe("failed");
  },
);

test("a known failure says its reason, and an unexpected pass whose it was", () => {
  const text = { id: "a/b/c", level: "must" } as const;
  expect(verdictOf(text, [found(failed)], KNOWN).because).toBe("it never did");
  expect(verdictOf(text, [], KNOWN).because).toContain("it never did");
});

test.each<[readonly Verdict[], boolean, number]>([
  [["passed"], false, 0],
  [["passed", "known", "advised", "not-applicable"], false, 0],
  [["passed", "failed"], false, 1],
  [["passed", "unexpected"], false, 1],
  [["failed", "blocked"], false, 1],
  [["failed", "broken", "blocked"], false, 4],
  [["passed", "blocked"], false, 2],
  [["passed"], true, 2],
  [["failed"], true, 1],
  [["not-applicable"], false, 2],
  [[], false, 2],
])("%j, interrupted: %s, exits with %i", (verdicts, interrupted, code) => {
  expect(
    exitCode(
      verdicts.map((verdict) => ({ verdict })),
      interrupted,
    ),
  ).toBe(code);
});

test("a feature that is claimed and of whose cases none ran leaves the run inconclusive", () => {
  const chosen = [
    { id: "a", needs: ["clock", "live-changes"] },
    { id: "b", needs: ["wire"] },
  ] as const;
  const lines = [
    { id: "a", verdict: "not-applicable" },
    { id: "b", verdict: "passed" },
  ] as const;
  const unshown = unshownFeatures(["clock", "wire", "restart"], chosen, lines);
  expect(unshown).toEqual(["clock"]);
  expect(exitCode(lines, false, unshown)).toBe(2);
  expect(exitCode(lines, false, unshownFeatures(["wire"], chosen, lines))).toBe(0);
});
