import { expect, test } from "vitest";
import { twoTeams } from "../../fixtures/worlds/two-teams.ts";
import type { Canary } from "../world.ts";
import { judgeReading } from "./bounds.ts";

const WORLD = { ...twoTeams, settings: { ...twoTeams.settings, candidatesTotal: 20 } };
const NAME: Canary = {
  value: "@acme/payroll",
  of: { kind: "name", via: "acme", package: "@acme/payroll" },
};

function judged(text: string, underWay = 0): string[] {
  const findings = judgeReading({ index: 3, text, world: WORLD, underWay }, [NAME]);
  return findings.map(({ kind, expected, seen }) => `${kind}: ${expected}; ${seen}`);
}

test.each([
  ["leakproof_candidates_fullest_key 8", []],
  ["leakproof_candidates_fullest_key 9", ["bound: at most 8 candidates fullest key; 9"]],
  ["leakproof_candidates 20\n", []],
  ["# TYPE leakproof_candidates gauge\nleakproof_candidates 21", [/at most 20 candidates; 21/]],
  ["leakproof_requests_inside 1", [/at most 0 requests inside; 1/]],
  ["leakproof_sessions 1", [/at most 0 sessions; 1/]],
  ["somebody_elses_candidates 9000", []],
  ["", []],
])("%j", (text, says) => {
  expect(judged(text)).toEqual(
    says.map((one) => (typeof one === "string" ? one : (expect.stringMatching(one) as string))),
  );
});

test("what is still under way may be inside", () => {
  expect(judged("leakproof_requests_inside 2", 2)).toEqual([]);
  expect(judged("leakproof_requests_inside 3", 2)).toHaveLength(1);
});

test.each([
  ['a_total{package="@acme/payroll"} 1', "secret: no name of @acme/payroll (acme) in any metric"],
  ['a_total{who="alice"} 1', "secret: no name alice in any metric"],
  ['a_total{from="globex"} 1', "secret: no name globex in any metric"],
])("%s tells too much", (text, says) => {
  expect(judged(text)).toEqual([expect.stringContaining(says)]);
});

test("words that are everybody's are no one's name", () => {
  expect(judged('a_total{class="proxied",because="room-per-key"} 1')).toEqual([]);
});
