import { expect, test } from "vitest";
import { z } from "zod";
import { outcomeOf } from "../outcome.ts";
import type { RecordLine, Verdict } from "../record.ts";
import { SAMPLE_RECORD, sampleCase, sampleFinding, sampleRun } from "../sample-record.ts";
import { renderSarif } from "./sarif.ts";

const message = z.strictObject({ text: z.string().min(1) });

/** What SARIF 2.1.0 wants of the properties that are used here, and no others. */
const shape = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z.array(
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string().min(1),
          version: z.string(),
          rules: z.array(
            z.strictObject({
              id: z.string().min(1),
              shortDescription: message,
              fullDescription: message,
              properties: z.record(z.string(), z.string()),
            }),
          ),
        }),
      }),
      automationDetails: z.strictObject({ id: z.string() }),
      invocations: z.array(
        z.strictObject({
          executionSuccessful: z.boolean(),
          startTimeUtc: z.iso.datetime(),
          exitCode: z.int().exactOptional(),
        }),
      ),
      results: z.array(
        z.strictObject({
          ruleId: z.string().min(1),
          ruleIndex: z.int().min(0).exactOptional(),
          kind: z.enum(["pass", "open", "informational", "notApplicable", "review", "fail"]),
          level: z.enum(["none", "note", "warning", "error"]),
          message,
          locations: z.array(
            z.strictObject({
              physicalLocation: z.strictObject({
                artifactLocation: z.strictObject({ uri: z.string().min(1) }),
                region: z.strictObject({ startLine: z.int().min(1) }),
              }),
              logicalLocations: z.array(
                z.strictObject({ fullyQualifiedName: z.string(), kind: z.string() }),
              ),
            }),
          ),
          partialFingerprints: z.record(z.string(), z.string()),
          suppressions: z
            .array(
              z.strictObject({
                kind: z.enum(["inSource", "external"]),
                justification: z.string(),
              }),
            )
            .exactOptional(),
        }),
      ),
    }),
  ),
});

function sarif(lines: readonly RecordLine[]) {
  const [run] = shape.parse(JSON.parse(renderSarif(outcomeOf(lines)))).runs;
  if (run === undefined) throw new Error("no run");
  return run;
}

test("it is SARIF 2.1.0, with a result for each finding of a case that did not hold", () => {
  const { results, tool, invocations } = sarif(SAMPLE_RECORD);
  expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
    ["resolve.gate.alias", "error"],
    ["resolve.gate.alias", "note"],
    ["resolve.gate.alias", "none"],
  ]);
  expect(results[0]?.message.text).toBe(
    "A caller who <lost> access & more. At step 2 (bob resolves web: is refused): " +
      "expected refused; seen served.",
  );
  for (const { ruleId, ruleIndex } of results) {
    expect(tool.driver.rules[ruleIndex ?? -1]?.id).toBe(ruleId);
  }
  expect(invocations).toMatchObject([{ executionSuccessful: true, exitCode: 1 }]);
});

test.each<[Verdict, string, string]>([
  ["failed", "fail", "error"],
  ["unexpected", "fail", "error"],
  ["advised", "fail", "warning"],
  ["known", "fail", "note"],
  ["blocked", "open", "none"],
  ["broken", "open", "none"],
])("%s is said as %s, %s", (verdict, kind, level) => {
  const { results } = sarif([sampleRun(), sampleCase({ verdict, because: "why" })]);
  expect(results).toMatchObject([{ kind, level, message: { text: "One holds: why" } }]);
});

test.each<Verdict>(["passed", "not-applicable"])("%s is no result", (verdict) => {
  expect(sarif([sampleRun(), sampleCase({ verdict })]).results).toEqual([]);
});

test("a known failure is suppressed with its reason", () => {
  const { results } = sarif([
    sampleRun(),
    sampleCase({ verdict: "known", because: "it never did" }),
  ]);
  expect(results[0]?.suppressions).toEqual([{ kind: "external", justification: "it never did" }]);
});

test("a finding about no requirement of ours goes by its case's, and a killed run was no success", () => {
  const { results, invocations } = sarif([
    sampleRun(),
    sampleFinding({ requirements: [], kind: "bracket", verdict: "broken" }),
    sampleCase({ id: "resolve/gate/revoked", verdict: "broken" }),
  ]);
  expect(results[0]?.ruleId).toBe("resolve.gate.alias");
  expect(invocations[0]).toEqual({
    executionSuccessful: false,
    startTimeUtc: "2026-01-31T12:00:00.000Z",
  });
});
