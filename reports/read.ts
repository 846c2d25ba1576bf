import { readFileSync } from "node:fs";
import path from "node:path";
import { RECORD_SCHEMA } from "./record.ts";
import type {
  CaseLine,
  EndLine,
  ExchangeLine,
  FindingLine,
  RecordLine,
  RunLine,
} from "./record.ts";
import { RECORD_FILE } from "./write.ts";

/** A record in the form that renderers read: its lines by kind, in the order of their writing. */
export interface RunRecord {
  readonly run: RunLine;
  readonly cases: readonly CaseLine[];
  readonly findings: readonly FindingLine[];
  readonly exchanges: readonly ExchangeLine[];
  /** Null when the run was cut off before it could end. */
  readonly end: EndLine | null;
}

/** Reads the record in a folder. Throws with one line when there is none, or none that can be read. */
export function readRecord(folder: string): RunRecord {
  const file = path.join(folder, RECORD_FILE);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new Error(`there is no record at ${file}: name a folder that --out wrote`);
  }
  return parseRecord(text, file);
}

/** The same from text. A last line that was cut off is left out: the run ended while it was written. */
export function parseRecord(text: string, file: string): RunRecord {
  const lines = text.split("\n");
  const cut = lines.pop();
  const read = lines.map((line, at) => parseLine(line, `${file}:${at + 1}`));
  const [run] = read;
  if (run?.line !== "run") throw new Error(`${file}: not a record of a run`);
  if (run.schema !== RECORD_SCHEMA) {
    throw new Error(
      `${file}: written as ${String(run.schema)}, and this version reads ${RECORD_SCHEMA}`,
    );
  }
  const end = cut === "" ? read.findLast((line) => line.line === "end") : undefined;
  return {
    run,
    cases: read.filter((line) => line.line === "case"),
    findings: read.filter((line) => line.line === "finding"),
    exchanges: read.filter((line) => line.line === "exchange"),
    end: end ?? null,
  };
}

function parseLine(text: string, where: string): RecordLine {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "line" in value) return value as RecordLine;
  } catch {
    // Said below: a line that is no JSON and one that is no record line are the same mistake.
  }
  throw new Error(`${where}: not a line of a record`);
}
