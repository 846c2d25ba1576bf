import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { encodeLine } from "../wire/ndjson.ts";
import { REPORT_FILES } from "./publish.ts";
import { codeOf, RECORD_FILE, RecordError } from "./read.ts";
import type { RecordLine } from "./record.ts";
import { createRedactor } from "./redact.ts";

/** A record while it is being written. */
export interface RecordWriter {
  /** Appends one line, at once: whatever ends the process, nothing that was written is lost. */
  readonly write: (line: RecordLine) => void;
  /** From now on these strings are taken out of every line. */
  readonly redact: (secrets: readonly string[]) => void;
  readonly close: () => void;
}

/**
 * Opens the record of a new run in a folder, which is made if need be. A former run's record and reports go:
 * of this run they would say what is not so. Throws `RecordError` where nothing can be written.
 */
export function openRecord(directory: string): RecordWriter {
  const redactor = createRedactor();
  const file = openFile(directory);
  return {
    write: (line) => {
      const bytes = encodeLine(redactor.line(line));
      for (let done = 0; done < bytes.byteLength;) done += writeSync(file, bytes, done);
    },
    redact: (secrets) => {
      redactor.add(secrets);
    },
    close: () => {
      closeSync(file);
    },
  };
}

/** The folder of a run that was told none, such as `reports/runs/2026-01-31T120000.000Z-verify`. */
export function defaultDirectory(command: string, startedAt: Date): string {
  return path.join("reports", "runs", `${startedAt.toISOString().replaceAll(":", "")}-${command}`);
}

function openFile(directory: string): number {
  try {
    mkdirSync(directory, { recursive: true });
    const file = openSync(path.join(directory, RECORD_FILE), "w");
    for (const name of REPORT_FILES) rmSync(path.join(directory, name), { force: true });
    return file;
  } catch (error) {
    const hint = "name another folder with --out";
    throw new RecordError(`${directory}: cannot be written to (${codeOf(error)}); ${hint}`, error);
  }
}
