import { gunzipSync } from "node:zlib";
import type { HeaderList } from "../../wire/message.ts";

const MAX_DEPTH = 4;
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

/** Everything that a message says, in every form that one may hide behind. */
export interface Scanned {
  /** Whether a string was said, as it is or encoded. */
  says(value: string): boolean;
}

/**
 * Undoes gzip (and with it the text of archives), base64, percent-encoding and JSON escapes, as deep as they
 * are nested, and looks through each layer.
 */
export function scan(headers: HeaderList, body: Uint8Array, line = ""): Scanned {
  const head = headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  const layers = new Set<string>();
  unfold(`${line}\n${head}`, layers, 0);
  unfoldBytes(body, layers, 0);
  const all = [...layers];
  return { says: (value) => all.some((layer) => layer.includes(value)) };
}

function unfoldBytes(bytes: Uint8Array, layers: Set<string>, depth: number): void {
  if (depth > MAX_DEPTH || bytes.byteLength === 0) return;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      unfoldBytes(gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }), layers, depth + 1);
      return;
    } catch {
      // Not gzip after all, or cut off: what can be read as it stands is read below.
    }
  }
  unfold(Buffer.from(bytes).toString("latin1"), layers, depth);
  unfold(Buffer.from(bytes).toString("utf8"), layers, depth);
}

function unfold(text: string, layers: Set<string>, depth: number): void {
  if (depth > MAX_DEPTH || layers.has(text)) return;
  layers.add(text);
  if (text.includes("%")) unfold(text.replace(/%[0-9a-f]{2}/gi, unpercent), layers, depth + 1);
  if (text.includes("\\")) unfold(unescapeJson(text), layers, depth + 1);
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{24,}={0,2}/g)) {
    for (const encoded of beginnings(run)) unfoldBase64(encoded, layers, depth);
  }
}

/** A slash is a digit of base64, and in a URL it ends what stands in front: the run may begin behind any. */
function beginnings(run: string): string[] {
  const slashes = [...run.slice(0, LONGEST_PATH).matchAll(/\//g)].map(({ index }) => index + 1);
  return [0, ...slashes].map((start) => run.slice(start));
}

const LONGEST_PATH = 256;

function unfoldBase64(run: string, layers: Set<string>, depth: number): void {
  const bytes = Buffer.from(run, run.includes("-") || run.includes("_") ? "base64url" : "base64");
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) unfoldBytes(bytes, layers, depth + 1);
  else if (isText(bytes)) unfold(bytes.toString("utf8"), layers, depth + 1);
}

function unpercent(code: string): string {
  return String.fromCharCode(Number.parseInt(code.slice(1), 16));
}

function unescapeJson(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_all, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replace(/\\(["\\/])/g, "$1");
}

/** Digests and keys decode to noise; only what decodes to text is looked into. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every(
    (byte) => byte === 9 || byte === 10 || byte === 13 || (byte > 31 && byte < 127),
  );
}
