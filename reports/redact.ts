import { constants, gunzipSync } from "node:zlib";
import type { ExchangeLine, RecordedMessage, RecordLine } from "./record.ts";

/** Takes what nobody may keep out of lines on their way into a record. */
export interface Redactor {
  /** Hears of secrets as they are made; from then on no line holds one, plain or encoded. */
  add(secrets: readonly string[]): void;
  line(line: RecordLine): RecordLine;
}

export const REDACTED = "[redacted]";

type Clean = (text: string) => string;

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  let pattern: RegExp | null = null;
  let compiled = 0;
  const clean: Clean = (text) => {
    if (compiled !== secrets.size) pattern = patternOf(secrets);
    compiled = secrets.size;
    return cleanLooks(pattern === null ? text : text.replace(pattern, REDACTED));
  };
  return {
    add: (more) => {
      for (const secret of more) if (secret.length >= SHORTEST_SECRET) secrets.add(secret);
    },
    line: (line) => deep(line.line === "exchange" ? bare(line, clean) : line, clean) as RecordLine,
  };
}

/** A shorter one would blank half of every line, and could be guessed anyway. */
const SHORTEST_SECRET = 6;

/** Values of these headers are secrets whatever they look like. The scheme stays: it is evidence. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "npm-otp",
  "x-amz-security-token",
]);

/** What looks like a secret, though nobody said that it is one. Each pattern keeps its first group. */
const LOOKS: readonly RegExp[] = [
  // `user:pass@` in URLs; `git@` is a convention and no secret.
  /(\/\/)(?!git@)[^\s/?#"'<>]+(?=@)/g,
  /(authorization["']?\s*[:=]\s*["']?(?:[a-z]+ +)?)[^\s"',;`\\]{8,}/gi,
  /((?:bearer|basic) +)(?=[a-z]*[^a-z\s"']|[a-z]{20})[\w.~+/=-]{8,}/gi,
  /("(?:_?auth(?:Token)?|_?password|token|secret)"\s*:\s*")[^"]+/gi,
  /()\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /()\bnpm_[A-Za-z0-9]{20,}/g,
];

function cleanLooks(text: string): string {
  return LOOKS.reduce((rest, look) => rest.replace(look, `$1${REDACTED}`), text);
}

/** One pattern for every form of every secret, longest first, so that none hides a longer one. */
function patternOf(secrets: ReadonlySet<string>): RegExp {
  const forms = [...secrets].flatMap(formsOf).sort((a, b) => b.length - a.length);
  return new RegExp(forms.map((form) => form.replace(SPECIAL, "\\$&")).join("|"), "g");
}

const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

/** As it is, percent-encoded, escaped for JSON, and as it stands inside base64 at each of three offsets. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const encoded = [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.from(" ".repeat(offset) + secret);
    // Only whole groups that hold nothing but the secret look the same wherever it stands.
    const inner = [offset === 0 ? 0 : 4, Math.floor(bytes.length / 3) * 4] as const;
    return [bytes.toString("base64").slice(...inner), bytes.toString("base64url").slice(...inner)];
  });
  const long = encoded.filter((form) => form.length >= 8);
  return [...new Set([secret, encodeURIComponent(secret), json, ...long])];
}

/** The exchange without the values of secret headers, and without secrets that unpacking would show. */
function bare(line: ExchangeLine, clean: Clean): ExchangeLine {
  const { request, reply } = line;
  return {
    ...line,
    request: bareMessage(request, clean),
    reply: "failure" in reply ? reply : bareMessage(reply, clean),
  };
}

function bareMessage<M extends RecordedMessage>(message: M, clean: Clean): M {
  const headers = message.headers.map(([name, value]) => [
    name,
    SECRET_HEADERS.has(name.toLowerCase()) ? withoutValue(value) : value,
  ]);
  return { ...message, headers, body: bareBody(message.body, clean) };
}

function withoutValue(value: string): string {
  const scheme = /^[A-Za-z][\w-]* (?=\S)/.exec(value)?.[0] ?? "";
  return `${scheme}${REDACTED}`;
}

/** A binary body stays only where nothing in it, unpacked, would have been taken out of a text. */
function bareBody(body: string, clean: Clean): string {
  if (!body.startsWith("base64:")) return body;
  const [encoded = "", size] = body.slice("base64:".length).split("…");
  const bytes = unpacked(Buffer.from(encoded, "base64")).toString("latin1");
  return clean(bytes) === bytes ? body : `${REDACTED}${size === undefined ? "" : `…${size}`}`;
}

function unpacked(bytes: Buffer): Buffer {
  try {
    // The record cuts long bodies, so an archive may end early.
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 20 });
  } catch {
    return bytes;
  }
}

function deep(value: unknown, clean: Clean): unknown {
  if (typeof value === "string") return clean(value);
  if (Array.isArray(value)) return value.map((inner) => deep(inner, clean));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deep(inner, clean)]));
}
