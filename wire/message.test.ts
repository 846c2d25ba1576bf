import { expect, test } from "vitest";
import { firstBytes } from "./body.ts";
import { BodyTooLarge, bytesOf, discard, header, headerAll, textOf, utf8 } from "./message.ts";
import type { HeaderList } from "./message.ts";

const HEADERS: HeaderList = [
  ["Set-Cookie", "a=1"],
  ["X-A", "1"],
  ["set-cookie", "b=2"],
];

/** A stream that keeps count of what was taken from it, and says whether it was let go. */
function counted(...pieces: readonly string[]) {
  const seen = { taken: 0, letGo: false };
  const body = (async function* () {
    try {
      for (const piece of pieces) {
        seen.taken += 1;
        yield utf8(piece);
      }
    } finally {
      seen.letGo = true;
    }
  })();
  return { body, seen };
}

test("headers are found in any letter case, the first or all of them", () => {
  expect(header(HEADERS, "SET-COOKIE")).toBe("a=1");
  expect(headerAll(HEADERS, "set-cookie")).toEqual(["a=1", "b=2"]);
  expect(header(HEADERS, "x-b")).toBeUndefined();
});

test("a body is read whole, characters across pieces included", async () => {
  expect(await textOf(utf8("é"))).toBe("é");
  async function* split(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(0xc3);
    yield Uint8Array.of(0xa9);
  }
  expect(await textOf(split())).toBe("é");
  expect(await bytesOf(counted().body)).toHaveLength(0);
});

test("reading stops at the limit, and lets the rest go", async () => {
  expect(await bytesOf(utf8("abc"), 3)).toHaveLength(3);
  await expect(bytesOf(utf8("abc"), 2)).rejects.toThrow(BodyTooLarge);
  const { body, seen } = counted("ab", "cd", "ef");
  await expect(bytesOf(body, 3)).rejects.toThrow(BodyTooLarge);
  expect(seen).toEqual({ taken: 2, letGo: true });
});

test("the first bytes are taken and no piece more", async () => {
  const { body, seen } = counted("ab", "cd", "ef");
  expect(await textOf(firstBytes(body, 4))).toBe("abcd");
  expect(seen).toEqual({ taken: 2, letGo: true });
  expect(await textOf(firstBytes(utf8("abc"), 2))).toBe("ab");
  const untouched = counted("ab");
  expect(await textOf(firstBytes(untouched.body, 0))).toBe("");
  expect(untouched.seen.taken).toBe(0);
});

test("what is let go cannot be read any more", async () => {
  const { body, seen } = counted("ab");
  await discard(body);
  await discard(utf8("bytes"));
  expect(await bytesOf(body)).toHaveLength(0);
  expect(seen.taken).toBe(0);
});
