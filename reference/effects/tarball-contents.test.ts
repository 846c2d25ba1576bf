import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { expect, test } from "vitest";
import { readContents } from "./tarball-contents.ts";

const ROOM = { packedBytes: 1_000_000, unpackedBytes: 4_000_000 };
const MANIFEST = JSON.stringify({ name: "leaf", version: "1.0.0", dependencies: { ms: "2" } });

test("the hash is of the very bytes, and the manifest is the archive's own", async () => {
  const packed = gzipSync(archive([["package/package.json", MANIFEST]]));
  const integrity = `sha512-${createHash("sha512").update(packed).digest("base64")}`;
  expect(await readContents(pieces(packed, 7), ROOM)).toEqual({
    integrity,
    manifest: { name: "leaf", version: "1.0.0", dependencies: { ms: "2" } },
  });
});

test("any folder will do, and the last manifest counts", async () => {
  const other = JSON.stringify({ name: "other", version: "2.0.0" });
  const entries = [
    ["x/package.json", MANIFEST],
    ["x/lib/package.json", "{}"],
    ["x/package.json", other],
  ] as const;
  const { manifest } = await readContents(gzipSync(archive(entries)), ROOM);
  expect(manifest).toEqual({ name: "other", version: "2.0.0" });
});

test("what unpacks to more than the limit is refused before it is unpacked", async () => {
  const bomb = gzipSync(archive([["package/zeros", "\0".repeat(3_999_000)]]));
  expect(bomb.byteLength).toBeLessThan(10_000);
  const told = readContents(bomb, { ...ROOM, unpackedBytes: 1_000_000 });
  await expect(told).rejects.toThrow("it unpacks to more than 1000000 bytes");
});

test("a body past its limit is let go", async () => {
  const packed = gzipSync(archive([["package/package.json", MANIFEST]]));
  let isLetGo = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield packed;
    } finally {
      isLetGo = true;
    }
  }
  const told = readContents(endless(), { ...ROOM, packedBytes: 1_000 });
  await expect(told).rejects.toThrow("it is larger than 1000 bytes");
  expect(isLetGo).toBe(true);
});

const plain = archive([["package/package.json", MANIFEST]]);
test.each<[string, Uint8Array, string]>([
  ["no gzip", Buffer.from("<html>"), "it is not gzipped, or is cut off"],
  ["cut off", gzipSync(plain).subarray(0, -20), "it is not gzipped, or is cut off"],
  ["packed twice", gzipSync(gzipSync(plain)), "it is packed more than once"],
  ["no archive", gzipSync(Buffer.alloc(2_048, "x")), "it holds no archive that can be read"],
  ["no manifest", gzipSync(archive([["package/index.js", ""]])), "it has no package.json"],
  ["no JSON", gzipSync(archive([["package/package.json", "{"]])), "its package.json is not JSON"],
  [
    "no name",
    gzipSync(archive([["package/package.json", '{"name":"../x","version":"1.0.0"}']])),
    "its package.json has no name that a package can have",
  ],
  [
    "no version",
    gzipSync(archive([["package/package.json", '{"name":"x","version":"http://x"}']])),
    "its package.json has no version that can be locked",
  ],
])("%s is refused in words", async (_what, bytes, message) => {
  await expect(readContents(bytes, ROOM)).rejects.toThrow(message);
});

/** An archive of these entries, in this order, and more than once where they say so. */
function archive(entries: readonly (readonly [path: string, content: string])[]): Uint8Array {
  const blocks = entries.flatMap(([path, content]) => {
    const size = Buffer.byteLength(content);
    const block = Buffer.alloc(512);
    new Header({ path, mode: 0o644, size, mtime: new Date(0), type: "File" }).encode(block);
    return [block, Buffer.from(content), Buffer.alloc((512 - (size % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1_024)]);
}

async function* pieces(bytes: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}
