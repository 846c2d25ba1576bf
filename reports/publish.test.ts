import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { publishReports } from "./publish.ts";
import { RecordError } from "./read.ts";
import { SAMPLE_RECORD } from "./sample-record.ts";
import { openRecord } from "./write.ts";

const folder = mkdtempSync(path.join(tmpdir(), "leakproof-publish-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function recordIn(name: string): string {
  const directory = path.join(folder, name);
  const record = openRecord(directory);
  for (const line of SAMPLE_RECORD) record.write(line);
  record.close();
  return directory;
}

test("every format comes from the record alone, and comes again the same", () => {
  const directory = recordIn("run");
  const { page, notes } = publishReports(directory);
  const names = [
    ...["junit.xml", "record.ndjson", "report.html"],
    ...["results.json", "results.sarif", "summary.md"],
  ];
  expect(readdirSync(directory).sort()).toEqual(names);
  expect({ page, notes }).toEqual({ page: path.join(directory, "report.html"), notes: [] });
  const before = names.map((name) => readFileSync(path.join(directory, name), "utf8"));
  publishReports(directory);
  expect(names.map((name) => readFileSync(path.join(directory, name), "utf8"))).toEqual(before);
});

test("a report that cannot be written is one clear line", () => {
  const directory = recordIn("full");
  mkdirSync(path.join(directory, "junit.xml"));
  expect(() => publishReports(directory)).toThrow(RecordError);
  expect(() => publishReports(directory)).toThrow(/junit\.xml: cannot be written \(EISDIR\)$/);
});
