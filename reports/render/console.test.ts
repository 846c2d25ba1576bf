import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { outcomeOf } from "../outcome.ts";
import {
  SAMPLE_RECORD,
  sampleCase,
  sampleExchange,
  sampleFinding,
  sampleRun,
} from "../sample-record.ts";
import { renderConsole } from "./console.ts";

const plain = renderConsole(outcomeOf(SAMPLE_RECORD), { colours: false });

test("a finding is a bug report: id, title, steps with the failing one marked, and the rule", () => {
  expect(plain).toContain(
    [
      "FAILED  resolve/gate/revoked",
      "  A caller who <lost> access & more",
      "    1. alice resolves web: is served",
      "  > 2. bob resolves web: is refused",
      "       expected   refused",
      "       seen       served",
      '  must hold  resolve.gate.alias: "stops matching" (spec)',
    ].join("\n"),
  );
});

test("a short way to a finding is told as commands, a long one is left to the page", () => {
  const long = sampleExchange({
    step: 1,
    request: { ...sampleExchange().request, body: "x".repeat(2000) },
  });
  const command = `  by hand\n    curl -sS -g --path-as-is -X POST "$SUBJECT"/-/pnpr/v0/resolve`;
  expect(plain).toContain(command);
  const told = renderConsole(outcomeOf([...SAMPLE_RECORD, long]), { colours: false });
  expect(told).toContain("resolve/gate/revoked");
  expect(told).not.toContain("by hand");
});

test("the table has a row a requirement under its area, with the worst verdict and its share", () => {
  expect(plain).toMatch(/│ resolve\.gate +│\n│ {3}alias +│ +4 │ failed \(1 of 4\) +│/);
  expect(plain).toMatch(/│ {3}ping +│ +1 │ passed +│/);
});

test("totals name every verdict that occurs, and what the run has to say of itself", () => {
  expect(plain).toContain(
    "5 cases against reference, seed 7, in 2.3 s: " +
      "1 failed, 1 blocked, 1 known, 1 passed, 1 not-applicable\n  of 5 cases, 1 blocked\n",
  );
});

test("colours change nothing but colours", () => {
  const coloured = renderConsole(outcomeOf(SAMPLE_RECORD), { colours: true });
  expect(coloured).not.toBe(plain);
  expect(stripVTControlCharacters(coloured)).toBe(plain);
});

test("cases that are blocked for one reason are told once, and long lists end", () => {
  const blocked = ["a", "b", "c"].map((id) =>
    sampleCase({ id: `x/y/${id}`, verdict: "blocked", because: "nothing answers" }),
  );
  const failed = ["d", "e", "f"].flatMap((id) => [
    sampleFinding({ case: `x/y/${id}` }),
    sampleCase({ id: `x/y/${id}`, verdict: "failed" }),
  ]);
  const outcome = outcomeOf([sampleRun(), ...blocked, ...failed]);
  const all = renderConsole(outcome, { colours: false });
  expect(all).toContain("and 2 more for the same reason");
  expect(all).not.toContain("x/y/b");
  const few = renderConsole(outcome, { colours: false, most: 2 });
  expect(few).toContain("x/y/e");
  expect(few).not.toContain("x/y/f");
  expect(few).toContain("and 4 more: the report has them all");
});
