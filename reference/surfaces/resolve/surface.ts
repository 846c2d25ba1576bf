import { sha256Hex } from "../../../wire/digest.ts";
import { BodyTooLarge, bytesOf, header, jsonReply } from "../../../wire/message.ts";
import type { Message, Reply } from "../../../wire/message.ts";
import type { Caller } from "../../core/caller.ts";
import type { Policy } from "../../core/policy.ts";
import { isRefusal, refuse } from "../../core/refusal.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { ResolveRequest } from "../../core/request.ts";
import type { Answer } from "../../effects/landing.ts";
import { answerResolve, replay } from "../../effects/resolve.ts";
import { callerOf } from "../../effects/tokens.ts";

import type { Running } from "../../running.ts";
import { createFrameStream } from "./frame-stream.ts";
import { readBody } from "./read.ts";
import type { ResolveIntent } from "./read.ts";
import {
  failureFrame,
  frameOf,
  HANDSHAKE,
  writeReady,
  writeRefusal,
  writeStream,
} from "./write.ts";

/** Answers one request to the resolve surface, whose caller is known and whose body is still unread. */
export async function answerOnResolve(
  running: Running,
  intent: ResolveIntent | Refusal,
  caller: Caller,
  message: Message,
  signal: AbortSignal,
): Promise<Reply> {
  if (isRefusal(intent)) return writeRefusal(intent);
  if (intent.want === "handshake") {
    return { ...jsonReply(200, null), body: HANDSHAKE };
  }
  if (caller.user === null && running.rules.policy.anonymous === "refuse") {
    return writeRefusal(refuse("login-required", "log in to resolve here"));
  }
  const asked: Asked = { ask: intent.ask, caller, message, signal };
  const bytes = await readBytes(running, message);
  if (isRefusal(bytes)) return turnedAway(running, bytes);
  const { policy } = running.rules;
  const key = `${intent.ask} ${sha256Hex(bytes)} ${policy.digest}`;
  const seen = running.seen.get(key);
  const hit = seen === undefined ? null : await replay(running, caller, seen.baseKey, signal);
  if (hit !== null && seen !== undefined) return writeAnswer(hit, message, seen.transforms);
  const request = checked(running, policy, intent.ask, bytes);
  if (isRefusal(request)) return turnedAway(running, request);
  return streamAnswer(running, asked, request, key);
}

interface Asked {
  readonly ask: ResolveRequest["ask"];
  readonly caller: Caller;
  readonly message: Message;
  readonly signal: AbortSignal;
}

function turnedAway({ metrics }: Running, refusal: Refusal): Reply {
  metrics.refused("none", refusal.refused);
  return writeRefusal(refusal);
}

/** The body, within its limit. */
async function readBytes(running: Running, message: Message): Promise<Uint8Array | Refusal> {
  const { bodyBytes } = running.rules.config.limits;
  const announced = Number(header(message.headers, "content-length") ?? 0);
  if (announced > bodyBytes) return tooLarge(bodyBytes);
  try {
    return await bytesOf(message.body, bodyBytes);
  } catch (error) {
    if (error instanceof BodyTooLarge) return tooLarge(bodyBytes);
    throw error;
  }
}

/** The request in a body, held against the boundary: nothing upstream was touched yet. */
function checked(
  running: Running,
  policy: Policy,
  ask: ResolveRequest["ask"],
  bytes: Uint8Array,
): ResolveRequest | Refusal {
  const read = readBody(ask, bytes);
  if (isRefusal(read)) return read;
  return running.parts.checkBoundary(policy, read.raw, read.request.honoured) ?? read.request;
}

/**
 * A hit is known before the first frame of a miss could be written, so both begin alike: the reply waits
 * for whichever comes first, the answer or a package.
 */
async function streamAnswer(
  running: Running,
  { caller, message, signal }: Asked,
  request: ResolveRequest,
  seenKey: string,
): Promise<Reply> {
  const transforms = wantsTransforms(request);
  const stream = createFrameStream();
  const onKey = (baseKey: string): void => {
    running.seen.put(seenKey, { baseKey, transforms });
  };
  const answering = answerResolve(running, {
    ...{ caller, request, signal, onKey, onPackage: stream.push },
    stillKnown: () => callerOf(running, message),
  });
  const first = await Promise.race([answering, stream.begun]);
  if (first === undefined) {
    answering.then(
      (answer) => {
        stream.end(terminalOf(answer));
      },
      (error: unknown) => {
        running.ports.log("resolve-failed", { error: String(error) });
        stream.end(failureFrame({ code: "ERR_PNPR_INTERNAL", message: "the resolve failed" }));
      },
    );
    return writeStream(stream.body, { headers: message.headers, transforms });
  }
  return writeAnswer(first, message, transforms);
}

/** An answer that nothing was streamed ahead of. Past the boundary a refusal is a frame like any other. */
function writeAnswer(answer: Answer, { headers }: Message, transforms: boolean): Reply {
  const gzip = answer.kind === "terminal" ? answer.gzip : null;
  return writeReady(terminalOf(answer), gzip, { headers, transforms });
}

function terminalOf(answer: Answer): Uint8Array {
  if (answer.kind === "terminal") return answer.identity;
  return answer.kind === "refused" ? frameOf(answer.refusal) : failureFrame(answer);
}

/** Older clients look for this header whenever they sent extensions or patches. */
function wantsTransforms({ honoured }: ResolveRequest): boolean {
  return honoured.packageExtensions !== undefined || honoured["patchedDependencies"] !== undefined;
}

function tooLarge(limitBytes: number): Refusal {
  return refuse("too-large", `the body is larger than ${limitBytes} bytes`);
}
