import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bytesOf, utf8 } from "../../../wire/message.ts";
import { gzipStream } from "./gzip-stream.ts";
import { writeReady, writeStream } from "./write.ts";

const DONE = utf8('{"type":"done"}\n');

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield utf8(text);
}

test.each([
  ["nobody's encoding", []],
  ["gzip", [["accept-encoding", "gzip, br"]]],
  ["anything but gzip", [["accept-encoding", "gzip;q=0, *"]]],
] as const)("a hit and a miss have one head for a client of %s", async (_what, headers) => {
  const asked = { headers, transforms: true };
  const hit = writeReady(DONE, gzipSync(DONE), asked);
  const miss = writeStream(pieces('{"type":"package"}\n', '{"type":"done"}\n'), asked);
  const frozen = writeReady(DONE, null, asked);
  expect(miss.headers).toEqual(hit.headers);
  expect(frozen.headers).toEqual(hit.headers);
  const zipped = hit.headers.some(([name]) => name === "content-encoding");
  const read = async (body: typeof hit.body): Promise<string> => {
    const bytes = await bytesOf(body);
    return Buffer.from(zipped ? gunzipSync(bytes) : bytes).toString();
  };
  expect(await read(miss.body)).toBe('{"type":"package"}\n{"type":"done"}\n');
  expect([await read(hit.body), await read(frozen.body)]).toEqual([
    '{"type":"done"}\n',
    '{"type":"done"}\n',
  ]);
});

test("what was said can be read before the rest is said", async () => {
  const held = Promise.withResolvers<undefined>();
  const body = (async function* () {
    yield utf8("first");
    await held.promise;
    yield utf8("last");
  })();
  const zipped = gzipStream(body)[Symbol.asyncIterator]();
  const heard: Uint8Array[] = [];
  const said = (): string => gunzipSync(Buffer.concat(heard), { finishFlush: 2 }).toString();
  do heard.push((await zipped.next()).value as Uint8Array);
  while (said() !== "first");
  held.resolve(undefined);
  for (let next = await zipped.next(); next.done !== true; next = await zipped.next()) {
    heard.push(next.value);
  }
  expect(said()).toBe("firstlast");
});

test("a body that breaks ends the zipped one with its error", async () => {
  const broken = (async function* () {
    yield utf8("first");
    throw new Error("gone");
  })();
  await expect(bytesOf(gzipStream(broken))).rejects.toThrow("gone");
});
