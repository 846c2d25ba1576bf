import { z } from "zod";
import { RECORD_SCHEMA } from "./record.ts";
import type { RecordLine } from "./record.ts";

const texts = z.array(z.string());

export const exitCodes = z.literal([0, 1, 2, 3, 4]);

export const verdicts = z.enum([
  "passed",
  "not-applicable",
  "known",
  "advised",
  "failed",
  "unexpected",
  "blocked",
  "broken",
]);

export const findingFields = {
  kind: z.enum([
    "expectation",
    "confinement",
    "forwarding",
    "secret",
    "fail-open",
    "count",
    "bound",
    "bracket",
    "preparation",
    "harness",
  ]),
  verdict: z.enum(["failed", "blocked", "broken"]),
  step: z.int(),
  expected: z.string(),
  seen: z.string(),
  requirements: texts,
};

const message = {
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string(),
};

/** What every line of a record must be; `record.ts` says what it means. */
export const recordLine: z.ZodType<RecordLine> = z.discriminatedUnion("line", [
  z.object({
    line: z.literal("run"),
    schema: z.literal(RECORD_SCHEMA),
    command: z.string(),
    tool: z.object({ name: z.literal("leakproof"), version: z.string() }),
    target: z.object({ name: z.string(), profile: z.string(), features: texts }),
    seed: z.number(),
    startedAt: z.string(),
    machine: z.object({ node: z.string(), platform: z.string(), cores: z.number() }),
    requirements: z.array(
      z.object({ id: z.string(), level: z.string(), quote: z.string(), source: z.string() }),
    ),
  }),
  z.object({
    line: z.literal("case"),
    id: z.string(),
    level: z.string(),
    title: z.string(),
    cites: texts,
    world: z.string(),
    verdict: verdicts,
    tookMs: z.number(),
    steps: texts,
    because: z.string().exactOptional(),
  }),
  z.object({
    line: z.literal("exchange"),
    case: z.string(),
    step: z.int(),
    with: z.string(),
    actor: z.string().exactOptional(),
    request: z.object({ ...message, method: z.string(), target: z.string() }),
    reply: z.union([z.object({ ...message, status: z.int() }), z.object({ failure: z.string() })]),
  }),
  z.object({ line: z.literal("finding"), case: z.string(), ...findingFields }),
  z.object({
    line: z.literal("sample"),
    scenario: z.string(),
    series: z.string(),
    value: z.number(),
    unit: z.string(),
  }),
  z.object({
    line: z.literal("end"),
    exitCode: exitCodes,
    tookMs: z.number(),
    interrupted: z.boolean(),
    notes: texts,
  }),
]);
