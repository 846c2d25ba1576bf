import { expect, test } from "vitest";
import { textOf, utf8 } from "../wire/message.ts";
import type { Body, Reply } from "../wire/message.ts";
import { readFrames, resolveMessage, verifyMessage } from "./resolve.ts";

const PACKAGE = '{"type":"package","id":"a@1.0.0","name":"a","version":"1.0.0"}';
const DONE = '{"type":"done","lockfile":{"lockfileVersion":"9.0"}}';

function reply(body: string | Body, contentType = "application/x-ndjson", status = 200): Reply {
  const headers = [["content-type", contentType]] as const;
  return { status, headers, body: typeof body === "string" ? utf8(body) : body };
}

test("a request goes out as real clients send it", async () => {
  const message = resolveMessage({ projects: [] }, "Bearer lp_fake");
  expect(message).toMatchObject({ method: "POST", target: "/-/pnpr/v0/resolve" });
  expect(message.headers).toEqual([
    ["content-type", "application/json"],
    ["accept", "application/x-ndjson"],
    ["authorization", "Bearer lp_fake"],
  ]);
  expect(await textOf(message.body)).toBe('{"projects":[]}');
});

test("an anonymous caller shows no credential", () => {
  const message = verifyMessage({}, null);
  expect(message.target).toBe("/-/pnpr/v0/verify-lockfile");
  expect(message.headers.map(([name]) => name)).not.toContain("authorization");
});

test("a whole stream is read with its terminal frame and its line", async () => {
  const text = `${PACKAGE}\n${DONE}\n`;
  const read = await readFrames(reply(text));
  expect(read.frames.map(({ type }) => type)).toEqual(["package", "done"]);
  expect(read.terminal).toEqual({ type: "done", lockfile: { lockfileVersion: "9.0" } });
  expect(read).toMatchObject({ terminalLine: DONE, finalNewline: true, problem: null });
  expect(Buffer.from(read.bytes).toString()).toBe(text);
});

test("pieces may end anywhere, in the middle of a character too", async () => {
  const bytes = utf8(`{"type":"error","message":"über"}\n`);
  async function* byteByByte(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 1) yield bytes.subarray(at, at + 1);
  }
  const read = await readFrames(reply(byteByByte(), "application/x-ndjson; charset=utf-8"));
  expect(read).toMatchObject({ problem: null, terminal: { message: "über" } });
});

test.each([
  ["", "there are 0 terminal frames, not one"],
  [`${PACKAGE}\n`, "there are 0 terminal frames, not one"],
  [`${DONE}\n${DONE}\n`, "there are 2 terminal frames, not one"],
  [`${DONE}\n${PACKAGE}\n`, "the terminal frame is not the last"],
  [`${PACKAGE}\n${DONE}`, "the last line does not end in a newline"],
  [`${PACKAGE}\n\n${DONE}\n`, "a line is not a frame"],
  [`${PACKAGE}\n{"type":"done"\n`, "a line is not a frame"],
  [`[]\n${DONE}\n`, "a line is not a frame"],
  [`{"type":1}\n${DONE}\n`, "a line is not a frame"],
  [`null\n${DONE}\n`, "a line is not a frame"],
  [`\ufeff${DONE}\n`, "a line is not a frame"],
  [`{"type":"progress"}\n${DONE}\n`, 'a frame has the unknown type "progress"'],
])("%j: %s", async (text, problem) => {
  expect(await readFrames(reply(text))).toMatchObject({ problem });
});

test("bytes that are not UTF-8 are no frames", async () => {
  const bytes = Buffer.concat([utf8('{"type":"error","message":"'), Buffer.of(0xff), utf8('"}\n')]);
  const read = await readFrames(reply(bytes));
  expect(read).toMatchObject({ problem: "the stream is not UTF-8", frames: [], terminal: null });
});

test.each(["application/json", "application/x-ndjsonish", ""])(
  "a 200 of type %j is no stream of frames",
  async (type) => {
    expect((await readFrames(reply(`${DONE}\n`, type))).problem).toMatch(/^the content type is/);
  },
);

test("another status is no stream, and no problem of one", async () => {
  const read = await readFrames(reply('{"error":"no"}', "application/json", 403));
  expect(read).toMatchObject({ status: 403, frames: [], terminal: null, problem: null });
});

test("whoever stops waiting gets its own reason, and the body is let go", async () => {
  let released = false;
  const abort = new AbortController();
  const stuck: Body = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.withResolvers<never>().promise,
      return: async () => {
        released = true;
        return { done: true, value: undefined };
      },
    }),
  };
  const reading = readFrames(reply(stuck), abort.signal);
  abort.abort(new Error("enough"));
  await expect(reading).rejects.toThrow("enough");
  expect(released).toBe(true);
});
