import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "./listen.ts";
import { bytesOf, discard, header, jsonReply, NO_BODY, textOf, utf8 } from "./message.ts";
import type { HeaderList, Message, Reply } from "./message.ts";
import { createSender } from "./send.ts";

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const get = (target: string, headers: HeaderList = []): Message => ({
  method: "GET",
  target,
  headers,
  body: NO_BODY,
});

/** A peer that hears a request's first bytes and then does what it is told. */
async function peer(onRequest: (socket: Socket, heard: string) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", (piece) => {
      onRequest(socket, piece.toString("latin1"));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("the target and the headers go out as they are written", async () => {
  const heard = Promise.withResolvers<string>();
  const origin = await peer((socket, request) => {
    heard.resolve(request);
    socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  });
  await using sender = createSender();
  const headers: HeaderList = [
    ["Host", "elsewhere.test"],
    ["X-B", "2"],
    ["x-a", "1"],
    ["Authorization", "Bearer one"],
    ["authorization", "Bearer two"],
  ];
  await sender.send(origin, get("/a/../%2e%2E//b?q=%zz", headers), soon());
  const [requestLine, ...lines] = (await heard.promise).trimEnd().split("\r\n");
  expect(requestLine).toBe("GET /a/../%2e%2E//b?q=%zz HTTP/1.1");
  expect(lines.filter((line) => !line.startsWith("connection:"))).toEqual([
    "host: elsewhere.test",
    "X-B: 2",
    "x-a: 1",
    "Authorization: Bearer one",
    "authorization: Bearer two",
  ]);
});

test("a reply is neither decoded nor followed nor tidied", async () => {
  const packed = gzipSync("packed");
  const headers: HeaderList = [
    ["Location", "/elsewhere"],
    ["Content-Encoding", "gzip"],
    ["Set-Cookie", "a=1"],
    ["X-Latin", "caf\u00e9"],
    ["set-cookie", "b=2"],
  ];
  const targets: string[] = [];
  await using server = await listen(async ({ target }) => {
    targets.push(target);
    return { status: 302, headers, body: packed };
  });
  await using sender = createSender();
  const reply = await sender.send(server.origin, get("/"), soon());
  expect(reply.status).toBe(302);
  expect(reply.headers.slice(0, 5)).toEqual(headers);
  expect(Buffer.from(await bytesOf(reply.body))).toEqual(packed);
  expect(targets).toEqual(["/"]);
});

test("bytes are sent with their length, and a stream as it comes", async () => {
  await using server = await listen(async ({ headers, body }) =>
    jsonReply(200, {
      length: header(headers, "content-length") ?? null,
      text: await textOf(body),
    }),
  );
  await using sender = createSender();
  const post = async (body: Message["body"]): Promise<unknown> => {
    const message = { method: "POST", target: "/", headers: [], body };
    return JSON.parse(await textOf((await sender.send(server.origin, message, soon())).body));
  };
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield utf8("in ");
    yield utf8("pieces");
  }
  expect(await post(utf8("whole"))).toEqual({ length: "5", text: "whole" });
  expect(await post(NO_BODY)).toEqual({ length: "0", text: "" });
  expect(await post(stream())).toEqual({ length: null, text: "in pieces" });
});

const OPENING = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfour";
const CHUNK = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfour\r\n";

test.each<[what: string, kind: string, deed: (socket: Socket) => void]>([
  ["a reset before the head", "reset", (socket) => socket.resetAndDestroy()],
  ["an end before the head", "truncated", (socket) => socket.end()],
  ["a cut head", "truncated", (socket) => socket.end("HTTP/1.1 200 OK\r\nx")],
  ["silence", "timeout", () => undefined],
  ["another protocol", "malformed", (socket) => socket.end("SSH-2.0-test\r\n")],
  ["a body that ends early", "truncated", (socket) => socket.end(OPENING)],
  ["a chunked body that ends early", "truncated", (socket) => socket.end(CHUNK)],
  ["a bad chunk", "malformed", (socket) => socket.end(`${CHUNK}zz\r\n`)],
  ["a body that stops", "timeout", (socket) => socket.write(OPENING)],
  [
    "a reset in the body",
    "reset",
    (socket) => socket.write(OPENING, () => socket.resetAndDestroy()),
  ],
])("%s is %s", async (_, kind, deed) => {
  const origin = await peer(deed);
  await using sender = createSender({ headersMs: 60 });
  const whole = sender.send(origin, get("/"), soon()).then(({ body }) => bytesOf(body));
  await expect(whole).rejects.toMatchObject({ name: "WireError", kind });
});

