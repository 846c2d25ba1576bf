import { decodeLines } from "../wire/ndjson.ts";
import { header, NO_BODY, textOf, utf8 } from "../wire/message.ts";
import type { HeaderList, Message, Reply } from "../wire/message.ts";

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
  /** Every frame in order; empty where the reply is no stream of frames. */
  readonly frames: readonly Frame[];
  /** The last frame, where it is a terminal one and the only one. */
  readonly terminal: Frame | null;
  /** Its line, as it was sent. */
  readonly terminalLine: string | null;
  /** What is wrong with the stream, in a sentence, or null. */
  readonly problem: string | null;
  readonly text: string;
}

const TERMINAL: ReadonlySet<string> = new Set(["done", "violations", "error"]);

/** Reads a reply to its end. The stream must be lines of frames, the last one terminal, each ended by `\n`. */
export async function readFrames(reply: Reply): Promise<FrameReply> {
  const text = await textOf(reply.body);
  const none = { status: reply.status, frames: [], terminal: null, terminalLine: null, text };
  if (reply.status !== 200) return { ...none, problem: null };
  const type = header(reply.headers, "content-type") ?? "";
  if (!type.startsWith("application/x-ndjson")) {
    return { ...none, problem: `the content type is "${type}", not application/x-ndjson` };
  }
  const { values, bad, finalNewline } = decodeLines(text);
  const frames = values.filter(isFrame);
  const terminals = frames.filter((frame) => TERMINAL.has(frame.type));
  const last = frames.at(-1);
  const terminal = terminals.length === 1 && last === terminals[0] ? (last ?? null) : null;
  const problem =
    bad.length > 0 || frames.length < values.length
      ? "a line is not a frame"
      : terminals.length !== 1
        ? `there are ${terminals.length} terminal frames, not one`
        : terminal === null
          ? "the terminal frame is not the last"
          : finalNewline
            ? null
            : "the last line does not end in a newline";
  const terminalLine = terminal === null ? null : (text.trimEnd().split("\n").at(-1) ?? null);
  return { ...none, frames, terminal, terminalLine, problem };
}

function isFrame(value: unknown): value is Frame {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
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
