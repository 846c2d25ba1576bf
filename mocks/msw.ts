import { http, HttpResponse } from "msw/http";
import type { HttpHandler } from "msw/http";
import { abortable } from "../wire/body.ts";
import { isBodiless } from "../wire/deliver.ts";
import { bytesOf, NO_BODY } from "../wire/message.ts";
import type { Cut, Handler, Message, Reply } from "../wire/message.ts";

/** A mock and where it stands: an `NpmRegistry` is one. */
export interface PlacedMock {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly handler: Handler;
}

/**
 * Mocks as handlers of Mock Service Worker 3, for code that calls the global `fetch` at hosts that are
 * written down in it. `msw` is an optional peer: this file alone needs it.
 *
 * What MSW cannot say: a request's target comes as a URL that was parsed already, so dot segments are gone
 * and repeated headers are one; nothing is compressed; a reset, and a connection that closes early, are both
 * a failed `fetch` or a body that breaks off. A hang lasts until the asker aborts.
 */
export function mswHandlers(...mocks: readonly PlacedMock[]): HttpHandler[] {
  return mocks.map(({ baseUrl, handler }) =>
    http.all(
      ({ request }) => request.url.startsWith(`${baseUrl}/`),
      async ({ request }) => {
        const reply = await handler(await messageOf(request), request.signal);
        return responseFor(reply, request);
      },
    ),
  );
}

async function messageOf(request: Request): Promise<Message> {
  const { pathname, search } = new URL(request.url);
  const body = new Uint8Array(await request.arrayBuffer());
  return {
    method: request.method,
    target: `${pathname}${search}`,
    // MSW undoes compression in one piece, so that what breaks off in the middle would come as nothing.
    headers: [...request.headers].filter(([name]) => name !== "accept-encoding"),
    body: body.byteLength === 0 ? NO_BODY : body,
  };
}

async function responseFor(reply: Reply, { method, signal }: Request): Promise<Response> {
  const { status, cut } = reply;
  const headers = reply.headers.map(([name, value]): [string, string] => [name, value]);
  if (cut !== undefined && cut.afterBytes === undefined) {
    if (cut.how === "hang") await forever(signal);
    return HttpResponse.error();
  }
  if (isBodiless(method, status)) return new HttpResponse(null, { status, headers });
  if (cut?.afterBytes === undefined) {
    const { body } = reply;
    const whole = body instanceof Uint8Array ? Uint8Array.from(body) : ReadableStream.from(body);
    return new HttpResponse(whole, { status, headers });
  }
  const body = await bytesOf(reply.body);
  // Only where a length was said does `fetch` mind that a body breaks off.
  headers.push(["content-length", String(body.byteLength)]);
  const part = cutBody(body, cut.how, cut.afterBytes, signal);
  return new HttpResponse(ReadableStream.from(part), { status, headers });
}

async function* cutBody(
  body: Uint8Array,
  how: Cut["how"],
  afterBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  yield body.subarray(0, afterBytes);
  if (afterBytes >= body.byteLength) return;
  if (how === "hang") await forever(signal);
  throw new TypeError("the connection was closed before the body was whole");
}

async function forever(signal: AbortSignal): Promise<never> {
  return abortable(Promise.withResolvers<never>().promise, signal);
}
