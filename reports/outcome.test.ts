import { expect, test } from "vitest";
import { outcomeOf } from "./outcome.ts";
import { SAMPLE_RECORD, sampleCase, sampleFinding, sampleRun } from "./sample-record.ts";

test("findings and exchanges stand with their case, and every verdict is counted", () => {
  const { cases, counts, tookMs } = outcomeOf(SAMPLE_RECORD);
  const failed = cases.find(({ line }) => line.verdict === "failed");
  expect(failed?.area).toBe("resolve/gate");
  expect(failed?.findings).toHaveLength(1);
  expect(failed?.exchanges).toHaveLength(1);
  expect(counts).toEqual({
    ...{ failed: 1, unexpected: 0, broken: 0, blocked: 1 },
    ...{ advised: 0, known: 1, passed: 1, "not-applicable": 1 },
  });
  expect(tookMs).toBe(2345);
});

test("of a requirement the worst verdict wins, and what did not apply says nothing", () => {
  const verdicts = ["not-applicable", "passed", "blocked", "failed"] as const;
  for (const [index, worst] of verdicts.entries()) {
    const cases = verdicts.slice(0, index + 1).map((verdict) => sampleCase({ verdict }));
    const { requirements } = outcomeOf([sampleRun(), ...cases.toReversed()]);
    expect(requirements.find(({ id }) => id === "resolve.gate.alias")?.verdict).toBe(worst);
  }
});

test("a finding counts against the requirement that it names, cited by its case or not", () => {
  const { requirements } = outcomeOf([
    sampleRun(),
    sampleFinding({ case: "x", requirements: ["resolve.wire.ping"] }),
    sampleCase({ id: "x", verdict: "failed", cites: [] }),
  ]);
  expect(requirements.find(({ id }) => id === "resolve.wire.ping")?.verdict).toBe("failed");
});

test("what no case speaks of is left out of a whole run, and not run in a cut one", () => {
  const end = { line: "end", exitCode: 0, tookMs: 1, notes: [] } as const;
  const whole = outcomeOf([sampleRun(), sampleCase({}), { ...end, interrupted: false }]);
  expect(whole.requirements.map(({ id }) => id)).toEqual(["resolve.gate.alias"]);
  for (const rest of [[], [{ ...end, interrupted: true }]]) {
    const cut = outcomeOf([sampleRun(), sampleCase({}), ...rest]);
    expect(cut.requirements.map(({ verdict }) => verdict)).toEqual([null, "passed"]);
  }
});

test("a killed run took as long as its cases", () => {
  expect(outcomeOf([sampleRun(), sampleCase({}), sampleCase({})]).tookMs).toBe(24);
});