test("what cannot be reached, found or said has a name as well", async () => {
  const closed = await listen(async () => jsonReply(200, 1));
  await closed.close();
  const sender = createSender();
  const kindAt = (origin: string, message = get("/")): Promise<string> =>
    sender.send(origin, message, soon()).then(
      () => "none",
      (error: unknown) => (error as { kind: string }).kind,
    );
  expect(await kindAt(closed.origin)).toBe("refused");
  // A label longer than DNS allows fails before any server is asked.
  expect(await kindAt(`http://${"x".repeat(70)}.test`)).toBe("unresolved");
  expect(await kindAt(closed.origin, get("/with space"))).toBe("malformed");
  expect(await kindAt(closed.origin, get("/", [["a", "b\r\nc: d"]]))).toBe("malformed");
  await sender.close();
  expect(await kindAt(closed.origin)).toBe("refused");
});

test("an address that fails the check is not connected to", async () => {
  const heard: string[] = [];
  await using server = await listen(async ({ target }) => {
    heard.push(target);
    return jsonReply(200, 1);
  });
  const asked: string[] = [];
  await using wary = createSender({
    checkAddress: (address, origin) => {
      asked.push(`${address} of ${new URL(origin).hostname}`);
      return false;
    },
  });
  const byName = `http://localhost:${server.port}`;
  for (const origin of [server.origin, byName]) {
    await expect(wary.send(origin, get("/no"), soon())).rejects.toMatchObject({ kind: "refused" });
  }
  expect(asked).toContain("127.0.0.1 of 127.0.0.1");
  expect(asked).toContain("127.0.0.1 of localhost");
  await using trusting = createSender({ checkAddress: (address) => address === "127.0.0.1" });
  for (const origin of [server.origin, byName]) {
    await discard((await trusting.send(origin, get("/yes"), soon())).body);
  }
  expect(heard).toEqual(["/yes", "/yes"]);
});

test("an abort carries its own reason, before the head and in the body", async () => {
  const arrivals = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const left = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const origin = await peer((socket, heard) => {
    const which = heard.startsWith("GET /head") ? 0 : 1;
    socket.once("close", () => left[which]?.resolve(undefined));
    if (which === 1) socket.write(OPENING);
    arrivals[which]?.resolve(undefined);
  });
  await using sender = createSender();
  await expect(sender.send(origin, get("/"), AbortSignal.abort(new RangeError()))).rejects.toThrow(
    RangeError,
  );
  const first = new AbortController();
  const head = sender.send(origin, get("/head"), first.signal);
  await arrivals[0]?.promise;
  first.abort(new RangeError("enough"));
  await expect(head).rejects.toThrow(RangeError);
  const second = new AbortController();
  const reply = await sender.send(origin, get("/body"), second.signal);
  second.abort(new RangeError("enough"));
  await expect(bytesOf(reply.body)).rejects.toThrow(RangeError);
  await Promise.all(left.map(({ promise }) => promise));
});

test("a body that is let go, or never read, disturbs nobody", async () => {
  const left = Promise.withResolvers<undefined>();
  const origin = await peer((socket, heard) => {
    socket.once("close", () => {
      if (heard.startsWith("GET /let-go")) left.resolve(undefined);
    });
    socket.write(OPENING);
    if (heard.startsWith("GET /unread")) setImmediate(() => socket.resetAndDestroy());
  });
  await using sender = createSender();
  const reply: Reply = await sender.send(origin, get("/let-go"), soon());
  await discard(reply.body);
  await left.promise;
  const unread = await sender.send(origin, get("/unread"), soon());
  await new Promise((resolve) => setImmediate(resolve));
  await expect(bytesOf(unread.body)).rejects.toMatchObject({ kind: "reset" });
});
