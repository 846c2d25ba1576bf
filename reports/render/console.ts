import Table from "cli-table3";
import type { CaseLine, FindingLine, Verdict } from "../record.ts";
import type { RunRecord } from "../read.ts";
import { countVerdicts, VERDICTS } from "./results.ts";

/** What a person reads at the end of a run: a table of verdicts, and each finding as a bug report. */
export function renderConsole(record: RunRecord, { colour }: { readonly colour: boolean }): string {
  const paint = painter(colour);
  const bad = record.cases.filter(
    ({ verdict }) => verdict !== "passed" && verdict !== "not-applicable",
  );
  const reports = bad.map((line) => reportOf(line, record, paint));
  return [...reports, verdictTable(record, paint), summary(record, paint)].join("\n\n");
}

type Paint = (verdict: Verdict, text: string) => string;

function painter(colour: boolean): Paint {
  const codes: Readonly<Partial<Record<Verdict, number>>> = {
    passed: 32,
    known: 33,
    advised: 33,
    failed: 31,
    unexpected: 31,
    blocked: 35,
    broken: 35,
  };
  return (verdict, text) => {
    const code = codes[verdict];
    return colour && code !== undefined ? `\u001b[${code}m${text}\u001b[0m` : text;
  };
}

/** A row for each area, a column for each verdict that occurs. */
function verdictTable(record: RunRecord, paint: Paint): string {
  const areas = Map.groupBy(record.cases, ({ id }) => id.split("/").slice(0, 2).join("/"));
  const present = VERDICTS.filter(
    (verdict) => verdict === "passed" || record.cases.some((line) => line.verdict === verdict),
  );
  const table = new Table({ head: ["area", ...present], style: { head: [], border: [] } });
  for (const [area, lines] of areas) {
    const cells = present.map((verdict) => {
      const count = lines.filter((line) => line.verdict === verdict).length;
      return count === 0 ? "" : paint(verdict, String(count));
    });
    table.push([area, ...cells]);
  }
  return table.toString();
}

function summary({ run, cases, end, ...rest }: RunRecord, paint: Paint): string {
  const counts = countVerdicts({ run, cases, end, ...rest });
  const said = VERDICTS.filter((verdict) => counts[verdict] > 0).map((verdict) =>
    paint(verdict, `${counts[verdict]} ${verdict}`),
  );
  const cited = new Set(cases.flatMap(({ cites }) => cites)).size;
  const took = end === null ? "" : ` in ${(end.tookMs / 1000).toFixed(1)} s`;
  const notes = (end?.notes ?? []).map((note) => `note: ${note}`);
  const head = `${run.target.name}: ${said.join(", ") || "nothing ran"} (${cases.length} cases, ${cited} requirements, seed ${run.seed})${took}`;
  return [head, ...notes].join("\n");
}

function reportOf(line: CaseLine, record: RunRecord, paint: Paint): string {
  const findings = record.findings.filter((finding) => finding.case === line.id);
  const steps = line.steps.map((step, at) => {
    const mark = findings.some((finding) => finding.step === at) ? ">" : " ";
    return `  ${mark} ${at + 1}. ${step}`;
  });
  return [
    `${paint(line.verdict, line.verdict)}  ${line.id}`,
    `  ${line.title}`,
    ...(line.because === undefined ? [] : [`  ${line.because}`]),
    ...steps,
    ...findings.flatMap((finding) => findingLines(finding, record)),
  ].join("\n");
}

function findingLines(finding: FindingLine, { run }: RunRecord): string[] {
  const rules = finding.requirements.map((id) => {
    const requirement = run.requirements.find((one) => one.id === id);
    return requirement === undefined
      ? `    rule      ${id}`
      : `    rule      ${id}: "${requirement.quote}" (${requirement.source})`;
  });
  return [
    `  step ${finding.step + 1}, ${finding.kind}:`,
    `    expected  ${finding.expected}`,
    `    seen      ${finding.seen}`,
    ...rules,
  ];
}
