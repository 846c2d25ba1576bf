import type { Verdict } from "../record.ts";
import type { RunRecord } from "../read.ts";

export const RESULTS_SCHEMA = "leakproof-results/1";

export const VERDICTS: readonly Verdict[] = [
  "passed",
  "not-applicable",
  "known",
  "advised",
  "failed",
  "unexpected",
  "blocked",
  "broken",
];

/** How many cases came to each verdict, every verdict named. */
export function countVerdicts(record: RunRecord): Record<Verdict, number> {
  const counts = VERDICTS.map((verdict) => [
    verdict,
    record.cases.filter((line) => line.verdict === verdict).length,
  ]);
  return Object.fromEntries(counts) as Record<Verdict, number>;
}

/** `results.json`, described by `docs/results.schema.json`. */
export function renderResults(record: RunRecord): string {
  const { run, cases, findings, end } = record;
  const results = {
    schema: RESULTS_SCHEMA,
    tool: run.tool,
    target: run.target,
    seed: run.seed,
    startedAt: run.startedAt,
    tookMs: end?.tookMs ?? null,
    exitCode: end?.exitCode ?? null,
    interrupted: end?.interrupted ?? true,
    notes: end?.notes ?? [],
    counts: countVerdicts(record),
    requirements: run.requirements.map((requirement) => ({
      ...requirement,
      cases: cases.filter(({ cites }) => cites.includes(requirement.id)).map(({ id }) => id),
    })),
    cases: cases.map(({ line: _line, ...text }) => ({
      ...text,
      findings: findings
        .filter((finding) => finding.case === text.id)
        .map(({ line: _kind, case: _case, ...finding }) => finding),
    })),
  };
  return `${JSON.stringify(results, null, 2)}\n`;
}
