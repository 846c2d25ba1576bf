import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { jsonReply } from "./message.ts";
import type { Body, Handler, HeaderList, Reply } from "./message.ts";

export interface ListenOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly headLimitBytes?: number;
  readonly headTimeoutMs?: number;
  /** Hears of a handler that threw; its caller gets a 500. */
  readonly onError?: (error: unknown) => void;
}

export interface Listening extends AsyncDisposable {
  /** `http://host:port`, with the port that was given. */
  readonly origin: string;
  readonly port: number;
  /** Ends the listener and every connection, busy or not. */
  close(): Promise<void>;
}

/**
 * Puts a handler behind a socket. Targets stay verbatim and headers in order. Throws with one line when the
 * address cannot be had.
 */
export async function listen(handler: Handler, options: ListenOptions = {}): Promise<Listening> {
  const { host = "127.0.0.1", port = 0, onError = () => undefined } = options;
  const server = createServer({
    maxHeaderSize: options.headLimitBytes ?? 65_536,
    headersTimeout: options.headTimeoutMs ?? 20_000,
    // Bodies may stream for as long as a resolve takes; the handlers bound their own work.
    requestTimeout: 0,
    keepAliveTimeout: 30_000,
  });
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    answer(handler, request, response).catch((error: unknown) => {
      onError(error);
      response.destroy();
    });
  };
  server.on("request", serve);
  // Continue is said only when a handler starts to read: whoever is refused earlier sends no body.
  server.on("checkContinue", serve);
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end(BAD_REQUEST);
    else socket.destroy();
  });
  await bound(server, host, port);
  const address = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = Promise.withResolvers<undefined>();
    server.close(() => {
      closed.resolve(undefined);
    });
    server.closeAllConnections();
    await closed.promise;
  };
  const name = host.includes(":") ? `[${host}]` : host;
  const origin = `http://${name}:${address.port}`;
  return { origin, port: address.port, close, [Symbol.asyncDispose]: close };

  async function answer(
    handle: Handler,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const gone = new AbortController();
    response.on("close", () => {
      if (!response.writableFinished) gone.abort(new Error("the peer went away"));
    });
    const reply = await handle(
      {
        method: request.method ?? "",
        target: request.url ?? "",
        headers: headerPairs(request.rawHeaders),
        body: bodyOf(request, response),
      },
      gone.signal,
    ).catch((error: unknown): Reply => {
      if (!gone.signal.aborted) onError(error);
      return jsonReply(500, { error: "internal error" });
    });
    if (!response.destroyed) await write(reply, request, response);
  }
}

const BAD_REQUEST =
  "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: 31\r\n" +
  'connection: close\r\n\r\n{"error":"not a valid request"}';

async function bound(server: Server, host: string, port: number): Promise<void> {
  const ready = Promise.withResolvers<undefined>();
  server.once("error", (error: NodeJS.ErrnoException) => {
    const why = error.code === "EADDRINUSE" ? "the port is in use" : (error.code ?? error.message);
    ready.reject(new Error(`cannot listen on ${host}:${port}: ${why}`));
  });
  server.listen(port, host, () => {
    ready.resolve(undefined);
  });
  await ready.promise;
}

function headerPairs(raw: readonly string[]): HeaderList {
  return Array.from({ length: raw.length / 2 }, (_, at) => [
    raw[at * 2] ?? "",
    raw[at * 2 + 1] ?? "",
  ]);
}

/** The body as a stream that, when first read, tells a waiting client to send it. */
function bodyOf(request: IncomingMessage, response: ServerResponse): Body {
  const { headers } = request;
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) {
    return new Uint8Array(0);
  }
  return (async function* read(): AsyncGenerator<Uint8Array> {
    if (headers.expect?.toLowerCase() === "100-continue") response.writeContinue();
    for await (const piece of request) yield piece as Uint8Array;
  })();
}

async function write(
  reply: Reply,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (reply.cut !== undefined && reply.cut.afterBytes === undefined) {
    await misbehave(reply.cut.how, response);
    return;
  }
  const bodiless = request.method === "HEAD" || reply.status === 204 || reply.status === 304;
  const whole = reply.body instanceof Uint8Array ? reply.body : null;
  const headers = reply.headers.flatMap(([name, value]) => [name, value]);
  const saysLength = reply.headers.some(([name]) => name.toLowerCase() === "content-length");
  if (whole !== null && !saysLength && reply.status !== 204 && reply.status !== 304) {
    headers.push("content-length", String(whole.byteLength));
  }
  // The rest of a body that nobody will read would be taken for the next request.
  if (!request.complete) headers.push("connection", "close");
  response.writeHead(reply.status, headers);
  if (bodiless) response.end();
  else if (reply.cut !== undefined) await writeCut(reply, response);
  else if (whole !== null) response.end(whole);
  else await stream(reply.body, response);
}

async function stream(body: Body, response: ServerResponse): Promise<void> {
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

async function drained(response: ServerResponse): Promise<void> {
  const wait = Promise.withResolvers<undefined>();
  const go = (): void => {
    wait.resolve(undefined);
  };
  response.once("drain", go);
  response.once("close", go);
  await wait.promise;
  response.off("drain", go);
  response.off("close", go);
}

async function writeCut(reply: Reply, response: ServerResponse): Promise<void> {
  let left = reply.cut?.afterBytes ?? 0;
  for await (const piece of reply.body instanceof Uint8Array ? [reply.body] : reply.body) {
    const part = piece.subarray(0, left);
    left -= part.byteLength;
    if (part.byteLength > 0 && !response.write(part)) await drained(response);
    if (left === 0) break;
  }
  // The bytes must be on the wire before the connection goes.
  const flushed = Promise.withResolvers<undefined>();
  response.write(new Uint8Array(0), () => {
    flushed.resolve(undefined);
  });
  response.flushHeaders();
  await Promise.race([flushed.promise, drainedSocket(response)]);
  await misbehave(reply.cut?.how ?? "reset", response);
}

async function drainedSocket(response: ServerResponse): Promise<void> {
  const { socket } = response;
  if (socket === null || socket.writableLength === 0) return;
  const wait = Promise.withResolvers<undefined>();
  socket.once("drain", () => {
    wait.resolve(undefined);
  });
  socket.once("close", () => {
    wait.resolve(undefined);
  });
  await wait.promise;
}

async function misbehave(
  how: NonNullable<Reply["cut"]>["how"],
  response: ServerResponse,
): Promise<void> {
  if (how === "reset") response.socket?.resetAndDestroy();
  else if (how === "truncate") response.socket?.end();
  else {
    const left = Promise.withResolvers<undefined>();
    response.once("close", () => {
      left.resolve(undefined);
    });
    await left.promise;
  }
}
