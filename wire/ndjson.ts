import type { Body } from "./message.ts";
import { utf8 } from "./message.ts";

/** One value as one line, its newline included. Throws `TypeError` for what JSON cannot say. */
export function encodeLine(value: unknown): Uint8Array {
  return utf8(line(value));
}

/** Several values as one chunk: a write a line costs five times as much. */
export function encodeLines(values: readonly unknown[]): Uint8Array {
  return utf8(values.map(line).join(""));
}

function line(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`a line cannot say ${typeof value}`);
  return `${text}\n`;
}

export interface DecodedLines {
  readonly values: readonly unknown[];
  /** Lines that are not JSON, in order. */
  readonly bad: readonly string[];
  /** Whether the last line ended as every line must. */
  readonly finalNewline: boolean;
}

/** Reads whole NDJSON text; an empty line is not JSON. */
export function decodeLines(text: string): DecodedLines {
  const finalNewline = text.endsWith("\n");
  const lines = text === "" ? [] : (finalNewline ? text.slice(0, -1) : text).split("\n");
  const values: unknown[] = [];
  const bad: string[] = [];
  for (const line of lines) {
    try {
      values.push(JSON.parse(line) as unknown);
    } catch {
      bad.push(line);
    }
  }
  return { values, bad, finalNewline };
}

/**
 * Reads values as their lines arrive, whatever the pieces are that they arrive in. Throws `SyntaxError` at a
 * line that is not JSON and `TypeError` at bytes that are not UTF-8.
 */
export async function* readLines(body: Body): AsyncGenerator {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    const [first = "", ...others] = decoder.decode(piece, { stream: true }).split("\n");
    rest += first;
    for (const next of others) {
      yield JSON.parse(rest) as unknown;
      rest = next;
    }
  }
  rest += decoder.decode();
  if (rest !== "") yield JSON.parse(rest) as unknown;
}
