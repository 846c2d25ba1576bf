import type { Body } from "./message.ts";

const encoder = new TextEncoder();

/** One value as one line, its newline included. */
export function encodeLine(value: unknown): Uint8Array {
  return encoder.encode(`${JSON.stringify(value)}\n`);
}

/** Several values as one chunk: a write a line costs five times as much. */
export function encodeLines(values: readonly unknown[]): Uint8Array {
  return encoder.encode(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
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
  const lines = (finalNewline ? text.slice(0, -1) : text).split("\n");
  const values: unknown[] = [];
  const bad: string[] = [];
  if (text !== "") {
    for (const line of lines) {
      try {
        values.push(JSON.parse(line) as unknown);
      } catch {
        bad.push(line);
      }
    }
  }
  return { values, bad, finalNewline };
}

/** Reads values as their lines arrive. Throws `SyntaxError` at a line that is not JSON. */
export async function* readLines(body: Body): AsyncGenerator {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as unknown;
  }
  rest += decoder.decode();
  if (rest !== "") yield JSON.parse(rest) as unknown;
}
