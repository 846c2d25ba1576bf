import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "./listen.ts";
import { bytesOf, jsonReply, utf8, WireError } from "./message.ts";
import { parseReply, sendRaw } from "./raw.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const soon = (): AbortSignal => AbortSignal.timeout(10_000);

/** A peer that says what it likes to whoever connects. */
async function peer(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a request in pieces is one request, and its reply is read whole", async () => {
  await using server = await listen(async (message) => {
    const body = await bytesOf(message.body);
    return jsonReply(200, { target: message.target, body: text(body) });
  });
  const pieces = [
    "POST /a/../b?x HT",
    "TP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n",
    "ab",
    "cd",
  ];
  const reply = parseReply(await sendRaw(server.origin, pieces, soon(), { pauseMs: 1 }));
  expect(reply.status).toBe(200);
  expect(text(reply.body)).toBe('{"target":"/a/../b?x","body":"abcd"}');
  expect(reply.rest).toHaveLength(0);
});

test("two pipelined requests bring two replies", async () => {
  await using server = await listen(async ({ target }) => jsonReply(200, target));
  const one = "GET /one HTTP/1.1\r\nhost: x\r\n\r\n";
  const two = "GET /two HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
  const first = parseReply(await sendRaw(server.origin, [one + two], soon()));
  expect(text(first.body)).toBe('"/one"');
  expect(text(parseReply(first.rest).body)).toBe('"/two"');
});

test("a reply without a length ends with its connection", async () => {
  const origin = await peer((socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.0 200 OK\r\n\r\nall ");
      setImmediate(() => socket.end("of it"));
    });
  });
  const reply = parseReply(await sendRaw(origin, ["GET / HTTP/1.0\r\n\r\n"], soon()));
  expect(text(reply.body)).toBe("all of it");
});

test("a HEAD reply promises a body that does not come", async () => {
  const origin = await peer((socket) => {
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"));
  });
  const bytes = await sendRaw(origin, ["HEAD / HTTP/1.1\r\n\r\n"], soon(), { settleMs: 0 });
  expect(parseReply(bytes, "HEAD").body).toHaveLength(0);
});

test("a peer that answers and leaves before it has heard everything is still heard", async () => {
  const origin = await peer((socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 400 Bad\r\ncontent-length: 0\r\n\r\n"));
  });
  const pieces = ["nonsense\r\n", ...Array.from({ length: 20 }, () => "x".repeat(10_000))];
  const reply = parseReply(await sendRaw(origin, pieces, soon(), { pauseMs: 1 }));
  expect(reply.status).toBe(400);
});

test("refused, reset and silent peers have names, and an abort has its own reason", async () => {
  const closed = await listen(async () => jsonReply(200, 1));
  await closed.close();
  await expect(sendRaw(closed.origin, ["x"], soon())).rejects.toMatchObject({ kind: "refused" });
  const resets = await peer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  await expect(sendRaw(resets, ["x"], soon())).rejects.toMatchObject({ kind: "reset" });
  const closes = await peer((socket) => socket.once("data", () => socket.end()));
  expect(await sendRaw(closes, ["x"], soon())).toHaveLength(0);
  const leaving = new AbortController();
  const hangs = await peer((socket) => {
    socket.once("data", () => {
      leaving.abort(new RangeError("enough"));
    });
  });
  await expect(sendRaw(hangs, ["x"], leaving.signal)).rejects.toThrow(RangeError);
});

test("what came before a reset is kept", async () => {
  const origin = await peer((socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\n", () => socket.resetAndDestroy());
    });
  });
  expect(text(await sendRaw(origin, ["x"], soon()))).toBe("HTTP/1.1 200 OK\r\n");
});

test("interim replies, chunk extensions and trailers are read past", () => {
  const reply = parseReply(
    utf8(
      "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" +
        "HTTP/1.1 200 OK\r\nA: 1\r\na:2 \r\nTransfer-Encoding: gzip, Chunked\r\n\r\n" +
        "3;why=not\r\nabc\r\n0A\r\n0123456789\r\n0\r\nx-trailer: t\r\n\r\nnext",
    ),
  );
  expect(reply.headers).toEqual([
    ["A", "1"],
    ["a", "2"],
    ["Transfer-Encoding", "gzip, Chunked"],
  ]);
  expect(text(reply.body)).toBe("abc0123456789");
  expect(text(reply.rest)).toBe("next");
});

test.each([
  ["", "truncated"],
  ["HTT", "truncated"],
  ["HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabc", "truncated"],
  ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", "truncated"],
  ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", "truncated"],
  ["HTTP/1.1 100 Continue\r\n\r\n", "truncated"],
  ["SSH-2.0-x\r\n", "malformed"],
  ["HTTP/1.1 abc OK\r\n\r\n", "malformed"],
  ["HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "malformed"],
  ["HTTP/1.1 200 OK\r\ncontent-length: 0x4\r\n\r\nabcd", "malformed"],
  ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3z\r\nabc\r\n", "malformed"],
])("%j is %s", (bytes, kind) => {
  const read = (): unknown => parseReply(utf8(bytes));
  expect(read).toThrow(WireError);
  expect(read).toThrow(expect.objectContaining({ kind }));
});
