import { isGreen } from "../outcome.ts";
import type { CaseOutcome, Outcome } from "../outcome.ts";
import type { FindingKind } from "../record.ts";
import { reproduction } from "./reproduce.ts";

/**
 * The run as a bug list for whoever makes the subject, in Markdown: what has one reason is told once, the
 * worst first, each with the shortest case that shows it. `worstFirst` has the first sentences of reasons,
 * from whoever knows which is worse; what is new comes before them, by what kind of thing was found.
 */
export function renderFindings(outcome: Outcome, worstFirst: readonly string[] = []): string {
  const { run, cases } = outcome;
  const red = cases.filter(({ line, findings }) => !isGreen(line.verdict) && findings.length > 0);
  const placeOf = (reason: string): number =>
    worstFirst.findIndex((sentence) => reason.startsWith(sentence));
  const groups = [...Map.groupBy(red, reasonOf)].sort(
    ([why, one], [because, other]) =>
      placeOf(why) - placeOf(because) || rankOf(one) - rankOf(other) || other.length - one.length,
  );
  const applicable = cases.filter(({ line }) => line.verdict !== "not-applicable").length;
  const head = [
    `# Findings: ${run.target.name}`,
    `Of ${applicable} cases that apply, ${red.length} show one of the ${groups.length} defects below, ` +
      "worst first. They come from a run of `npx leakproof verify`, and this page from its record by " +
      "`npx leakproof report DIR --findings FILE`.",
    "`$SUBJECT` and `{self}` are the subject's own base URL, `{npm}` that of the public registry, and " +
      "every other `{name}` that of a private upstream, to be filled in. `$ALICE_TOKEN` is what the " +
      "server gave alice when she logged in. `npx leakproof list --worlds` shows the worlds.",
  ];
  const told = groups.map(([reason, group], index) => {
    const [title = "", ...more] = reason.split(/(?<=\.) /);
    const heading = `## ${index + 1}. ${title}`;
    return [heading, ...(more.length === 0 ? [] : [more.join(" ")]), ...defect(group, outcome)];
  });
  return `${[...head, ...told.flat()].join("\n\n")}\n`;
}

/** A known failure's reason, or what the case is about where nobody has named one. */
function reasonOf({ line }: CaseOutcome): string {
  return line.because ?? line.title;
}

/** What was shown to somebody is worse than what was asked, and that is worse than how it was said. */
const WORST_FIRST: readonly FindingKind[] = [
  ...(["confinement", "forwarding", "secret", "fail-open", "bound", "count"] as const),
  ...(["expectation", "bracket", "preparation", "harness"] as const),
];

function rankOf(group: readonly CaseOutcome[]): number {
  const kinds = group.flatMap(({ findings }) => findings.map(({ kind }) => kind));
  return Math.min(...kinds.map((kind) => WORST_FIRST.indexOf(kind)));
}

function defect(group: readonly CaseOutcome[], outcome: Outcome): string[] {
  const [example] = [...group].sort((a, b) => rankOf([a]) - rankOf([b]) || sizeOf(a) - sizeOf(b));
  if (example === undefined) return [];
  const ids = new Set(example.findings.flatMap(({ requirements }) => requirements));
  const quotes = outcome.run.requirements
    .filter(({ id }) => ids.has(id))
    .map(({ id, quote, source }) => `> ${quote} (${source}; \`${id}\`)`);
  return [
    quotes.join("\n>\n"),
    ...exampleOf(example),
    `Shown by ${group.map(({ line }) => `\`${line.id}\``).join(", ")}.`,
  ];
}

function sizeOf({ line }: CaseOutcome): number {
  return line.steps.length;
}

function exampleOf(shown: CaseOutcome): string[] {
  const { line, findings } = shown;
  const [worst] = findings.toSorted(
    (a, b) => WORST_FIRST.indexOf(a.kind) - WORST_FIRST.indexOf(b.kind) || a.step - b.step,
  );
  const steps = line.steps.map((step, index) => `${index + 1}. ${plain(step)}`);
  const seen = findings.map(
    ({ step, expected, seen: what }) =>
      `- step ${step + 1}: expected ${plain(expected)}; seen ${plain(what)}`,
  );
  const commands = worst === undefined ? [] : reproduction(shown, worst.step);
  return [
    `In the world \`${line.world}\`:`,
    steps.join("\n"),
    [...new Set(seen)].join("\n"),
    ...(commands.length === 0 ? [] : [["```sh", ...commands, "```"].join("\n")]),
  ];
}

/** One line of Markdown in which nothing is markup. */
function plain(text: string): string {
  const short = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return short.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_<>[\]|#]/g, "\\$&");
}

const SHOWN = 400;
