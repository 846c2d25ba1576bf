/**
 * The message record that every room shares. A web `Request` would lose evidence (dot segments,
 * duplicate headers, header order), so a target is verbatim and headers are an ordered list.
 */
export interface Message {
  readonly method: string;
  /** The request target exactly as it stands on the request line, never normalised. */
  readonly target: string;
  readonly headers: HeaderList;
  readonly body: Body;
}

export interface Reply {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Body;
  /** How this reply misbehaves on its way out; absent for a reply that arrives whole. */
  readonly cut?: Cut;
}

/** Ordered, duplicates kept, names as the sender spelled them. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Whole bytes, or a stream of bytes that may be read once. */
export type Body = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * `reset` drops the connection, `hang` says nothing more, `truncate` closes it in good order but early.
 * Without `afterBytes` it happens before the status line; otherwise after that many bytes of body.
 */
export interface Cut {
  readonly how: "reset" | "hang" | "truncate";
  readonly afterBytes?: number;
}

/** A server as a function. The signal aborts when the one who asked has gone away. */
export type Handler = (message: Message, signal: AbortSignal) => Promise<Reply>;

/** Who answers for an origin (`http://host:port`, no path): the wire, or a switchboard of handlers. */
export type Send = (origin: string, message: Message, signal: AbortSignal) => Promise<Reply>;

export const NO_BODY: Uint8Array = new Uint8Array(0);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The first value under a header name in any letter case, or undefined. */
export function header(headers: HeaderList, name: string): string | undefined {
  return headerAll(headers, name)[0];
}

/** Every value under a header name in any letter case, in order. */
export function headerAll(headers: HeaderList, name: string): string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
}

/** Reads a body to its end. Throws `BodyTooLarge` as soon as it passes `limitBytes`. */
export async function bytesOf(body: Body, limitBytes = Infinity): Promise<Uint8Array> {
  if (body instanceof Uint8Array) {
    if (body.byteLength > limitBytes) throw new BodyTooLarge(limitBytes);
    return body;
  }
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of body) {
    sizeBytes += piece.byteLength;
    if (sizeBytes > limitBytes) throw new BodyTooLarge(limitBytes);
    pieces.push(piece);
  }
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}

/** Reads a body to its end as UTF-8 text. */
export async function textOf(body: Body, limitBytes = Infinity): Promise<string> {
  return decoder.decode(await bytesOf(body, limitBytes));
}

/** Lets go of a body that nobody will read, so that whatever feeds it can end. */
export async function discard(body: Body): Promise<void> {
  if (!(body instanceof Uint8Array)) await body[Symbol.asyncIterator]().return?.();
}

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A reply whose body is one JSON value. */
export function jsonReply(status: number, value: unknown, headers: HeaderList = []): Reply {
  return {
    status,
    headers: [["content-type", "application/json"], ...headers],
    body: utf8(JSON.stringify(value)),
  };
}

export class BodyTooLarge extends Error {
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`the body is larger than ${limitBytes} bytes`);
    this.name = "BodyTooLarge";
    this.limitBytes = limitBytes;
  }
}

/** What a sender sees when no whole reply came: refused, reset, cut short, or timed out. */
export class WireError extends Error {
  readonly kind: WireFailure;

  constructor(kind: WireFailure, message: string) {
    super(message);
    this.name = "WireError";
    this.kind = kind;
  }
}

export type WireFailure =
  "refused" | "reset" | "truncated" | "timeout" | "malformed" | "unresolved";
