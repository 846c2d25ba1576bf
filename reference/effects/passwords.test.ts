import { expect, test } from "vitest";
import { hashPassword, verifyPassword } from "./passwords.ts";

const COST = 1_024;
const random = { bytes: (count: number) => new Uint8Array(count).fill(7) };

test("a password verifies against its hash, and no other does", async () => {
  const hash = await hashPassword("correct horse", random, COST);
  expect(await verifyPassword("correct horse", hash)).toBe(true);
  expect(await verifyPassword("correct horse ", hash)).toBe(false);
  expect(await verifyPassword("", hash)).toBe(false);
});

test("a hash says how it was made, and nothing of the password", async () => {
  const hash = await hashPassword("correct horse", random, COST);
  expect(hash).toMatch(/^scrypt\$1024\$BwcHBwcHBwcHBwcHBwcHBw\$[\w-]{43}$/);
  expect(hash).not.toContain("horse");
});

test("another salt makes another hash of the same password", async () => {
  const other = { bytes: (count: number) => new Uint8Array(count).fill(8) };
  const [one, two] = [
    await hashPassword("same", random, COST),
    await hashPassword("same", other, COST),
  ];
  expect(one.split("$").at(-1)).not.toBe(two.split("$").at(-1));
});

test("a hash of a higher cost than the default verifies as well", async () => {
  const hash = await hashPassword("slow", random, 32_768);
  expect(await verifyPassword("slow", hash)).toBe(true);
});

test.each([
  ["nothing", ""],
  ["another scheme", "bcrypt$1024$BwcHBwcHBwcHBwcHBwcHBw$" + "A".repeat(43)],
  ["no key", "scrypt$1024$BwcHBwcHBwcHBwcHBwcHBw$"],
  ["a cost that is no number", "scrypt$x$BwcHBwcHBwcHBwcHBwcHBw$" + "A".repeat(43)],
  ["plain text", "correct horse"],
])("%s is no hash of any password", async (_what, hash) => {
  expect(await verifyPassword("correct horse", hash)).toBe(false);
});

test("a user without a password has no right one", async () => {
  expect(await verifyPassword("", undefined)).toBe(false);
  expect(await verifyPassword("anything", undefined)).toBe(false);
});
