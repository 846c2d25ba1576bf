import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import type { Redactor } from "./redact.ts";
import type { RecordLine } from "./record.ts";

export interface RecordWriter {
  readonly file: string;
  /** Each line is in the file before the call returns: whatever stops the run, what was written stays. */
  write(line: RecordLine): void;
  close(): void;
}

/** Opens `record.ndjson` in a folder, made if need be. Throws with one line when it cannot. */
export function openRecord(folder: string, redactor: Redactor): RecordWriter {
  const file = path.join(folder, RECORD_FILE);
  let descriptor: number;
  try {
    mkdirSync(folder, { recursive: true });
    descriptor = openSync(file, "w");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Error(`cannot write ${file} (${code}): choose another folder with --out`);
  }
  return {
    file,
    write: (line) => {
      writeSync(descriptor, `${redactor.clean(JSON.stringify(line))}\n`);
    },
    close: () => {
      closeSync(descriptor);
    },
  };
}

export const RECORD_FILE = "record.ndjson";
