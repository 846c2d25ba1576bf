import { describe, expect, test } from "vitest";
import { deliver } from "./deliver.ts";
import { listen } from "./listen.ts";
import { bytesOf, NO_BODY, utf8 } from "./message.ts";
import type { Handler, Message, Reply, Send } from "./message.ts";
import { createSender } from "./send.ts";
import { createSwitchboard } from "./switchboard.ts";

const ORIGIN = "http://subject.test";
const get = (method = "GET"): Message => ({ method, target: "/", headers: [], body: NO_BODY });

async function* stream(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield utf8(piece);
}

async function bySocket(handler: Handler, use: (send: Send) => Promise<unknown>): Promise<unknown> {
  await using server = await listen(handler);
  await using sender = createSender();
  return await use((_origin, message, signal) => sender.send(server.origin, message, signal));
}

async function byCall(handler: Handler, use: (send: Send) => Promise<unknown>): Promise<unknown> {
  const board = createSwitchboard();
  board.register(ORIGIN, handler);
  return use(board.send);
}

/** The caller leaves when its request was heard, or else when the first of the body has come. */
interface Hanging {
  readonly asked?: Promise<unknown>;
}

/** What came of it, in one line: the status and the body, or how it failed. */
async function outcome(send: Send, method: string, hanging: Hanging | null): Promise<string> {
  const leaving = new AbortController();
  const leave = (): void => {
    leaving.abort(new RangeError("left"));
  };
  let seen = "";
  try {
    const asked = send(ORIGIN, get(method), leaving.signal);
    void hanging?.asked?.then(leave);
    const reply = await asked;
    seen = `${reply.status} `;
    const pieces: Uint8Array[] = [];
    const whole = reply.body instanceof Uint8Array ? [reply.body] : reply.body;
    for await (const piece of whole) {
      pieces.push(piece);
      if (hanging !== null) leave();
    }
    seen += Buffer.concat(pieces).toString();
    return seen;
  } catch (error) {
    const { name, kind } = error as { name: string; kind?: string };
    return `${seen}${kind ?? name}`;
  }
}

const reply = (body: Reply["body"], cut?: Reply["cut"], status = 200): Reply =>
  cut === undefined ? { status, headers: [], body } : { status, headers: [], body, cut };
const broken = async function* (): AsyncGenerator<Uint8Array> {
  yield utf8("half");
  await Promise.resolve();
  throw new Error("broken");
};

const CASES: readonly [what: string, make: () => Reply, expected: string, method?: string][] = [
  ["bytes", () => reply(utf8("whole")), "200 whole"],
  ["a stream", () => reply(stream("in ", "pieces")), "200 in pieces"],
  ["an empty stream", () => reply(stream()), "200 "],
  ["a body under 204", () => reply(utf8("none"), undefined, 204), "204 "],
  ["a body under 304", () => reply(utf8("none"), undefined, 304), "304 "],
  ["a body for HEAD", () => reply(stream("none")), "200 ", "HEAD"],
  [
    "a cut body for HEAD",
    () => reply(utf8("none"), { how: "reset", afterBytes: 2 }),
    "200 ",
    "HEAD",
  ],
  ["reset at once", () => reply(utf8("x"), { how: "reset" }), "reset"],
  ["truncated at once", () => reply(utf8("x"), { how: "truncate" }), "truncated"],
  ["hanging at once", () => reply(utf8("x"), { how: "hang" }), "RangeError"],
  ["reset in bytes", () => reply(utf8("whole"), { how: "reset", afterBytes: 3 }), "200 reset"],
  [
    "reset after the head",
    () => reply(utf8("whole"), { how: "reset", afterBytes: 0 }),
    "200 reset",
  ],
  [
    "reset in a stream",
    () => reply(stream("a", "b"), { how: "reset", afterBytes: 1 }),
    "200 reset",
  ],
  ["cut in bytes", () => reply(utf8("whole"), { how: "truncate", afterBytes: 3 }), "200 truncated"],
  ["cut after a head", () => reply(utf8("a"), { how: "truncate", afterBytes: 0 }), "200 truncated"],
  [
    "cut in a stream",
    () => reply(stream("a"), { how: "truncate", afterBytes: 1 }),
    "200 truncated",
  ],
  [
    "cut behind a stream",
    () => reply(stream("a"), { how: "truncate", afterBytes: 9 }),
    "200 truncated",
  ],
  ["cut behind bytes", () => reply(utf8("whole"), { how: "truncate", afterBytes: 5 }), "200 whole"],
  [
    "hanging in bytes",
    () => reply(utf8("whole"), { how: "hang", afterBytes: 2 }),
    "200 RangeError",
  ],
  [
    "hanging in a stream",
    () => reply(stream("a"), { how: "hang", afterBytes: 1 }),
    "200 RangeError",
  ],
];

