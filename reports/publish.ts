import { writeFileSync } from "node:fs";
import path from "node:path";
import { outcomeOf } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import { codeOf, readRecord, RecordError } from "./read.ts";
import { renderHtml } from "./render/html.ts";
import { renderJunit } from "./render/junit.ts";
import { renderResults } from "./render/results.ts";
import { renderSarif } from "./render/sarif.ts";
import { renderSummary } from "./render/summary.ts";

/** Every report that is a file, by its name: each a pure function of the record. */
const FORMATS: Readonly<Record<string, (outcome: Outcome) => string>> = {
  "results.json": renderResults,
  "junit.xml": renderJunit,
  "summary.md": renderSummary,
  "results.sarif": renderSarif,
  "report.html": renderHtml,
};

export const REPORT_FILES: readonly string[] = Object.keys(FORMATS);

export interface Published {
  readonly outcome: Outcome;
  /** Path of the page for people. */
  readonly page: string;
  /** What is odd about the record: one sentence each. */
  readonly notes: readonly string[];
}

/** Writes every format into a folder, from the record that stands there alone. Throws `RecordError`. */
export function publishReports(directory: string): Published {
  const { lines, notes } = readRecord(directory);
  const outcome = outcomeOf(lines);
  for (const [name, render] of Object.entries(FORMATS)) {
    const file = path.join(directory, name);
    try {
      writeFileSync(file, render(outcome));
    } catch (error) {
      throw new RecordError(`${file}: cannot be written (${codeOf(error)})`, error);
    }
  }
  return { outcome, page: path.join(directory, "report.html"), notes };
}
