import { connect } from "node:net";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { listen } from "./listen.ts";
import { BodyTooLarge, bytesOf, header, jsonReply, NO_BODY, textOf, utf8 } from "./message.ts";
import type { Message, Reply } from "./message.ts";
import { parseReply, sendRaw } from "./raw.ts";
import { createSender } from "./send.ts";

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const get = (target: string): Message => ({ method: "GET", target, headers: [], body: NO_BODY });
const ok = (body: Reply["body"], status = 200): Reply => ({ status, headers: [], body });

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of texts) yield utf8(piece);
}

test("the target and the headers arrive as they were written", async () => {
  await using server = await listen(async ({ method, target, headers }) =>
    jsonReply(200, { method, target, headers }),
  );
  const head =
    "PATCH /a/../%2e%2E//b?q=%zz#f HTTP/1.1\r\nHost: x\r\nX-B: 2\r\nx-a:  1 \r\n" +
    "AUTHORIZATION: Bearer one\r\nauthorization: Bearer two\r\nconnection: close\r\n\r\n";
  const reply = parseReply(await sendRaw(server.origin, [head], soon()));
  expect(JSON.parse(text(reply.body))).toEqual({
    method: "PATCH",
    target: "/a/../%2e%2E//b?q=%zz#f",
    headers: [
      ["Host", "x"],
      ["X-B", "2"],
      ["x-a", "1"],
      ["AUTHORIZATION", "Bearer one"],
      ["authorization", "Bearer two"],
      ["connection", "close"],
    ],
  });
});

test("a header is seen however many stand before it", async () => {
  await using server = await listen(async ({ headers }) => jsonReply(200, headers.length));
  const many = "a: b\r\n".repeat(3_000);
  const bytes = await sendRaw(server.origin, [`GET / HTTP/1.1\r\nhost: x\r\n${many}\r\n`], soon());
  expect(text(parseReply(bytes).body)).toBe("3001");
});

test("headers of a reply keep their order, spelling and repetitions", async () => {
  const headers = [
    ["X-Z", "1"],
    ["Set-Cookie", "a=1"],
    ["x-a", "2"],
    ["Set-Cookie", "b=2"],
  ] as const;
  await using server = await listen(async () => ({ ...ok(utf8("x")), headers }));
  const bytes = await sendRaw(server.origin, ["GET / HTTP/1.1\r\nhost: x\r\n\r\n"], soon());
  expect(parseReply(bytes).headers.slice(0, 4)).toEqual(headers);
});

test("bodies stream both ways while the other side is still speaking", async () => {
  await using server = await listen(async ({ body }) => ok(body));
  await using sender = createSender();
  const heardBack = Promise.withResolvers<undefined>();
  async function* upload(): AsyncGenerator<Uint8Array> {
    yield utf8("first");
    await heardBack.promise;
    yield utf8(" second");
  }
  const message = { method: "POST", target: "/", headers: [], body: upload() };
  const reply = await sender.send(server.origin, message, soon());
  let heard = "";
  for await (const piece of reply.body as AsyncIterable<Uint8Array>) {
    heard += text(piece);
    heardBack.resolve(undefined);
  }
  expect(heard).toBe("first second");
});

test("bytes go out with their length, and streams without one", async () => {
  await using server = await listen(async ({ target }) =>
    ok(target === "/whole" ? utf8("whole") : pieces("in ", "pieces")),
  );
  await using sender = createSender();
  const whole = await sender.send(server.origin, get("/whole"), soon());
  expect(header(whole.headers, "content-length")).toBe("5");
  expect(await textOf(whole.body)).toBe("whole");
  const streamed = await sender.send(server.origin, get("/streamed"), soon());
  expect(header(streamed.headers, "content-length")).toBeUndefined();
  expect(header(streamed.headers, "transfer-encoding")).toBe("chunked");
  expect(await textOf(streamed.body)).toBe("in pieces");
});

