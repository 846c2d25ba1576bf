/** One member of a JSON object that stands in bytes: its key, and where its value stands. */
export interface Member {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * The members of the JSON object at `start`, without parsing their values. One call of `JSON.parse` takes
 * up to thirty times the size of its text, and cannot be stopped when a thread's heap is full: that takes
 * the process with it. Members parsed one by one never take much at once. Throws `SyntaxError`.
 */
export function* jsonMembers(bytes: Buffer, start: number): Generator<Member> {
  let at = skipSpace(bytes, expect(bytes, skipSpace(bytes, start), OPEN_BRACE));
  while (bytes[at] !== CLOSE_BRACE) {
    const endOfKey = endOfString(bytes, expect(bytes, at, QUOTE) - 1);
    const key = parseSlice(bytes, at, endOfKey) as string;
    at = skipSpace(bytes, expect(bytes, skipSpace(bytes, endOfKey), COLON));
    const end = endOfValue(bytes, at);
    yield { key, start: at, end };
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACE) return;
    at = skipSpace(bytes, expect(bytes, at, COMMA));
    expect(bytes, at, QUOTE);
  }
}

/** The value that stands there. Throws `SyntaxError`. */
export function parseSlice(bytes: Buffer, start: number, end: number): unknown {
  return JSON.parse(bytes.toString("utf8", start, end));
}

function expect(bytes: Buffer, at: number, byte: number): number {
  if (bytes[at] !== byte) throw new SyntaxError(`unexpected byte at ${at}`);
  return at + 1;
}

function skipSpace(bytes: Buffer, at: number): number {
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at++;
  }
}

/** Only as far as it must be read to know where it ends: whoever parses the slice checks the rest. */
function endOfValue(bytes: Buffer, start: number): number {
  const first = bytes[start];
  if (first === QUOTE) return endOfString(bytes, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(bytes, start);
  let at = start;
  while (at < bytes.length && bytes[at] !== COMMA && bytes[at] !== CLOSE_BRACE) at++;
  return at;
}

function endOfNested(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at) - 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  throw new SyntaxError("a value does not end");
}

/** Just after the quote that ends the string which begins at `start`. */
function endOfString(bytes: Buffer, start: number): number {
  let quote = bytes.indexOf(QUOTE, start + 1);
  while (quote !== -1) {
    let before = quote - 1;
    while (bytes[before] === BACKSLASH) before--;
    if ((quote - before) % 2 === 1) return quote + 1;
    quote = bytes.indexOf(QUOTE, quote + 1);
  }
  throw new SyntaxError("a string does not end");
}
