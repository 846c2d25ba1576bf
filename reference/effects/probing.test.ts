import { expect, test } from "vitest";
import { createProbes } from "./probing.ts";

test("verdicts are bounded, and the oldest goes first", () => {
  const probes = createProbes({ ttlMs: 100, verdicts: 2 });
  for (const [now, key] of ["a", "b", "c"].entries()) probes.remember(key, "public", now);
  expect([...probes.verdicts.keys()]).toEqual(["b", "c"]);
});

test("a verdict is forgotten when its time is up, and not before", () => {
  const probes = createProbes({ ttlMs: 100, verdicts: 9 });
  probes.remember("a", "public", 0);
  probes.remember("b", "requires-auth", 50);
  probes.expire(99);
  expect(probes.verdicts.size).toBe(2);
  probes.expire(100);
  expect([...probes.verdicts]).toEqual([["b", "requires-auth"]]);
});

test("a verdict that is made anew is as young as its making", () => {
  const probes = createProbes({ ttlMs: 100, verdicts: 9 });
  probes.remember("a", "public", 0);
  probes.remember("b", "public", 10);
  probes.remember("a", "requires-auth", 60);
  probes.expire(110);
  expect([...probes.verdicts]).toEqual([["a", "requires-auth"]]);
});