test.each([
  ["HEAD", 200],
  ["GET", 204],
  ["GET", 304],
])(
  "a reply to %s with status %d has no body, and the next one is read right",
  async (method, status) => {
    await using server = await listen(async ({ target }) =>
      ok(utf8("body"), target === "/" ? status : 200),
    );
    const first = `${method} / HTTP/1.1\r\nhost: x\r\n\r\n`;
    const second = "GET /next HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    const reply = parseReply(await sendRaw(server.origin, [first + second], soon()), method);
    expect(reply.status).toBe(status);
    expect(text(parseReply(reply.rest).body)).toBe("body");
  },
);

test("pieces that are ready together go out in one write", async () => {
  await using server = await listen(async () => ok(pieces("ab", "cd", "ef", "gh")));
  const writes: string[] = [];
  const socket = connect(Number(new URL(server.origin).port), "127.0.0.1");
  socket.on("data", (piece: Buffer) => writes.push(piece.toString("latin1")));
  socket.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  await closed(socket);
  expect(writes.length).toBeLessThanOrEqual(2);
  expect(text(parseReply(Buffer.from(writes.join(""), "latin1")).body)).toBe("abcdefgh");
});

test("the signal aborts when the peer goes away, before the head and in the body", async () => {
  const left: string[] = [];
  const done = Promise.withResolvers<undefined>();
  const arrived = Promise.withResolvers<undefined>();
  const errors: unknown[] = [];
  const wait = async (signal: AbortSignal, label: string): Promise<void> => {
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve, { once: true });
      if (label === "head") arrived.resolve(undefined);
    });
    left.push(label);
    if (left.length === 2) done.resolve(undefined);
    signal.throwIfAborted();
  };
  async function* body(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    yield utf8("begun");
    await wait(signal, "body");
  }
  await using server = await listen(
    async ({ target }, signal) => {
      if (target === "/head") await wait(signal, "head");
      return ok(body(signal));
    },
    { onError: (error) => errors.push(error) },
  );
  await using sender = createSender();
  const leaving = new AbortController();
  const head = sender.send(server.origin, get("/head"), leaving.signal);
  await arrived.promise;
  leaving.abort(new RangeError("enough"));
  await expect(head).rejects.toThrow(RangeError);
  const reply = await sender.send(server.origin, get("/body"), soon());
  for await (const piece of reply.body as AsyncIterable<Uint8Array>) {
    expect(text(piece)).toBe("begun");
    break;
  }
  await done.promise;
  expect(left).toEqual(["head", "body"]);
  expect(errors).toEqual([]);
});

test("a handler that throws, or says what HTTP cannot, is a 500 and not a crash", async () => {
  const errors: unknown[] = [];
  await using server = await listen(
    async ({ target }) => {
      if (target === "/throws") throw new RangeError("secret detail");
      return { ...ok(NO_BODY), headers: [["x-a", "split\r\nset-cookie: b"]] };
    },
    { onError: (error) => errors.push(error) },
  );
  await using sender = createSender();
  for (const target of ["/throws", "/says"]) {
    const reply = await sender.send(server.origin, get(target), soon());
    expect(reply.status).toBe(500);
    expect(await textOf(reply.body)).toBe('{"error":"internal error"}');
  }
  expect(errors).toHaveLength(2);
  expect(errors[0]).toBeInstanceOf(RangeError);
});

test("a body that throws leaves a reply which is visibly not whole", async () => {
  const errors: unknown[] = [];
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield utf8("half");
    throw new RangeError("broken");
  }
  await using server = await listen(async () => ok(broken()), {
    onError: (error) => errors.push(error),
  });
  const bytes = await sendRaw(server.origin, ["GET / HTTP/1.1\r\nhost: x\r\n\r\n"], soon());
  expect(text(bytes)).toContain("half");
  expect(() => parseReply(bytes)).toThrow(expect.objectContaining({ kind: "truncated" }));
  expect(errors).toHaveLength(1);
});

