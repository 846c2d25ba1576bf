import type { CaseOutcome, Outcome } from "../outcome.ts";
import type { Verdict } from "../record.ts";
import { markup } from "./markup.ts";
import type { Markup } from "./markup.ts";

/** The run as JUnit XML: a suite for each area, and a verdict's own word in each message. */
export function renderJunit({ run, cases, tookMs }: Outcome): string {
  const areas = [...Map.groupBy(cases, ({ area }) => area)];
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="leakproof ${run.command}: ${run.target.name}" ${totals(cases)}
  time="${seconds(tookMs)}" timestamp="${run.startedAt}">
${areas.map(([area, within]) => suite(area, within))}</testsuites>
`.text;
}

function suite(area: string, cases: readonly CaseOutcome[]): Markup {
  const tookMs = cases.reduce((sumMs, { line }) => sumMs + line.tookMs, 0);
  return markup`  <testsuite name="${area}" ${totals(cases)} time="${seconds(tookMs)}">
${cases.map(testCase)}  </testsuite>
`;
}

/** How JUnit, which knows three ways not to pass, says each of our verdicts. */
const SAYINGS: Readonly<Record<Verdict, "failure" | "error" | "skipped" | null>> = {
  passed: null,
  failed: "failure",
  unexpected: "failure",
  broken: "error",
  blocked: "error",
  known: "skipped",
  advised: "skipped",
  "not-applicable": "skipped",
};

function totals(cases: readonly CaseOutcome[]): Markup {
  const count = (saying: string): number =>
    cases.filter(({ line }) => SAYINGS[line.verdict] === saying).length;
  const [failures, errors, skipped] = [count("failure"), count("error"), count("skipped")];
  return markup`tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
}

function testCase({ line, area, findings }: CaseOutcome): Markup {
  const suiteName = area.replaceAll("/", ".");
  const name = `${line.id.slice(area.length + 1)}: ${line.title}`;
  const open = markup`    <testcase classname="${suiteName}" name="${name}" time="${seconds(line.tookMs)}"`;
  const saying = SAYINGS[line.verdict];
  if (saying === null) return markup`${open}/>\n`;
  const [first] = findings;
  const why = line.because ?? (first === undefined ? line.title : first.seen);
  const message = `${line.verdict}: ${why}`;
  if (saying === "skipped") {
    return markup`${open}>\n      <skipped message="${message}"/>\n    </testcase>\n`;
  }
  const element = saying === "failure" ? FAILURE : ERROR;
  return markup`${open}>
      <${element} type="${first?.kind ?? line.verdict}" message="${message}">
${detail({ line, findings })}</${element}>
    </testcase>
`;
}

const FAILURE = markup`failure`;
const ERROR = markup`error`;

function detail({ line, findings }: Pick<CaseOutcome, "line" | "findings">): string {
  const steps = line.steps.map((step, index) => `${index + 1}. ${step}`);
  const told = findings.map(
    ({ step, expected, seen, requirements }) =>
      `step ${step + 1}: expected ${expected}; seen ${seen} (${requirements.join(", ")})`,
  );
  return [...steps, "", ...told].join("\n");
}

function seconds(tookMs: number): string {
  return (tookMs / 1000).toFixed(3);
}
