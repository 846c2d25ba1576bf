import { isGreen, VERDICTS } from "../outcome.ts";
import type { CaseOutcome, Outcome, RequirementOutcome } from "../outcome.ts";
import type { FindingLine } from "../record.ts";

/** Pages of CI jobs are cut after a megabyte: the report has all of it. */
const MOST_CASES = 50;

/** The run as Markdown for a CI job's page: what it came to, what did not hold, and verdicts by area. */
export function renderSummary(outcome: Outcome): string {
  const { run, end, counts, cases } = outcome;
  const notes = end?.notes ?? ["the run was killed before its end"];
  const red = VERDICTS.filter((verdict) => !isGreen(verdict)).flatMap((verdict) =>
    cases.filter(({ line }) => line.verdict === verdict),
  );
  const told = VERDICTS.filter((verdict) => counts[verdict] > 0);
  const more = red.length - MOST_CASES;
  return [
    `## leakproof ${text(run.command)}: ${text(run.target.name)}`,
    `**${HEADLINES[end?.exitCode ?? 2]}**`,
    ...notes.map((note) => `- ${text(note)}`),
    table(
      told,
      told.map((verdict) => String(counts[verdict])),
    ),
    ...red.slice(0, MOST_CASES).map(caseSection),
    ...(more > 0 ? [`and ${more} more: the report has them all`] : []),
    byRequirement(outcome.requirements),
    `<sub>${cases.length} cases, seed ${run.seed}, ${text(run.startedAt)}</sub>`,
  ].join("\n\n");
}

const HEADLINES = {
  0: "Conformant: everything that was run holds",
  1: "Violated: something that must hold does not",
  2: "Inconclusive: this run says too little",
  3: "Not run: it was called wrongly",
  4: "Broken: the harness itself misbehaved",
} as const;

function table(head: readonly string[], row: readonly string[]): string {
  if (head.length === 0) return "none was run";
  return [head, head.map(() => "---:"), row].map((one) => `| ${one.join(" | ")} |`).join("\n");
}

function caseSection({ line, findings }: CaseOutcome): string {
  const because = line.because === undefined ? [] : [`because: ${text(line.because)}`];
  const steps = line.steps.flatMap((step, index) => {
    const told = findings.filter((finding) => finding.step === index);
    const sentence = told.length === 0 ? text(step) : `**${text(step)}**`;
    return [`${index + 1}. ${sentence}`, ...told.flatMap(findingItems)];
  });
  const elsewhere = findings.filter(({ step }) => line.steps[step] === undefined);
  return [
    `### ${line.verdict}: ${code(line.id)}`,
    text(line.title),
    ...because,
    [...steps, ...elsewhere.flatMap(findingItems)].join("\n"),
  ].join("\n\n");
}

function findingItems({ kind, expected, seen, requirements }: FindingLine): string[] {
  const rules = requirements.length === 0 ? "" : ` (${requirements.map(code).join(", ")})`;
  return [`   - expected (${kind}): ${text(expected)}${rules}`, `   - seen: ${text(seen)}`];
}

function byRequirement(requirements: readonly RequirementOutcome[]): string {
  const rows = requirements.map(
    ({ id, verdict, cases }) => `| ${code(id)} | ${verdict ?? "not run"} | ${cases.length} |`,
  );
  const head = "| Requirement | Verdict | Cases |\n| --- | --- | ---: |";
  const all = `<summary>${rows.length} requirements</summary>\n\n${[head, ...rows].join("\n")}`;
  return `<details>${all}\n\n</details>`;
}

/** Text that Markdown and HTML leave as it is, on one line. */
function text(words: string): string {
  return words
    .toWellFormed()
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[&<>]|[\\`*_{}[\]#|~!]/g, (character) =>
      "&<>".includes(character) ? `&#${character.charCodeAt(0)};` : `\\${character}`,
    );
}

function code(id: string): string {
  return `\`${id.replaceAll(/[`|\s]/g, " ")}\``;
}
