import type { CaseLine, FindingLine } from "../record.ts";
import type { RunRecord } from "../read.ts";

/** JUnit XML, a suite for each area: what CI systems read. */
export function renderJunit(record: RunRecord): string {
  const areas = Map.groupBy(record.cases, ({ id }) => id.split("/").slice(0, 2).join("/"));
  const suites = [...areas].map(([area, cases]) => suite(area, cases, record.findings));
  const body = suites.join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="leakproof">\n${body}\n</testsuites>\n`;
}

function suite(area: string, cases: readonly CaseLine[], findings: readonly FindingLine[]): string {
  const count = (...verdicts: readonly string[]): number =>
    cases.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const attributes = [
    `name="${escaped(area)}"`,
    `tests="${cases.length}"`,
    `failures="${count("failed", "unexpected")}"`,
    `errors="${count("blocked", "broken")}"`,
    `skipped="${count("not-applicable", "known", "advised")}"`,
    `time="${seconds(cases.reduce((sum, { tookMs }) => sum + tookMs, 0))}"`,
  ];
  const lines = cases.map((line) =>
    testcase(
      line,
      findings.filter((finding) => finding.case === line.id),
    ),
  );
  return `  <testsuite ${attributes.join(" ")}>\n${lines.join("\n")}\n  </testsuite>`;
}

function testcase(line: CaseLine, findings: readonly FindingLine[]): string {
  const open = `    <testcase classname="${escaped(line.id.replace(/\/[^/]*$/, "").replaceAll("/", "."))}" name="${escaped(line.id)}" time="${seconds(line.tookMs)}"`;
  const outcome = outcomeOf(line, findings);
  return outcome === null ? `${open}/>` : `${open}>\n      ${outcome}\n    </testcase>`;
}

function outcomeOf(line: CaseLine, findings: readonly FindingLine[]): string | null {
  const text = findings
    .map(
      ({ step, expected, seen }) =>
        `${line.steps[step] ?? ""}\nexpected: ${expected}\nseen: ${seen}`,
    )
    .join("\n\n");
  const message = escaped(`${line.verdict}: ${line.because ?? line.title}`);
  switch (line.verdict) {
    case "passed":
      return null;
    case "failed":
    case "unexpected":
      return `<failure message="${message}">${escaped(text)}</failure>`;
    case "blocked":
    case "broken":
      return `<error message="${message}">${escaped(text)}</error>`;
    default:
      return `<skipped message="${message}"/>`;
  }
}

/** XML has no way to say most control characters, so they go. */
function escaped(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- control characters are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
