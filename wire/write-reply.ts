import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { firstBytes } from "./body.ts";
import { isBodiless } from "./deliver.ts";
import { discard } from "./message.ts";
import type { Body, Cut, Reply } from "./message.ts";

/** How long bytes that nobody wants are heard out, so that closing on them does not take the reply back. */
export const LINGER_MS = 2_000;

/**
 * Says a reply over a socket: bytes with their length, streams chunked, cuts as told. Throws what the body
 * throws. Resolves when the reply is out or the peer has gone.
 */
export async function writeReply(
  reply: Reply,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { body, cut } = reply;
  const { socket } = request;
  if (socket.destroyed) return discard(body);
  if (cut !== undefined && cut.afterBytes === undefined) {
    await discard(body);
    return misbehave(cut.how, socket);
  }
  writeHead(reply, request, response);
  if (isBodiless(request.method ?? "", reply.status)) await discard(body);
  else if (cut?.afterBytes !== undefined) {
    await writePieces(firstBytes(body, cut.afterBytes), response);
    if (!(body instanceof Uint8Array) || cut.afterBytes < body.byteLength) {
      await flush(response, socket);
      return misbehave(cut.how, socket);
    }
  } else if (request.complete && body instanceof Uint8Array) {
    // One write for head and body.
    response.end(body);
    return;
  } else await writePieces(body, response);
  await hearOut(request);
  response.end();
}

/** Ends a reply whose body broke: what can still be said is that it is not whole. */
export async function breakOff(response: ServerResponse, socket: Socket): Promise<void> {
  await flush(response, socket);
  socket.destroySoon();
}

function writeHead(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  const headers = reply.headers.flatMap(([name, value]) => [name, value]);
  const said = new Set(reply.headers.map(([name]) => name.toLowerCase()));
  const sizeless = reply.status === 204 || reply.status === 304;
  if (reply.body instanceof Uint8Array && !sizeless) {
    if (!said.has("content-length") && !said.has("transfer-encoding")) {
      headers.push("content-length", String(reply.body.byteLength));
    }
  }
  // The rest of a body that nobody will read would be taken for the next request.
  if (!request.complete) headers.push("connection", "close");
  response.writeHead(reply.status, headers);
}

/** Pieces that are ready together go out together: node corks the socket until the end of the turn. */
async function writePieces(body: Body, response: ServerResponse): Promise<void> {
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
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

/** An upload that nobody reads is heard out for a while before its connection is closed. */
async function hearOut(request: IncomingMessage): Promise<void> {
  const waitsForLeave = request.headers.expect !== undefined;
  if (request.complete || request.destroyed || waitsForLeave) return;
  const over = Promise.withResolvers<undefined>();
  const go = (): void => {
    over.resolve(undefined);
  };
  const timer = setTimeout(go, LINGER_MS);
  request.once("end", go);
  request.once("close", go);
  request.resume();
  await over.promise;
  clearTimeout(timer);
}

/** Until everything said so far is out: node holds the pieces of one turn together until its end. */
async function flush(response: ServerResponse, socket: Socket): Promise<void> {
  response.flushHeaders();
  await nextTurn();
  const done = Promise.withResolvers<undefined>();
  socket.write("", () => {
    done.resolve(undefined);
  });
  await done.promise;
}

async function misbehave(how: Cut["how"], socket: Socket): Promise<void> {
  if (how === "reset") socket.resetAndDestroy();
  else if (how === "truncate") socket.end();
  if (socket.destroyed) return;
  const left = Promise.withResolvers<undefined>();
  socket.once("close", () => {
    left.resolve(undefined);
  });
  await left.promise;
}
