import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { outcomeOf } from "../outcome.ts";
import { SAMPLE_RECORD, sampleCase, sampleRun } from "../sample-record.ts";
import { renderResults, resultsJsonSchema, resultsOf, resultsSchema } from "./results.ts";

test("results are what their schema says, and nothing more", () => {
  const read: unknown = JSON.parse(renderResults(outcomeOf(SAMPLE_RECORD)));
  expect(resultsSchema.parse(read)).toEqual(read);
});

test("the schema in docs is the one that is kept", () => {
  const file = path.resolve(import.meta.dirname, "..", "..", "docs", "results.schema.json");
  const text = readFileSync(file, "utf8");
  expect(JSON.parse(text)).toEqual(resultsJsonSchema());
});

test("verdicts, findings and requirements are told with their ids", () => {
  const { cases, requirements, counts, exitCode, world } = resultsOf(outcomeOf(SAMPLE_RECORD));
  expect({ exitCode, world, failed: counts.failed }).toEqual({
    ...{ exitCode: 1, world: "two-teams", failed: 1 },
  });
  expect(cases.find(({ id }) => id === "resolve/gate/revoked")?.findings).toEqual([
    {
      ...{ kind: "expectation", verdict: "failed", step: 1, expected: "refused", seen: "served" },
      requirements: ["resolve.gate.alias"],
    },
  ]);
  expect(requirements[0]).toMatchObject({ verdict: "passed", cases: ["resolve/wire/ping"] });
});

test("a killed run has no exit code and counts as interrupted", () => {
  const results = resultsOf(
    outcomeOf([sampleRun(), sampleCase({}), sampleCase({ world: "nothing" })]),
  );
  expect(results).toMatchObject({ exitCode: null, interrupted: true });
  expect(results).not.toHaveProperty("world");
});
