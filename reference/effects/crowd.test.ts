import { expect, test } from "vitest";
import { bytesOf, discard, utf8 } from "../../wire/message.ts";
import type { Reply } from "../../wire/message.ts";
import { isRefusal } from "../core/refusal.ts";
import { createCrowd } from "./crowd.ts";

const alice = { user: "alice" };
const bob = { user: "bob" };
const here = (): AbortSignal => new AbortController().signal;

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield utf8("one");
}

const whole = async (): Promise<Reply> => ({ status: 200, headers: [], body: utf8("x") });
const streamed = async (): Promise<Reply> => ({ status: 200, headers: [], body: pieces() });

test("one caller's crowd is turned away, and others are not", async () => {
  const crowd = createCrowd();
  const first = await crowd.admit(alice, 1, here(), streamed);
  expect(isRefusal(first)).toBe(false);
  expect(await crowd.admit(alice, 1, here(), whole)).toMatchObject({ refused: "too-busy" });
  expect(isRefusal(await crowd.admit(bob, 1, here(), whole))).toBe(false);
});

test("a place is given up when the body was read", async () => {
  const crowd = createCrowd();
  const first = await crowd.admit(alice, 1, here(), streamed);
  if (isRefusal(first)) throw new Error("refused");
  await bytesOf(first.body);
  expect(isRefusal(await crowd.admit(alice, 1, here(), whole))).toBe(false);
});

test("and when its asker went away, even before reading", async () => {
  const crowd = createCrowd();
  const leaver = new AbortController();
  await crowd.admit(alice, 1, leaver.signal, streamed);
  leaver.abort(new Error("left"));
  expect(isRefusal(await crowd.admit(alice, 1, here(), whole))).toBe(false);
});

test("and when its reply is let go of before anybody read it", async () => {
  const crowd = createCrowd();
  const first = await crowd.admit(alice, 1, here(), streamed);
  if (isRefusal(first)) throw new Error("refused");
  await discard(first.body);
  expect(isRefusal(await crowd.admit(alice, 1, here(), whole))).toBe(false);
});

test("and when the work fails", async () => {
  const crowd = createCrowd();
  const failing = crowd.admit(alice, 1, here(), () => Promise.reject(new Error("broken")));
  await expect(failing).rejects.toThrow("broken");
  expect(isRefusal(await crowd.admit(alice, 1, here(), whole))).toBe(false);
});
