import { isGreen } from "../outcome.ts";
import type { CaseOutcome, Outcome } from "../outcome.ts";
import { RECORD_FILE } from "../read.ts";
import type { CitedRequirement, FindingLine, Verdict } from "../record.ts";

/**
 * The run as SARIF 2.1.0, for code scanning: a rule for each requirement, a result for each finding. Cases
 * that could not be judged are `open`, and known failures are suppressed with their reason.
 */
export function renderSarif({ run, cases, end }: Outcome): string {
  const rules = run.requirements.map(ruleOf);
  const indices = new Map(run.requirements.map(({ id }, index) => [id, index]));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: run.tool.name, version: run.tool.version, rules } },
        automationDetails: { id: `leakproof/${run.command}/${run.target.name}/` },
        invocations: [
          {
            executionSuccessful: end?.exitCode === 0 || end?.exitCode === 1,
            startTimeUtc: run.startedAt,
            ...(end === null ? {} : { exitCode: end.exitCode }),
          },
        ],
        results: cases.flatMap((one) => resultsOf(one, indices)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf({ id, level, quote, source }: CitedRequirement): object {
  return {
    id,
    shortDescription: { text: quote },
    fullDescription: { text: `${quote} (${source})` },
    properties: { level, source },
  };
}

function resultsOf(one: CaseOutcome, indices: ReadonlyMap<string, number>): object[] {
  const { line, findings } = one;
  if (isGreen(line.verdict)) return [];
  if (findings.length === 0) return [resultOf(one, null, indices)];
  return findings.map((finding) => resultOf(one, finding, indices));
}

/** How SARIF says a verdict. A level belongs to what failed alone. */
const SAYINGS: Readonly<Record<Verdict, { readonly kind: string; readonly level: string }>> = {
  failed: { kind: "fail", level: "error" },
  unexpected: { kind: "fail", level: "error" },
  advised: { kind: "fail", level: "warning" },
  known: { kind: "fail", level: "note" },
  blocked: { kind: "open", level: "none" },
  broken: { kind: "open", level: "none" },
  passed: { kind: "pass", level: "none" },
  "not-applicable": { kind: "notApplicable", level: "none" },
};

function resultOf(
  { line }: CaseOutcome,
  finding: FindingLine | null,
  indices: ReadonlyMap<string, number>,
): object {
  const ruleId = finding?.requirements[0] ?? line.cites[0] ?? line.id;
  const ruleIndex = indices.get(ruleId);
  return {
    ruleId,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    ...SAYINGS[line.verdict],
    message: { text: messageOf(line, finding) },
    locations: [
      {
        // Whoever shows results wants a file: the evidence stands in this one.
        physicalLocation: { artifactLocation: { uri: RECORD_FILE }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: line.id, kind: "function" }],
      },
    ],
    partialFingerprints: {
      "leakproof/1": [line.id, finding?.kind ?? line.verdict, finding?.step ?? ""].join(" "),
    },
    ...(line.verdict === "known"
      ? { suppressions: [{ kind: "external", justification: line.because ?? "known" }] }
      : {}),
  };
}

function messageOf(line: CaseOutcome["line"], finding: FindingLine | null): string {
  if (finding === null) return `${line.title}: ${line.because ?? line.verdict}`;
  const step = line.steps[finding.step];
  const where = step === undefined ? "" : ` At step ${finding.step + 1} (${step}):`;
  return `${line.title}.${where} expected ${finding.expected}; seen ${finding.seen}.`;
}
