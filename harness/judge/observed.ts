import type { FrameReply } from "../../clients/resolve.ts";
import type { RequestStep } from "../../suites/case.ts";
import type { Message, Reply, WireFailure } from "../../wire/message.ts";
import type { OracleState } from "../oracle/state.ts";
import type { UpstreamExchange } from "../world.ts";

/** One request step as it was seen, whole, with all that the oracle knew meanwhile. */
export interface Observed {
  /** Index of the step in its case, from 0. */
  readonly index: number;
  readonly step: RequestStep;
  readonly sent: Message & { readonly body: Uint8Array };
  readonly reply: ReceivedReply | Failure;
  /** What the upstreams heard meanwhile; of steps that overlap, all of them together. */
  readonly heard: readonly UpstreamExchange[];
  /** Whether other requests were under way at the same time. */
  readonly overlapped: boolean;
  /** The states between asking and hearing: any of them may have decided the reply. */
  readonly states: readonly [OracleState, ...OracleState[]];
}

export interface ReceivedReply extends Reply {
  readonly body: Uint8Array;
  /** For requests that are answered in frames. */
  readonly frames: FrameReply | null;
}

export interface Failure {
  readonly failure: WireFailure | "hung";
  readonly message: string;
}

export function isFailure(reply: Observed["reply"]): reply is Failure {
  return "failure" in reply;
}

/** What a reply amounts to: neither, when it is no answer that the protocol knows. */
export type Outcome =
  | { readonly outcome: "served" }
  | { readonly outcome: "refused"; readonly how: string }
  | { readonly outcome: "neither"; readonly why: string };

export function outcomeOf(observed: Observed): Outcome {
  const { reply, step } = observed;
  if (isFailure(reply)) return neither(reply.message);
  switch (step.request.ask) {
    case "resolve":
    case "verify":
      return outcomeOfFrames(reply);
    case "packument":
      return outcomeOfRead(reply, () => isPackument(reply.body, step.request));
    case "tarball":
      return outcomeOfRead(reply, () => (isGzip(reply.body) ? null : "the body is no tarball"));
    case "send":
    case "sendRaw":
    case "publish":
      if (reply.status < 400) return { outcome: "served" };
      return reply.status < 500
        ? { outcome: "refused", how: `status ${reply.status}` }
        : neither(`status ${reply.status}`);
  }
}

function outcomeOfFrames(reply: ReceivedReply): Outcome {
  const { frames } = reply;
  // What a refusal's body must look like is a rule of its own, with cases of its own.
  if (reply.status >= 400 && reply.status < 500) {
    return { outcome: "refused", how: `status ${reply.status}` };
  }
  if (reply.status !== 200 || frames === null) return neither(`status ${reply.status}`);
  if (frames.problem !== null) return neither(frames.problem);
  if (frames.terminal?.type === "error") {
    return { outcome: "refused", how: `an error frame, code ${String(frames.terminal["code"])}` };
  }
  if (frames.terminal?.type === "done") return { outcome: "served" };
  return frames.terminal?.type === "violations"
    ? { outcome: "refused", how: "a violations frame" }
    : neither("the stream has no terminal frame");
}

function outcomeOfRead(reply: ReceivedReply, problem: () => string | null): Outcome {
  if (reply.status === 200) {
    const found = problem();
    return found === null ? { outcome: "served" } : neither(found);
  }
  if (reply.status === 304) return { outcome: "served" };
  return [401, 403, 404].includes(reply.status)
    ? { outcome: "refused", how: `status ${reply.status}` }
    : neither(`status ${reply.status}`);
}

function isPackument(body: Uint8Array, request: RequestStep["request"]): string | null {
  const document = jsonOf(body);
  const name = request.ask === "packument" ? request.package : "";
  if (typeof document !== "object" || document === null || !("versions" in document)) {
    return "the body is no packument";
  }
  return "name" in document && document.name === name ? null : "the packument has another name";
}

/** The JSON value of a body, or undefined. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}

function isGzip(body: Uint8Array): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

function neither(why: string): Outcome {
  return { outcome: "neither", why };
}
