import { connect } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WireError } from "./message.ts";
import type { HeaderList, Reply } from "./message.ts";

export interface RawOptions {
  /** Between two pieces. Default: none, though each piece is a write of its own. */
  readonly pauseMs?: number;
  /** How long a whole reply waits for another one behind it. Default: 50 ms. */
  readonly settleMs?: number;
}

/**
 * Says to an origin, over a plain socket, what no HTTP client would say, and returns every byte that came
 * back: until the peer closed, or a whole reply stood and nothing followed it. Bytes that came before a
 * reset are returned too. Throws `WireError` where none came, and the signal's reason when it aborts.
 */
export async function sendRaw(
  origin: string,
  pieces: readonly (string | Uint8Array)[],
  signal: AbortSignal,
  options: RawOptions = {},
): Promise<Uint8Array> {
  signal.throwIfAborted();
  const { hostname, port } = new URL(origin);
  const socket = connect({
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port === "" ? "80" : port),
    noDelay: true,
  });
  const leave = (): void => {
    socket.destroy();
  };
  signal.addEventListener("abort", leave, { once: true });
  try {
    const method = pieces[0]?.toString().startsWith("HEAD ") === true ? "HEAD" : "GET";
    const heard = hear(socket, method, options.settleMs ?? 50);
    await speak(socket, pieces, options.pauseMs ?? 0, signal);
    const bytes = await heard.whenOver();
    signal.throwIfAborted();
    return bytes;
  } finally {
    signal.removeEventListener("abort", leave);
    socket.destroy();
  }
}

/** A reply read from bytes, and what stood behind it: another reply, where a peer saw two requests. */
export interface RawReply extends Reply {
  readonly body: Uint8Array;
  readonly rest: Uint8Array;
}

/**
 * Reads the first reply that is not interim (1xx). The method is needed for `HEAD` alone, whose replies
 * promise a body and bring none. Throws `WireError`: `truncated` where the reply ends early, `malformed`
 * where it is none.
 */
export function parseReply(bytes: Uint8Array, method = "GET"): RawReply {
  const { status, headers, body, rest } = readReply(Buffer.from(bytes), method);
  return { status, headers, body, rest };
}

interface Hearing {
  /** Every byte, once the peer has finished. The pieces must have been said by then. */
  whenOver(): Promise<Uint8Array>;
}

function hear(socket: Socket, method: string, settleMs: number): Hearing {
  const pieces: Uint8Array[] = [];
  const over = Promise.withResolvers<undefined>();
  let failure: NodeJS.ErrnoException | null = null;
  let settled: NodeJS.Timeout | undefined;
  let listening = false;
  const finish = (): void => {
    over.resolve(undefined);
  };
  const consider = (): void => {
    clearTimeout(settled);
    if (listening && isWhole(Buffer.concat(pieces), method)) settled = setTimeout(finish, settleMs);
  };
  socket.on("data", (piece) => {
    pieces.push(piece);
    consider();
  });
  socket.on("error", (error) => {
    failure = error;
  });
  socket.once("end", finish);
  socket.once("close", finish);
  return {
    whenOver: async () => {
      listening = true;
      consider();
      await over.promise;
      clearTimeout(settled);
      if (pieces.length === 0 && failure !== null) throw failureOf(failure);
      return Buffer.concat(pieces);
    },
  };
}

/** A peer may answer and leave before it has heard everything, so a failed write ends the speech quietly. */
async function speak(
  socket: Socket,
  pieces: readonly (string | Uint8Array)[],
  pauseMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (const [at, piece] of pieces.entries()) {
    if (at > 0 && pauseMs > 0) await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (!socket.writable) return;
    const written = Promise.withResolvers<undefined>();
    socket.write(piece, () => {
      written.resolve(undefined);
    });
    await written.promise;
  }
}

function failureOf(error: NodeJS.ErrnoException): Error {
  if (error.code === "ECONNREFUSED") return new WireError("refused", "connection refused");
  if (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN")
    return new WireError("unresolved", "no such host");
  if (error.code === "ECONNRESET" || error.code === "EPIPE")
    return new WireError("reset", "connection reset");
  return error;
}

function isWhole(bytes: Buffer, method: string): boolean {
  try {
    return readReply(bytes, method).framed;
  } catch (error) {
    return error instanceof WireError && error.kind === "malformed";
  }
}

/** `framed` says that the reply told its own end, and did not leave it to the closing of the connection. */
function readReply(bytes: Buffer, method: string): RawReply & { readonly framed: boolean } {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) throw startsLikeReply(bytes) ? cutShort() : notHttp();
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1] ?? "0");
  if (status === 0) throw notHttp();
  const headers = lines.map(headerLine);
  const after = bytes.subarray(headEnd + 4);
  if (status < 200 && status !== 101) return readReply(after, method);
  const head = { status, headers };
  if (method === "HEAD" || status === 204 || status === 304) {
    return { ...head, body: Buffer.alloc(0), rest: after, framed: true };
  }
  if (/(?:^|,)\s*chunked$/i.test(valueOf(headers, "transfer-encoding") ?? "")) {
    return { ...head, ...unchunked(after), framed: true };
  }
  const length = valueOf(headers, "content-length");
  if (length === undefined) return { ...head, body: after, rest: Buffer.alloc(0), framed: false };
  if (!/^\d+$/.test(length)) throw notHttp();
  const sizeBytes = Number(length);
  if (after.byteLength < sizeBytes) throw cutShort();
  return {
    ...head,
    body: after.subarray(0, sizeBytes),
    rest: after.subarray(sizeBytes),
    framed: true,
  };
}

function startsLikeReply(bytes: Buffer): boolean {
  const start = "HTTP/1.";
  return start.startsWith(bytes.toString("latin1", 0, start.length));
}

function headerLine(line: string): HeaderList[number] {
  const colon = line.indexOf(":");
  if (colon < 1) throw notHttp();
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

function valueOf(headers: HeaderList, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

function unchunked(bytes: Buffer): { readonly body: Buffer; readonly rest: Buffer } {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) throw cutShort();
    const size = /^[0-9a-f]+(?=\s*(?:;|$))/i.exec(bytes.toString("latin1", at, lineEnd))?.[0];
    if (size === undefined) throw notHttp();
    const sizeBytes = Number.parseInt(size, 16);
    at = lineEnd + 2;
    if (sizeBytes === 0) return { body: Buffer.concat(chunks), rest: afterTrailers(bytes, at) };
    if (bytes.byteLength < at + sizeBytes + 2) throw cutShort();
    chunks.push(bytes.subarray(at, at + sizeBytes));
    at += sizeBytes + 2;
  }
}

function afterTrailers(bytes: Buffer, start: number): Buffer {
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) throw cutShort();
    if (lineEnd === at) return bytes.subarray(at + 2);
    at = lineEnd + 2;
  }
}

function notHttp(): WireError {
  return new WireError("malformed", "not an HTTP reply");
}

function cutShort(): WireError {
  return new WireError("truncated", "the reply ends early");
}
