import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "./message.ts";
import { decodeLines, encodeLine, encodeLines, readLines } from "./ndjson.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

async function* cut(bytes: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

async function all(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const value of values) found.push(value);
  return found;
}

test("every value is one line, and every line ends", () => {
  expect(text(encodeLine({ a: "b\nc" }))).toBe('{"a":"b\\nc"}\n');
  expect(text(encodeLines([1, null, "x"]))).toBe('1\nnull\n"x"\n');
  expect(encodeLines([])).toHaveLength(0);
  expect(() => encodeLine(undefined)).toThrow(TypeError);
});

test("text is read line by line, and what is no JSON is told", () => {
  expect(decodeLines("1\n2\n")).toEqual({ values: [1, 2], bad: [], finalNewline: true });
  expect(decodeLines("1\n2")).toEqual({ values: [1, 2], bad: [], finalNewline: false });
  expect(decodeLines("1\n\n{\n")).toEqual({ values: [1], bad: ["", "{"], finalNewline: true });
  expect(decodeLines("1\r\n")).toEqual({ values: [1], bad: [], finalNewline: true });
  expect(decodeLines("\n")).toEqual({ values: [], bad: [""], finalNewline: true });
  expect(decodeLines("")).toEqual({ values: [], bad: [], finalNewline: false });
});

test("values arrive whatever the pieces are that they arrive in", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { maxLength: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (values, sizeBytes, finalNewline) => {
        const whole = encodeLines([...values, "é€😀"]);
        const bytes = finalNewline ? whole : whole.subarray(0, -1);
        const expected = decodeLines(text(bytes)).values;
        expect(await all(readLines(cut(bytes, sizeBytes)))).toEqual(expected);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test("a line is there before the next one has begun", async () => {
  const later = Promise.withResolvers<undefined>();
  async function* body(): AsyncGenerator<Uint8Array> {
    yield utf8('1\n{"a"');
    await later.promise;
    yield utf8(":2}\n");
  }
  const lines = readLines(body());
  expect((await lines.next()).value).toBe(1);
  later.resolve(undefined);
  expect((await lines.next()).value).toEqual({ a: 2 });
  expect((await lines.next()).done).toBe(true);
});

test("a line that is no JSON, and bytes that are no UTF-8, throw", async () => {
  const read = (bytes: Uint8Array): Promise<unknown> => all(readLines(bytes));
  await expect(read(utf8("1\n\n"))).rejects.toThrow(SyntaxError);
  await expect(read(utf8("{"))).rejects.toThrow(SyntaxError);
  await expect(read(Buffer.from([0x22, 0xff, 0x22, 0x0a]))).rejects.toThrow(TypeError);
  await expect(read(Buffer.from([0x22, 0xe2, 0x82]))).rejects.toThrow(TypeError);
});
