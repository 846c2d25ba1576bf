import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { inTurns } from "./questions.ts";

const HUNDREDS = Array.from({ length: 300 }, (_, at) => at);

test("no turn takes up more than a few, and none is lost or out of order", async () => {
  const answered: number[] = [];
  const ask = inTurns(async (question: number) => {
    answered.push(question);
  });
  for (const question of HUNDREDS) ask(question);
  expect(answered).toEqual([]);
  while (answered.length < HUNDREDS.length) {
    const before = answered.length;
    await turn();
    expect(answered.length - before).toBeLessThanOrEqual(16);
  }
  expect(answered).toEqual(HUNDREDS);
});

test("only so many are under way, and each that ends makes room for another", async () => {
  const ends: (() => void)[] = [];
  const ask = inTurns(() => new Promise<void>((resolve) => ends.push(resolve)));
  for (const question of HUNDREDS) ask(question);
  for (let turns = 0; turns < 20; turns += 1) await turn();
  expect(ends).toHaveLength(64);
  ends[0]?.();
  for (let turns = 0; turns < 3; turns += 1) await turn();
  expect(ends).toHaveLength(65);
});
