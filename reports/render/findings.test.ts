import { expect, test } from "vitest";
import { outcomeOf } from "../outcome.ts";
import { sampleCase, sampleExchange, sampleFinding, sampleRun } from "../sample-record.ts";
import { renderFindings } from "./findings.ts";

const known = (id: string, because: string) => sampleCase({ id, verdict: "known", because });

const OUTCOME = outcomeOf([
  sampleRun(),
  sampleFinding({ case: "a/b/count", kind: "count", step: 0 }),
  known("a/b/count", "It asks twice."),
  sampleFinding({ case: "a/b/leak", kind: "confinement", step: 0, seen: "a *canary*" }),
  sampleExchange({
    ...{ case: "a/b/leak", step: 0 },
    request: {
      ...{ method: "POST", target: "/-/pnpr/v0/resolve", body: '{"it":"isn\'t"}' },
      headers: [["Authorization", "Bearer [redacted]"]],
    },
  }),
  known("a/b/leak", "It tells. Minimal: ask."),
  sampleFinding({ case: "a/b/again", kind: "count", step: 0 }),
  known("a/b/again", "It asks twice."),
  sampleCase({ id: "a/b/fine" }),
]);
const PAGE = renderFindings(OUTCOME);

test("what has one reason is told once, and the worst first", () => {
  expect(PAGE.match(/^## .*/gm)).toEqual(["## 1. It tells.", "## 2. It asks twice."]);
  expect(PAGE).toContain("Of 4 cases that apply, 3 show one of the 2 defects");
  expect(PAGE).toContain("Shown by `a/b/count`, `a/b/again`.");
  expect(PAGE).not.toContain("a/b/fine");
});

test("whoever knows the reasons says which is worse", () => {
  const page = renderFindings(OUTCOME, ["It asks twice.", "It tells."]);
  expect(page.match(/^## .*/gm)).toEqual(["## 1. It asks twice.", "## 2. It tells."]);
});

test("a defect has its requirement, its steps, what was seen, and a command for a shell", () => {
  expect(PAGE).toContain("\n\nMinimal: ask.\n\n");
  expect(PAGE).toContain("> stops matching (spec; `resolve.gate.alias`)");
  expect(PAGE).toContain("1. alice resolves web: is served");
  expect(PAGE).toContain("- step 1: expected refused; seen a \\*canary\\*");
  expect(PAGE).toContain("# 1. alice resolves web: is served\ncurl -sS -g --path-as-is -X POST");
  expect(PAGE).toContain("-H 'Authorization: Bearer '\"$BOB_TOKEN\" --data-binary");
});
