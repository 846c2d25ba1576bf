import { RecordError } from "./read.ts";
import type {
  CaseLine,
  CitedRequirement,
  EndLine,
  ExchangeLine,
  FindingLine,
  RecordLine,
  RunLine,
  Verdict,
} from "./record.ts";

/** A record, put together: what every report is drawn from. */
export interface Outcome {
  readonly run: RunLine;
  readonly cases: readonly CaseOutcome[];
  readonly requirements: readonly RequirementOutcome[];
  readonly counts: Counts;
  /** Null where the run was killed. */
  readonly end: EndLine | null;
  readonly tookMs: number;
}

export interface CaseOutcome {
  readonly line: CaseLine;
  readonly area: string;
  readonly findings: readonly FindingLine[];
  readonly exchanges: readonly ExchangeLine[];
}

export interface RequirementOutcome extends CitedRequirement {
  /** The id without its last part, such as `resolve.gate`. */
  readonly area: string;
  /** The worst verdict of its cases; null where the run ended before any of them. */
  readonly verdict: Verdict | null;
  /** Those that cite it, and those that found against it though they are about something else. */
  readonly cases: readonly CaseLine[];
}

export type Counts = Readonly<Record<Verdict, number>>;

/** From worst to best, as a table has to tell it: of a requirement, the worst verdict wins. */
export const VERDICTS: readonly Verdict[] = [
  "failed",
  "unexpected",
  "broken",
  "blocked",
  "advised",
  "known",
  "passed",
  "not-applicable",
];

/** Whether a case has something to tell beyond its verdict. */
export function isGreen(verdict: Verdict): boolean {
  return verdict === "passed" || verdict === "not-applicable";
}

/** Puts the lines of one record together. Throws `RecordError` where its run line is missing. */
export function outcomeOf(lines: readonly RecordLine[]): Outcome {
  const run = lines.find((line) => line.line === "run");
  if (run === undefined) throw new RecordError("the record does not say which run it is of");
  const end = lines.findLast((line) => line.line === "end") ?? null;
  const caseLines = lines.filter((line) => line.line === "case");
  const findings = byCase(lines.filter((line) => line.line === "finding"));
  const exchanges = byCase(lines.filter((line) => line.line === "exchange"));
  const cases = caseLines.map((line) => ({
    line,
    area: areaOf(line.id, "/"),
    findings: findings.get(line.id) ?? [],
    exchanges: exchanges.get(line.id) ?? [],
  }));
  // What is checked on every exchange stands in the run line of every run, cited or not.
  const ended = end !== null && !end.interrupted;
  return {
    run,
    cases,
    requirements: run.requirements
      .map((requirement) => judged(requirement, cases))
      .filter(({ verdict }) => verdict !== null || !ended),
    counts: countsOf(caseLines),
    end,
    tookMs: end?.tookMs ?? caseLines.reduce((sumMs, { tookMs }) => sumMs + tookMs, 0),
  };
}

function byCase<L extends { readonly case: string }>(lines: readonly L[]): Map<string, L[]> {
  return Map.groupBy(lines, (line) => line.case);
}

function judged(requirement: CitedRequirement, all: readonly CaseOutcome[]): RequirementOutcome {
  const { id } = requirement;
  const cases = all
    .filter(({ line, findings }) => line.cites.includes(id) || findings.some(speaksOf(id)))
    .map(({ line }) => line);
  const verdict = VERDICTS.find((one) => cases.some((line) => line.verdict === one)) ?? null;
  return { ...requirement, area: areaOf(requirement.id, "."), verdict, cases };
}

function speaksOf(id: string): (finding: FindingLine) => boolean {
  return ({ requirements }) => requirements.includes(id);
}

function areaOf(id: string, separator: string): string {
  const last = id.lastIndexOf(separator);
  return last === -1 ? id : id.slice(0, last);
}

function countsOf(cases: readonly CaseLine[]): Counts {
  const counts = VERDICTS.map((verdict) => [
    verdict,
    cases.filter((line) => line.verdict === verdict).length,
  ]);
  return Object.fromEntries(counts) as Counts;
}
