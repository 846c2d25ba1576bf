import { writeFileSync } from "node:fs";
import path from "node:path";
import type { RunRecord } from "./read.ts";
import { renderHtml } from "./render/html.ts";
import { renderJunit } from "./render/junit.ts";
import { renderResults } from "./render/results.ts";

const FORMATS: Readonly<Record<string, (record: RunRecord) => string>> = {
  "results.json": renderResults,
  "junit.xml": renderJunit,
  "report.html": renderHtml,
};

/** Writes every format beside its record, from the record alone. Returns the path of the page. */
export function publishReports(record: RunRecord, folder: string): string {
  for (const [file, render] of Object.entries(FORMATS)) {
    writeFileSync(path.join(folder, file), render(record));
  }
  return path.join(folder, "report.html");
}
