import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { once } from "./body.ts";
import { jsonReply, NO_BODY, utf8, WireError } from "./message.ts";
import type { Body, Handler, HeaderList, Message } from "./message.ts";
import { breakOff, LINGER_MS, writeReply } from "./write-reply.ts";

export interface ListenOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: any free one. */
  readonly port?: number;
  /** Longer heads get a 431. Default: 64 KiB. */
  readonly headLimitBytes?: number;
  /** Slower heads get a 408. Default: 20 s. */
  readonly headTimeoutMs?: number;
  /** Hears of a handler or a reply body that threw; its caller gets a 500 where that can still be said. */
  readonly onError?: (error: unknown) => void;
}

export interface Listening extends AsyncDisposable {
  /** `http://host:port`, with the port that was given. */
  readonly origin: string;
  readonly port: number;
  /** Ends the listener and every connection, busy or not. */
  close(): Promise<void>;
  /** Takes no more connections and ends the idle ones; the busy have this long to be answered. */
  drain(graceMs: number): Promise<void>;
}

/**
 * Puts a handler behind a socket. Targets stay verbatim and headers in order. Throws with one line when the
 * address cannot be had.
 */
export async function listen(handler: Handler, options: ListenOptions = {}): Promise<Listening> {
  const { host = "127.0.0.1", port = 0, onError = () => undefined } = options;
  const server = createLimitedServer(options);
  const latest = new WeakMap<Duplex, ServerResponse>();
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    latest.set(request.socket, response);
    // A connection that was kept for another request is idle now, and ends if the listener does.
    response.once("close", () => {
      if (!server.listening)
        setImmediate(() => {
          server.closeIdleConnections();
        });
    });
    answer(handler, request, response, onError).catch(() => request.socket.destroy());
  };
  server.on("request", serve);
  // Continue is said only when a handler starts to read: whoever is refused earlier sends no body.
  server.on("checkContinue", serve);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    refuseBytes(error, socket, latest.get(socket));
  });
  const name = host.includes(":") ? `[${host}]` : host;
  await bound(server, host, port, name);
  server.on("error", onError);
  const given = (server.address() as AddressInfo).port;
  const closed = Promise.withResolvers<undefined>();
  const drain = async (graceMs: number): Promise<void> => {
    server.close(() => {
      closed.resolve(undefined);
    });
    const end = (): void => {
      server.closeAllConnections();
    };
    const timer = graceMs === 0 ? undefined : setTimeout(end, graceMs);
    if (timer === undefined) end();
    await closed.promise;
    clearTimeout(timer);
  };
  const close = (): Promise<void> => drain(0);
  const origin = `http://${name}:${given}`;
  return { origin, port: given, close, drain, [Symbol.asyncDispose]: close };
}

function createLimitedServer(options: ListenOptions): Server {
  const { headLimitBytes = 65_536, headTimeoutMs = 20_000 } = options;
  const server = createServer({
    maxHeaderSize: headLimitBytes,
    headersTimeout: headTimeoutMs,
    connectionsCheckingInterval: Math.ceil(headTimeoutMs / 4),
    // Bodies may stream for as long as a resolve takes; the handlers bound their own work.
    requestTimeout: 0,
    keepAliveTimeout: 30_000,
  });
  // The head's size is the bound: a count would drop what stands beyond it without a word.
  server.maxHeadersCount = 0;
  return server;
}

async function bound(server: Server, host: string, port: number, name: string): Promise<void> {
  const ready = Promise.withResolvers<undefined>();
  const onError = (error: NodeJS.ErrnoException): void => {
    const why = LISTEN_FAILURES.get(error.code ?? "") ?? error.message;
    ready.reject(new Error(`cannot listen on ${name}:${port}: ${why}`));
  };
  server.once("error", onError);
  server.listen(port, host, () => {
    server.off("error", onError);
    ready.resolve(undefined);
  });
  await ready.promise;
}

const LISTEN_FAILURES: ReadonlyMap<string, string> = new Map([
  ["EADDRINUSE", "the port is in use"],
  ["EACCES", "the port needs more rights"],
  ["EADDRNOTAVAIL", "the address is not one of this machine"],
  ["ENOTFOUND", "no such host"],
]);

async function answer(
  handler: Handler,
  request: IncomingMessage,
  response: ServerResponse,
  onError: (error: unknown) => void,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort(new WireError("reset", "the peer went away"));
  });
  try {
    const reply = await handler(messageOf(request, response, gone.signal), gone.signal);
    await writeReply(reply, request, response);
  } catch (error) {
    if (gone.signal.aborted) return;
    onError(error);
    const failure = jsonReply(500, { error: "internal error" });
    if (!response.headersSent) await writeReply(failure, request, response);
    else await breakOff(response, request.socket);
  }
}

function messageOf(
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Message {
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    headers: pairs(request.rawHeaders),
    body: once(bodyOf(request, response), signal),
  };
}

function pairs(flat: readonly string[]): HeaderList {
  return Array.from({ length: flat.length / 2 }, (_, at) => [
    flat[at * 2] ?? "",
    flat[at * 2 + 1] ?? "",
  ]);
}

function bodyOf(request: IncomingMessage, response: ServerResponse): Body {
  const { "content-length": length, "transfer-encoding": coding, expect } = request.headers;
  if (coding === undefined && (length === undefined || length === "0")) return NO_BODY;
  return (async function* read(): AsyncGenerator<Uint8Array> {
    if (expect?.toLowerCase() === "100-continue") {
      response.writeContinue();
      // From now on a body is on its way; `write-reply.ts` looks here before it hears one out.
      delete request.headers.expect;
    }
    // Whoever stops reading early still has a reply to give over this connection.
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  })();
}

/** Answers bytes that are no request, unless a reply is already on its way: that one is only cut off. */
function refuseBytes(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  latest: ServerResponse | undefined,
): void {
  if (socket.writableEnded) return;
  const answering = latest?.headersSent === true && !latest.writableFinished;
  if (!socket.writable || answering || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, why] = BYTE_FAILURES.get(error.code ?? "") ?? ["400 Bad Request", "not HTTP"];
  const body = JSON.stringify({ error: why });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n` +
      `content-length: ${utf8(body).byteLength}\r\nconnection: close\r\n\r\n${body}`,
  );
  // What still comes is heard out for a while: closing on unread bytes would take the reply back.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => {
    clearTimeout(timer);
  });
}

const BYTE_FAILURES: ReadonlyMap<string, readonly [status: string, why: string]> = new Map([
  ["HPE_HEADER_OVERFLOW", ["431 Request Header Fields Too Large", "the head is too large"]],
  [
    "HPE_CHUNK_EXTENSIONS_OVERFLOW",
    ["413 Content Too Large", "the chunk extensions are too large"],
  ],
  ["ERR_HTTP_REQUEST_TIMEOUT", ["408 Request Timeout", "the head took too long"]],
]);
