import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { recordLine } from "./line-schema.ts";
import { RECORD_SCHEMA } from "./record.ts";
import type { RecordLine } from "./record.ts";

export const RECORD_FILE = "record.ndjson";

export interface ReadRecord {
  readonly lines: readonly RecordLine[];
  /** What is odd about it, though it can be read: one sentence each. */
  readonly notes: readonly string[];
}

/** Reads the record in a folder. Throws `RecordError`. */
export function readRecord(directory: string): ReadRecord {
  const file = path.join(directory, RECORD_FILE);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const hint = "name the folder that a run was written to";
    throw new RecordError(`${file}: cannot be read (${codeOf(error)}); ${hint}`, error);
  }
  return parseRecord(text, file);
}

/** The same from text; `file` only names it in errors. A last line that was cut is left out, and said. */
export function parseRecord(text: string, file: string): ReadRecord {
  const notes: string[] = [];
  const rows = text.split("\n");
  if (rows.pop() !== "") notes.push("the record's last line was cut and is left out");
  const lines = rows.map((row, index) => parseLine(row, `${file}:${index + 1}`, index === 0));
  if (lines.length === 0) throw new RecordError(`${file}: the record is empty`);
  if (lines.at(-1)?.line !== "end") notes.push("the record has no end: its run was killed");
  return { lines, notes };
}

/** A record or a report that cannot be read or written: what, where and what to do, in one line. */
export class RecordError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "RecordError";
  }
}

/** What a failed file operation says of itself, such as `ENOENT`. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : String(error);
}

function parseLine(row: string, where: string, first: boolean): RecordLine {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch (error) {
    throw new RecordError(`${where}: not a line of JSON, so not a record of leakproof`, error);
  }
  if (first) checkHead(value, where);
  const read = recordLine.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = issue?.path.map(String).join(".") ?? "";
  const told = field === "" ? "" : `${field}: `;
  throw new RecordError(`${where}: ${told}${issue?.message ?? "not a line of a record"}`);
}

/** What another version wrote is told apart from what is no record at all. */
function checkHead(value: unknown, where: string): void {
  const { line, schema = "" } = head.safeParse(value).data ?? {};
  if (line !== "run" || !schema.startsWith("leakproof-record/")) {
    throw new RecordError(`${where}: not a record of leakproof: its first line is not a run`);
  }
  const ours: string = RECORD_SCHEMA;
  if (schema === ours) return;
  const hint = "read it with the version that wrote it";
  throw new RecordError(`${where}: the record is ${schema}, and this reads ${ours}: ${hint}`);
}

const head = z.object({ line: z.string(), schema: z.string() }).partial();
