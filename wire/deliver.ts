import { abortable, firstBytes, once } from "./body.ts";
import { discard, NO_BODY, WireError } from "./message.ts";
import type { Body, Cut, Reply } from "./message.ts";

/**
 * A handler's reply as a client over a socket would see it. A cut before the head throws, or waits for the
 * signal; a later one makes the body throw or wait. The method is needed for `HEAD` alone.
 */
export async function deliver(reply: Reply, signal: AbortSignal, method = "GET"): Promise<Reply> {
  const { cut, ...rest } = reply;
  if (cut !== undefined && cut.afterBytes === undefined) {
    await discard(reply.body);
    return fail(cut.how, signal);
  }
  if (isBodiless(method, reply.status)) {
    await discard(reply.body);
    return { ...rest, body: NO_BODY };
  }
  if (cut?.afterBytes === undefined) return { ...rest, body: once(reply.body, signal) };
  // A whole body is told in advance how long it is, so nothing is missing once it has all arrived.
  if (reply.body instanceof Uint8Array && cut.afterBytes >= reply.body.byteLength) return rest;
  return { ...rest, body: once(cutBody(reply.body, cut.how, cut.afterBytes, signal), signal) };
}

/** Whether a reply has no body, whatever its headers say. */
export function isBodiless(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}

async function* cutBody(
  body: Body,
  how: Cut["how"],
  afterBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  yield* firstBytes(body, afterBytes);
  await fail(how, signal);
}

async function fail(how: Cut["how"], signal: AbortSignal): Promise<never> {
  if (how === "reset") throw new WireError("reset", "connection reset");
  if (how === "truncate") throw new WireError("truncated", "the peer closed early");
  return abortable(Promise.withResolvers<never>().promise, signal);
}