const UPLOAD = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${16 * 1024 * 1024}\r\n\r\n`;
const MEBIBYTE = new Uint8Array(1024 * 1024);

test.each([
  ["unread", Infinity],
  ["read in part", 100_000],
])(
  "a large upload that is %s still gets its reply, and the connection closes",
  async (_, limit) => {
    await using server = await listen(async ({ body }) => {
      if (limit < Infinity) await expect(bytesOf(body, limit)).rejects.toThrow(BodyTooLarge);
      return jsonReply(413, { error: "too large" });
    });
    const upload = [UPLOAD, ...Array.from({ length: 16 }, () => MEBIBYTE)];
    const reply = parseReply(await sendRaw(server.origin, upload, soon()));
    expect(reply.status).toBe(413);
    expect(header(reply.headers, "connection")).toBe("close");
    await using sender = createSender();
    const message = { method: "POST", target: "/", headers: [], body: new Uint8Array(16 << 20) };
    const again = await sender.send(server.origin, message, soon());
    expect([again.status, await textOf(again.body)]).toEqual([413, '{"error":"too large"}']);
  },
);

const EXPECTS = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n";

test("continue is said when the handler starts to read", async () => {
  await using server = await listen(async ({ body }) => ok(await bytesOf(body)));
  const socket = connect(Number(new URL(server.origin).port), "127.0.0.1");
  socket.write(EXPECTS);
  let heard = "";
  socket.on("data", (piece: Buffer) => {
    if (heard === "") socket.write("body");
    heard += piece.toString("latin1");
    if (heard.endsWith("body")) socket.destroy();
  });
  await closed(socket);
  expect(heard).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
});

test("whoever is refused before the body is read is not told to send it", async () => {
  await using server = await listen(async () => jsonReply(401, { error: "who are you" }));
  const heard = text(await sendRaw(server.origin, [EXPECTS], soon()));
  expect(heard).toMatch(/^HTTP\/1\.1 401 /);
  expect(heard).not.toContain("100");
});

test.each([
  ["nonsense\r\n\r\n", 400],
  ["GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", 400],
  ["POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400],
  [`GET / HTTP/1.1\r\nhost: x\r\na: ${"b".repeat(300_000)}\r\n\r\n`, 431],
])("bytes that are no request get a reply (%#)", async (bytes, status) => {
  await using server = await listen(async ({ body }) => ok(await bytesOf(body)));
  const reply = parseReply(await sendRaw(server.origin, [bytes], soon()));
  expect(reply.status).toBe(status);
  expect(JSON.parse(text(reply.body))).toHaveProperty("error");
});

test("a head that does not end is given up", async () => {
  await using server = await listen(async () => ok(NO_BODY), { headTimeoutMs: 40 });
  const reply = parseReply(await sendRaw(server.origin, ["GET / HTTP/1.1\r\nho"], soon()));
  expect(reply.status).toBe(408);
});

test("closing ends idle and busy connections, and may be done twice", async () => {
  const arrived = Promise.withResolvers<undefined>();
  const server = await listen(async (_message, signal) => {
    arrived.resolve(undefined);
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve, { once: true });
    });
    return ok(NO_BODY);
  });
  const idle = connect(server.port, "127.0.0.1");
  idle.on("error", () => undefined);
  await new Promise((resolve) => idle.once("connect", resolve));
  await using sender = createSender();
  const busy = sender.send(server.origin, get("/"), soon());
  const failed = expect(busy).rejects.toMatchObject({ name: "WireError" });
  await arrived.promise;
  await Promise.all([server.close(), server.close(), closed(idle), failed]);
});

test("an address that cannot be had is told in one line", async () => {
  await using server = await listen(async () => ok(NO_BODY));
  await expect(listen(async () => ok(NO_BODY), { port: server.port })).rejects.toThrow(
    `cannot listen on 127.0.0.1:${server.port}: the port is in use`,
  );
});

async function closed(socket: Socket): Promise<void> {
  await new Promise((resolve) => socket.once("close", resolve));
}
