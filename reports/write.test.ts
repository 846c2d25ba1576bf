import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { RecordError } from "./read.ts";
import { sampleFinding, sampleRun } from "./sample-record.ts";
import { defaultDirectory, openRecord } from "./write.ts";

const folder = mkdtempSync(path.join(tmpdir(), "leakproof-write-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("each line is in the file, redacted, before the next thing happens", () => {
  const directory = path.join(folder, "made", "at-need");
  const record = openRecord(directory);
  record.redact(["made-up-secret"]);
  record.write(sampleFinding({ seen: "the made-up-secret" }));
  const text = readFileSync(path.join(directory, "record.ndjson"), "utf8");
  expect(text).toBe(`${JSON.stringify(sampleFinding({ seen: "the [redacted]" }))}\n`);
  record.close();
});

test("a new run in an old one's folder leaves nothing of it, and touches nothing else", () => {
  const directory = path.join(folder, "old");
  const old = openRecord(directory);
  old.write(sampleRun());
  old.close();
  for (const name of ["results.json", "report.html", "notes.txt"]) {
    writeFileSync(path.join(directory, name), "old");
  }
  openRecord(directory).close();
  expect(readdirSync(directory).sort()).toEqual(["notes.txt", "record.ndjson"]);
  expect(readFileSync(path.join(directory, "record.ndjson"), "utf8")).toBe("");
});

test("a folder that cannot be is one clear line", () => {
  const file = path.join(folder, "a-file");
  writeFileSync(file, "");
  expect(() => openRecord(path.join(file, "inside"))).toThrow(RecordError);
  expect(() => openRecord(path.join(file, "inside"))).toThrow(/^\S+ cannot be written to .*--out$/);
});

test("a run that was told no folder is named after its time and its command", () => {
  const at = new Date("2026-01-31T12:00:00.000Z");
  expect(defaultDirectory("verify", at)).toBe(
    path.join("reports", "runs", "2026-01-31T120000.000Z-verify"),
  );
});
