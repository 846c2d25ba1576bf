import { z } from "zod";
import { exitCodes, findingFields, verdicts } from "../line-schema.ts";
import type { CaseOutcome, Outcome } from "../outcome.ts";

export const RESULTS_SCHEMA = "leakproof-results/1";

/** What `results.json` is, for programs: `docs/results.schema.json` is made from this. */
export const resultsSchema = z
  .object({
    schema: z.literal(RESULTS_SCHEMA),
    tool: z.object({ name: z.literal("leakproof"), version: z.string() }),
    command: z.string(),
    target: z.object({
      name: z.string(),
      profile: z.string(),
      features: z.array(z.string()),
    }),
    world: z.string().exactOptional().describe("Where all cases of the run share one"),
    seed: z.number(),
    startedAt: z.string().describe("ISO 8601, UTC"),
    tookMs: z.number(),
    exitCode: exitCodes.nullable().describe("Null where the run was killed before its end"),
    interrupted: z.boolean(),
    notes: z.array(z.string()).describe("What stopped the run or left it inconclusive"),
    counts: z.record(verdicts, z.int().nonnegative()).describe("Cases by verdict"),
    requirements: z.array(
      z.object({
        id: z.string(),
        level: z.string(),
        quote: z.string(),
        source: z.string(),
        verdict: verdicts.nullable().describe("The worst of its cases; null where none was run"),
        cases: z.array(z.string()).describe("Ids of the cases that were run and cite it"),
      }),
    ),
    cases: z.array(
      z.object({
        id: z.string(),
        level: z.string(),
        title: z.string(),
        cites: z.array(z.string()),
        world: z.string(),
        verdict: verdicts,
        because: z.string().exactOptional(),
        tookMs: z.number(),
        steps: z.array(z.string()).describe("As sentences, in order"),
        findings: z.array(
          z.object({ ...findingFields, step: z.int().describe("Index of the step, from 0") }),
        ),
      }),
    ),
  })
  .meta({ title: "What a run of leakproof came to" });

/** The text of `docs/results.schema.json`: fields may be added, so a reader lets others stand. */
export function resultsJsonSchema(): object {
  return z.toJSONSchema(resultsSchema, { io: "input" });
}

export type Results = z.infer<typeof resultsSchema>;

/** The run as data: verdicts and findings, without exchanges, which stand in the record. */
export function resultsOf({ run, cases, requirements, counts, end, tookMs }: Outcome): Results {
  const worlds = [...new Set(cases.map(({ line }) => line.world))];
  const [world] = worlds;
  return {
    schema: RESULTS_SCHEMA,
    tool: run.tool,
    command: run.command,
    target: run.target,
    ...(world === undefined || worlds.length > 1 ? {} : { world }),
    seed: run.seed,
    startedAt: run.startedAt,
    tookMs,
    exitCode: end?.exitCode ?? null,
    interrupted: end?.interrupted ?? true,
    notes: [...(end?.notes ?? ["the run was killed before its end"])],
    counts,
    requirements: requirements.map(({ id, level, quote, source, verdict, cases: citing }) => ({
      ...{ id, level, quote, source, verdict },
      cases: citing.map((line) => line.id),
    })),
    cases: cases.map(caseResult),
  };
}

function caseResult({ line, findings }: CaseOutcome): Results["cases"][number] {
  const { id, level, title, cites, world, verdict, because, tookMs, steps } = line;
  return {
    ...{ id, level, title, cites: [...cites], world, verdict },
    ...(because === undefined ? {} : { because }),
    ...{ tookMs, steps: [...steps] },
    findings: findings.map(({ kind, verdict: fault, step, expected, seen, requirements }) => ({
      ...{ kind, verdict: fault, step, expected, seen, requirements: [...requirements] },
    })),
  };
}

/** The text of `results.json`. */
export function renderResults(outcome: Outcome): string {
  return `${JSON.stringify(resultsOf(outcome), null, 2)}\n`;
}
