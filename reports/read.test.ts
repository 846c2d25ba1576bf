import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { parseRecord, readRecord, RecordError } from "./read.ts";
import type { RecordLine } from "./record.ts";
import { SAMPLE_RECORD, sampleRun } from "./sample-record.ts";

function textOf(lines: readonly unknown[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

test("what was written is read again, every kind of line", () => {
  const sample: RecordLine = {
    ...{ line: "sample", scenario: "resolve/headline", series: "hit", value: 1.5, unit: "ms" },
  };
  const lines = [...SAMPLE_RECORD.slice(0, -1), sample, ...SAMPLE_RECORD.slice(-1)];
  expect(parseRecord(textOf(lines), "f")).toEqual({ lines, notes: [] });
});

test("a last line that was cut is left out, and said", () => {
  const text = textOf(SAMPLE_RECORD);
  const { lines, notes } = parseRecord(text.slice(0, -10), "f");
  expect(lines).toEqual(SAMPLE_RECORD.slice(0, -1));
  expect(notes).toEqual([
    "the record's last line was cut and is left out",
    "the record has no end: its run was killed",
  ]);
});

test.each([
  ["", "f: the record is empty"],
  ["hello\n", "f:1: not a line of JSON, so not a record of leakproof"],
  ['{"line":"case"}\n', "f:1: not a record of leakproof: its first line is not a run"],
  [
    textOf([{ ...sampleRun(), schema: "leakproof-record/2" }]),
    "f:1: the record is leakproof-record/2, and this reads leakproof-record/1: " +
      "read it with the version that wrote it",
  ],
  [
    textOf([sampleRun(), { line: "end", exitCode: 9, tookMs: 1, interrupted: false, notes: [] }]),
    "f:2: exitCode: Invalid option: expected one of 0|1|2|3|4",
  ],
  [`${textOf([sampleRun()])}{"line":\n`, "f:2: not a line of JSON, so not a record of leakproof"],
])("%j is refused in one line", (text, message) => {
  expect(() => parseRecord(text, "f")).toThrow(new RecordError(message));
});

test("a folder without a record says what to name instead", () => {
  const missing = path.join(tmpdir(), "leakproof-no-such-folder");
  const file = path.join(missing, "record.ndjson");
  expect(() => readRecord(missing)).toThrow(
    `${file}: cannot be read (ENOENT); name the folder that a run was written to`,
  );
});