describe.each([
  ["over a socket", bySocket],
  ["by a call", byCall],
])("%s", (_, reach) => {
  test.each(CASES)("%s", async (what, make, expected, method = "GET") => {
    const asked = Promise.withResolvers<undefined>();
    const inHead = what === "hanging at once" ? { asked: asked.promise } : {};
    const hanging = what.startsWith("hanging") ? inHead : null;
    const seen = await reach(
      async () => {
        asked.resolve(undefined);
        return make();
      },
      (send) => outcome(send, method, hanging),
    );
    expect(seen).toBe(expected);
  });

  test("a body that breaks is no whole body", async () => {
    const seen = await reach(
      async () => reply(broken()),
      (send) => outcome(send, "GET", null),
    );
    expect(seen).toMatch(/^200 (truncated|Error)$/);
  });

  test("the handler hears that its caller has gone", async () => {
    const heard = Promise.withResolvers<string>();
    const arrived = Promise.withResolvers<undefined>();
    const leaving = new AbortController();
    await reach(
      async (_message, signal) => {
        signal.addEventListener("abort", () => {
          heard.resolve("gone");
        });
        arrived.resolve(undefined);
        return new Promise<Reply>(() => undefined);
      },
      async (send) => {
        const asked = send(ORIGIN, get(), leaving.signal);
        await arrived.promise;
        leaving.abort(new RangeError("left"));
        await expect(asked).rejects.toThrow(RangeError);
        expect(await heard.promise).toBe("gone");
      },
    );
  });

  test("a body that stops coming ends with its reader's reason", async () => {
    const leaving = new AbortController();
    async function* stuck(): AsyncGenerator<Uint8Array> {
      yield utf8("begun");
      await new Promise(() => undefined);
    }
    await reach(
      async () => reply(stuck()),
      async (send) => {
        const { body } = await send(ORIGIN, get(), leaving.signal);
        const read = async (): Promise<void> => {
          for await (const piece of body as AsyncIterable<Uint8Array>) {
            expect(Buffer.from(piece).toString()).toBe("begun");
            leaving.abort(new RangeError("left"));
          }
        };
        await expect(read()).rejects.toThrow(RangeError);
      },
    );
  });

  test("a stream is read once", async () => {
    await reach(
      async () => reply(stream("a")),
      async (send) => {
        const { body } = await send(ORIGIN, get(), AbortSignal.timeout(10_000));
        expect(await bytesOf(body)).toHaveLength(1);
        await expect(bytesOf(body)).rejects.toThrow();
      },
    );
  });
});

test("an unknown origin is refused, and a later handler stands in for an earlier one", async () => {
  const board = createSwitchboard();
  const signal = AbortSignal.timeout(10_000);
  await expect(board.send(ORIGIN, get(), signal)).rejects.toMatchObject({ kind: "refused" });
  board.register(ORIGIN, async () => reply(NO_BODY, undefined, 201));
  board.register(ORIGIN, async () => reply(NO_BODY, undefined, 202));
  expect((await board.send(ORIGIN, get(), signal)).status).toBe(202);
});

test("what fed a body that nobody will see is let go", async () => {
  let letGo = 0;
  const body = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.reject(new Error("read")),
      return: async () => {
        letGo += 1;
        return { done: true as const, value: undefined };
      },
    }),
  };
  const signal = AbortSignal.timeout(10_000);
  await deliver({ status: 304, headers: [], body }, signal);
  await deliver({ status: 200, headers: [], body }, signal, "HEAD");
  const cut = { status: 200, headers: [], body, cut: { how: "reset" } as const };
  await expect(deliver(cut, signal)).rejects.toMatchObject({ kind: "reset" });
  expect(letGo).toBe(3);
});
