import { WireError } from "./message.ts";
import type { Body, Reply } from "./message.ts";

/** A handler's reply as a client over a socket would see it: what a cut does to it happens here. */
export async function deliver(reply: Reply, signal: AbortSignal): Promise<Reply> {
  const { cut, ...rest } = reply;
  if (cut === undefined) return rest;
  if (cut.afterBytes !== undefined) {
    return { ...rest, body: cutBody(reply.body, cut.how, cut.afterBytes, signal) };
  }
  return fail(cut.how, signal);
}

async function* cutBody(
  body: Body,
  how: NonNullable<Reply["cut"]>["how"],
  afterBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let left = afterBytes;
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    const part = piece.subarray(0, left);
    left -= part.byteLength;
    if (part.byteLength > 0) yield part;
    if (left === 0) break;
  }
  await fail(how, signal);
}

async function fail(how: NonNullable<Reply["cut"]>["how"], signal: AbortSignal): Promise<never> {
  if (how === "reset") throw new WireError("reset", "connection reset");
  if (how === "truncate") throw new WireError("truncated", "the peer closed early");
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => {
    aborted.reject(signal.reason as Error);
  });
  return aborted.promise;
}
