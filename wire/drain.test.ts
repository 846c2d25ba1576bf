import { expect, test } from "vitest";
import { listen } from "./listen.ts";
import type { Listening } from "./listen.ts";
import { NO_BODY, textOf, utf8 } from "./message.ts";
import type { Message, Reply } from "./message.ts";
import { createSender } from "./send.ts";

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const GET: Message = { method: "GET", target: "/", headers: [], body: NO_BODY };
const ok = (text: string): Reply => ({ status: 200, headers: [], body: utf8(text) });

/** A listener whose handler waits to be let go, and tells when it was entered. */
async function held(): Promise<{ server: Listening; entered: Promise<void>; release: () => void }> {
  const entered = Promise.withResolvers<undefined>();
  const go = Promise.withResolvers<undefined>();
  const server = await listen(async () => {
    entered.resolve(undefined);
    await go.promise;
    return ok("answered");
  });
  return {
    server,
    entered: entered.promise,
    release: () => {
      go.resolve(undefined);
    },
  };
}

test("what is under way is answered, nothing else is taken, and then it is over", async () => {
  const { server, entered, release } = await held();
  await using sender = createSender();
  const waiting = sender.send(server.origin, GET, soon());
  await entered;
  const drained = server.drain(600_000);
  await using another = createSender();
  await expect(another.send(server.origin, GET, soon())).rejects.toThrow();
  release();
  expect(await textOf((await waiting).body)).toBe("answered");
  await drained;
});

test("connections that are only kept for later keep nobody waiting", async () => {
  const server = await listen(async () => ok("x"));
  await using sender = createSender();
  await textOf((await sender.send(server.origin, GET, soon())).body);
  await server.drain(600_000);
  await expect(sender.send(server.origin, GET, soon())).rejects.toThrow();
});

test("what takes longer than it was given is cut", async () => {
  const { server, entered, release } = await held();
  await using sender = createSender();
  const waiting = expect(sender.send(server.origin, GET, soon())).rejects.toThrow();
  await entered;
  await server.drain(1);
  await waiting;
  release();
});
