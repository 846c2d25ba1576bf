import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";
import type { Turns } from "./turns.ts";

function filled(atOnce: number, ...works: readonly string[]): Turns<string> {
  const turns = createTurns<string>(atOnce);
  for (const work of works) turns.put(work.slice(0, 1), work);
  return turns;
}

test("owners take turns, whoever came first and with how much", () => {
  const turns = filled(9, "m1", "m2", "m3", "a1", "b1", "a2");
  expect(Array.from({ length: 7 }, () => turns.take())).toEqual([
    ...["m1", "a1", "b1", "m2", "a2", "m3"],
    undefined,
  ]);
});

test("an owner with enough under way waits, and others do not", () => {
  const turns = filled(1, "m1", "m2", "a1");
  expect([turns.take(), turns.take(), turns.take()]).toEqual(["m1", "a1", undefined]);
  expect(turns.waiting).toBe(1);
  turns.finished("m", "m2");
  expect(turns.take()).toBeUndefined();
  turns.finished("m", "m1");
  expect(turns.take()).toBe("m2");
});

test("what is withdrawn never comes, and what is drained is all that waited", () => {
  const turns = filled(9, "m1", "m2", "a1");
  expect(turns.withdraw("m", "m1")).toBe(true);
  expect(turns.withdraw("m", "m1")).toBe(false);
  expect(turns.withdraw("z", "z1")).toBe(false);
  expect(turns.drain()).toEqual(["m2", "a1"]);
  expect(turns.waiting).toBe(0);
});
