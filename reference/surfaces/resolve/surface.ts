import { BodyTooLarge, bytesOf, header, jsonReply } from "../../../wire/message.ts";
import type { Message, Reply } from "../../../wire/message.ts";
import type { Caller } from "../../core/caller.ts";
import { isRefusal, refuse } from "../../core/refusal.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { ResolveRequest } from "../../core/request.ts";
import type { Answer } from "../../effects/landing.ts";
import { answerResolve } from "../../effects/resolve.ts";

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
  const request = await readRequest(running, intent.ask, message);
  if (isRefusal(request)) {
    running.metrics.refused("none", request.refused);
    return writeRefusal(request);
  }
  return streamAnswer(running, caller, request, message, signal);
}

/** The body, within its limit, checked, and held against the boundary: nothing upstream was touched yet. */
async function readRequest(
  running: Running,
  ask: ResolveRequest["ask"],
  message: Message,
): Promise<ResolveRequest | Refusal> {
  const { bodyBytes } = running.rules.config.limits;
  const announced = Number(header(message.headers, "content-length") ?? 0);
  if (announced > bodyBytes) return tooLarge(bodyBytes);
  let bytes: Uint8Array;
  try {
    bytes = await bytesOf(message.body, bodyBytes);
  } catch (error) {
    if (error instanceof BodyTooLarge) return tooLarge(bodyBytes);
    throw error;
  }
  const read = readBody(ask, bytes);
  if (isRefusal(read)) return read;
  const { policy } = running.rules;
  return running.parts.checkBoundary(policy, read.raw, read.request.honoured) ?? read.request;
}

/**
 * A hit is known before the first frame of a miss could be written, so both begin alike: the reply waits
 * for whichever comes first, the answer or a package.
 */
async function streamAnswer(
  running: Running,
  caller: Caller,
  request: ResolveRequest,
  message: Message,
  signal: AbortSignal,
): Promise<Reply> {
  const transforms = wantsTransforms(request);
  const stream = createFrameStream();
  const answering = answerResolve(running, { caller, request, signal, onPackage: stream.push });
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
    return writeStream(stream.body, transforms);
  }
  return first.kind === "terminal"
    ? writeReady(first.identity, first.gzip, { headers: message.headers, transforms })
    : first.kind === "refused"
      ? writeRefusalFrame(first.refusal)
      : writeReady(failureFrame(first), null, { headers: message.headers, transforms });
}

function terminalOf(answer: Answer): Uint8Array {
  if (answer.kind === "terminal") return answer.identity;
  return answer.kind === "refused" ? frameOf(answer.refusal) : failureFrame(answer);
}

/** Past the boundary the status is spoken for: whatever is refused now is a frame. */
function writeRefusalFrame(refusal: Refusal): Reply {
  return writeReady(frameOf(refusal), null, { headers: [], transforms: false });
}

/** Older clients look for this header whenever they sent extensions or patches. */
function wantsTransforms({ honoured }: ResolveRequest): boolean {
  return honoured.packageExtensions !== undefined || honoured["patchedDependencies"] !== undefined;
}

function tooLarge(limitBytes: number): Refusal {
  return refuse("too-large", `the body is larger than ${limitBytes} bytes`);
}
