import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { acceptsGzip, decoded } from "./encoding.ts";
import { BodyTooLarge } from "./message.ts";

const PLAIN = Buffer.from("plain ".repeat(100));
const LIMIT_BYTES = 1_000;

test.each([
  [undefined, PLAIN],
  ["", PLAIN],
  ["identity", PLAIN],
  ["gzip", gzipSync(PLAIN)],
  ["X-GZip", gzipSync(PLAIN)],
  ["br", brotliCompressSync(PLAIN)],
  ["deflate", deflateSync(PLAIN)],
  [" deflate , gzip", gzipSync(deflateSync(PLAIN))],
])("%j is undone", async (encoding, bytes) => {
  expect(Buffer.from(await decoded(bytes, encoding, LIMIT_BYTES))).toEqual(PLAIN);
});

test.each([
  ["gzip", gzipSync(PLAIN)],
  ["br", brotliCompressSync(PLAIN)],
  ["deflate", deflateSync(PLAIN)],
  ["identity", PLAIN],
])("%s stops at the limit", async (encoding, bytes) => {
  await expect(decoded(bytes, encoding, PLAIN.byteLength - 1)).rejects.toThrow(BodyTooLarge);
  expect(await decoded(bytes, encoding, PLAIN.byteLength)).toHaveLength(PLAIN.byteLength);
});

test("a small reply that unpacks to a large one is not unpacked", async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  expect(bomb.byteLength).toBeLessThan(60_000);
  await expect(decoded(bomb, "gzip", LIMIT_BYTES)).rejects.toThrow(BodyTooLarge);
});

test.each(["compress", "constructor", "__proto__"])("%s is not known", async (encoding) => {
  await expect(decoded(PLAIN, encoding, LIMIT_BYTES)).rejects.toThrow("is not known");
});

test("bytes that are not of the encoding, or are cut, throw", async () => {
  await expect(decoded(PLAIN, "gzip", LIMIT_BYTES)).rejects.toThrow("incorrect header check");
  const half = gzipSync(PLAIN).subarray(0, 20);
  await expect(decoded(half, "gzip", LIMIT_BYTES)).rejects.toThrow("unexpected end of file");
});

test.each([
  [undefined, false],
  ["", false],
  ["gzip", true],
  ["GZIP;Q=0.5", true],
  ["br, x-gzip", true],
  ["*", true],
  ["deflate, br", false],
  ["gzip;q=0", false],
  ["gzip; q=0.000, *", false],
  ["*;q=0", false],
  ["identity, *;q=0.1", true],
  ["gzip;q=bogus", false],
])("accept-encoding %j lets a reply be gzipped: %s", (acceptEncoding, expected) => {
  expect(acceptsGzip(acceptEncoding)).toBe(expected);
});
