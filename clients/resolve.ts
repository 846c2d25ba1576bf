import { once } from "../wire/body.ts";
import { bytesOf, header, NO_BODY, utf8 } from "../wire/message.ts";
import type { HeaderList, Message, Reply } from "../wire/message.ts";
import { decodeLines } from "../wire/ndjson.ts";
import type { DecodedLines } from "../wire/ndjson.ts";

/** `POST /-/pnpr/v0/resolve` as real clients send it. `authorization` is the whole header's value. */
export function resolveMessage(request: unknown, authorization: string | null): Message {
  return post("/-/pnpr/v0/resolve", request, authorization);
}

/** `POST /-/pnpr/v0/verify-lockfile`: the same fields, with the lockfile to verify. */
export function verifyMessage(request: unknown, authorization: string | null): Message {
  return post("/-/pnpr/v0/verify-lockfile", request, authorization);
}

export interface Frame {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A reply of the resolve surface, read strictly. */
export interface FrameReply {
  readonly status: number;
  /** The whole body as it came. */
  readonly bytes: Uint8Array;
  /** Every frame in order; empty where the reply is no stream of frames. */
  readonly frames: readonly Frame[];
  /** The last frame, where it is a terminal one and the only one. */
  readonly terminal: Frame | null;
  /** Its line, as it was sent, without the newline. */
  readonly terminalLine: string | null;
  /** Whether the last line ended as every line must. */
  readonly finalNewline: boolean;
  /** What is wrong with the stream, in a sentence, or null. */
  readonly problem: string | null;
}

/**
 * Reads a reply to its end. The stream must be lines of UTF-8, each one frame and each ended by `\n`:
 * `package` frames, then one terminal frame. Throws what the body throws, and the signal's reason.
 */
export async function readFrames(reply: Reply, signal?: AbortSignal): Promise<FrameReply> {
  const bytes = await bytesOf(signal === undefined ? reply.body : once(reply.body, signal));
  const { status } = reply;
  const unread = { frames: [], terminal: null, terminalLine: null, finalNewline: false };
  if (status !== 200) return { status, bytes, ...unread, problem: null };
  const type = header(reply.headers, "content-type") ?? "";
  if (!/^application\/x-ndjson\s*(?:;|$)/i.test(type)) {
    const problem = `the content type is "${type}", not application/x-ndjson`;
    return { status, bytes, ...unread, problem };
  }
  const text = utf8Text(bytes);
  if (text === null) return { status, bytes, ...unread, problem: "the stream is not UTF-8" };
  const decoded = decodeLines(text);
  const { finalNewline } = decoded;
  const frames = decoded.values.filter(isFrame);
  const problem = problemOf(decoded, frames);
  const [only, ...others] = frames.filter(isTerminal);
  const terminal =
    only !== undefined && others.length === 0 && only === frames.at(-1) ? only : null;
  const terminalLine = terminal === null ? null : (text.trimEnd().split("\n").at(-1) ?? null);
  return { status, bytes, frames, terminal, terminalLine, finalNewline, problem };
}

/** Null for bytes that are not UTF-8. A byte order mark stays: no line may begin with one. */
function utf8Text(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function problemOf(decoded: DecodedLines, frames: readonly Frame[]): string | null {
  const terminals = frames.filter(isTerminal);
  const stranger = frames.find((frame) => frame.type !== "package" && !isTerminal(frame));
  if (decoded.bad.length > 0 || frames.length < decoded.values.length) {
    return "a line is not a frame";
  }
  if (stranger !== undefined) return `a frame has the unknown type "${stranger.type}"`;
  if (terminals.length !== 1) return `there are ${terminals.length} terminal frames, not one`;
  if (terminals[0] !== frames.at(-1)) return "the terminal frame is not the last";
  return decoded.finalNewline ? null : "the last line does not end in a newline";
}

function isFrame(value: unknown): value is Frame {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
}

function isTerminal({ type }: Frame): boolean {
  return type === "done" || type === "violations" || type === "error";
}

function post(target: string, request: unknown, authorization: string | null): Message {
  const headers: HeaderList = [
    ["content-type", "application/json"],
    ["accept", "application/x-ndjson"],
    ...credential(authorization),
  ];
  return { method: "POST", target, headers, body: utf8(JSON.stringify(request)) };
}

/** The header of a credential, or none for an anonymous caller. */
export function credential(authorization: string | null): HeaderList {
  return authorization === null ? [] : [["authorization", authorization]];
}

/** A GET, as every small client here sends it. */
export function get(target: string, headers: HeaderList, authorization: string | null): Message {
  return {
    method: "GET",
    target,
    headers: [...headers, ...credential(authorization)],
    body: NO_BODY,
  };
}
