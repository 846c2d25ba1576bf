import { styleText } from "node:util";
import Table from "cli-table3";
import { isGreen, VERDICTS } from "../outcome.ts";
import type { CaseOutcome, Outcome, RequirementOutcome } from "../outcome.ts";
import type { CitedRequirement, FindingLine, Verdict } from "../record.ts";
import { reproduction } from "./reproduce.ts";

export interface ConsoleOptions {
  readonly colours: boolean;
  /** How many bug reports are printed in full. Default: 10. */
  readonly most?: number;
}

/** The run for whoever sits at a terminal: a verdict table, findings as bug reports, and totals. */
export function renderConsole(outcome: Outcome, options: ConsoleOptions): string {
  const paint = painter(options.colours);
  const sections = [
    verdictTable(outcome, paint),
    ...bugReports(outcome, paint, options.most ?? 10),
    totals(outcome, paint),
  ];
  return `${sections.join("\n\n")}\n`;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

function painter(colours: boolean): Paint {
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
}

const STYLES: Readonly<Record<Verdict, Style>> = {
  failed: ["bold", "red"],
  unexpected: ["bold", "red"],
  broken: ["bold", "magenta"],
  blocked: ["bold", "yellow"],
  advised: "yellow",
  known: "yellow",
  passed: "green",
  "not-applicable": "dim",
};

function verdictTable({ requirements }: Outcome, paint: Paint): string {
  const table = new Table({
    head: ["requirement", "cases", "verdict"].map((title) => paint("bold", title)),
    colAligns: ["left", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const [area, within] of Map.groupBy(requirements, (one) => one.area)) {
    table.push([{ content: paint("bold", area), colSpan: 3 }]);
    for (const requirement of within) {
      const { id, cases, verdict } = requirement;
      const name = `  ${id.slice(area.length + 1)}`;
      table.push([name, cases.length, verdictText(requirement, verdict, paint)]);
    }
  }
  return table.toString();
}

/** The worst verdict, and how many cases came to it where not all did. */
function verdictText({ cases }: RequirementOutcome, verdict: Verdict | null, paint: Paint): string {
  if (verdict === null) return paint("dim", "not run");
  const count = cases.filter((line) => line.verdict === verdict).length;
  const share = count === cases.length ? "" : ` (${count} of ${cases.length})`;
  return paint(STYLES[verdict], isGreen(verdict) ? verdict : `${verdict}${share}`);
}

/** Worst first. Cases that came to nothing for one and the same reason are told once. */
function bugReports({ run, cases }: Outcome, paint: Paint, most: number): string[] {
  const worstFirst = VERDICTS.filter((verdict) => !isGreen(verdict)).flatMap((verdict) =>
    cases.filter(({ line }) => line.verdict === verdict),
  );
  const groups = [...Map.groupBy(worstFirst, reasonOf).values()];
  const shown = groups.slice(0, most).map((group) => {
    const [first] = group;
    const alike = group.length - 1;
    const more = alike === 0 ? [] : [`  and ${alike} more for the same reason`];
    return first === undefined
      ? ""
      : [bugReport(first, run.requirements, paint), ...more].join("\n");
  });
  const rest = groups.slice(most).flat().length;
  return rest === 0 ? shown : [...shown, `and ${rest} more: the report has them all`];
}

function reasonOf({ line }: CaseOutcome): string {
  return `${line.verdict} ${line.verdict === "blocked" ? (line.because ?? line.id) : line.id}`;
}

function bugReport(
  one: CaseOutcome,
  requirements: readonly CitedRequirement[],
  paint: Paint,
): string {
  const { line, findings } = one;
  const lines = [
    `${paint(STYLES[line.verdict], line.verdict.toUpperCase())}  ${paint("bold", line.id)}`,
    `  ${line.title}`,
  ];
  if (line.because !== undefined) lines.push(`  because: ${line.because}`);
  for (const [index, step] of line.steps.entries()) {
    const told = findings.filter((finding) => finding.step === index);
    const sentence = `${index + 1}. ${step}`;
    lines.push(told.length === 0 ? `    ${sentence}` : paint("bold", `  > ${sentence}`));
    for (const finding of told) lines.push(...findingLines(finding, paint));
  }
  const elsewhere = findings.filter(({ step }) => line.steps[step] === undefined);
  for (const finding of elsewhere) lines.push(...findingLines(finding, paint));
  if (line.verdict === "blocked" || line.verdict === "broken") return lines.join("\n");
  const ids = findings.flatMap((finding) => finding.requirements);
  for (const id of new Set(ids.length === 0 ? line.cites : ids)) {
    const quoted = requirements.find((one) => one.id === id);
    const quote = quoted === undefined ? "" : `: "${quoted.quote}" (${quoted.source})`;
    lines.push(`  must hold  ${id}${quote}`);
  }
  return [...lines, ...byHand(one)].join("\n");
}

/** The way to the first finding, where that is short enough for a terminal: the page has it all. */
function byHand(one: CaseOutcome): string[] {
  const step = Math.min(...one.findings.map((finding) => finding.step));
  const commands = reproduction(one, step).filter((line) => !line.startsWith("#"));
  if (commands.length === 0 || commands.join("\n").length > SHORT) return [];
  return ["  by hand", ...commands.map((command) => `    ${command}`)];
}

/** In characters. */
const SHORT = 1_200;

function findingLines({ kind, expected, seen }: FindingLine, paint: Paint): string[] {
  const indent = " ".repeat(7);
  return [
    `${indent}expected   ${expected}${kind === "expectation" ? "" : `  [${kind}]`}`,
    `${indent}seen       ${paint("red", seen)}`,
  ];
}

function totals({ run, cases, counts, end, tookMs }: Outcome, paint: Paint): string {
  const told = VERDICTS.filter((verdict) => counts[verdict] > 0).map((verdict) =>
    paint(STYLES[verdict], `${counts[verdict]} ${verdict}`),
  );
  const asked = `${cases.length} cases against ${run.target.name}, seed ${run.seed}`;
  const text = `${asked}, in ${(tookMs / 1000).toFixed(1)} s`;
  const notes = (end?.notes ?? ["the run was killed before its end"]).map((note) => `  ${note}`);
  return [`${text}: ${told.length === 0 ? "none was run" : told.join(", ")}`, ...notes].join("\n");
}
