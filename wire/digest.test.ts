import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  canonicalJson,
  hmacSha256Hex,
  hmacTuple,
  safeEqual,
  sha1Hex,
  sha256Hex,
  sha512Integrity,
} from "./digest.ts";

const hex = (text: string): Uint8Array => Buffer.from(text.replace(/\s/g, ""), "hex");

test("SHA-1, SHA-256 and SHA-512 as FIPS 180 prints them", () => {
  expect(sha1Hex("abc")).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
  expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sha256Hex("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const sha512 = hex(
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  );
  expect(sha512Integrity("abc")).toBe(`sha512-${Buffer.from(sha512).toString("base64")}`);
});

test("text is digested as UTF-8", () => {
  expect(sha256Hex("é")).toBe(sha256Hex(Buffer.from([0xc3, 0xa9])));
});

// RFC 4231, test cases 1 to 4, 6 and 7 (5 is truncated output).
test.each([
  [
    "0b".repeat(20),
    Buffer.from("Hi There").toString("hex"),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  ],
  [
    Buffer.from("Jefe").toString("hex"),
    Buffer.from("what do ya want for nothing?").toString("hex"),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  [
    "aa".repeat(20),
    "dd".repeat(50),
    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
  ],
  [
    "0102030405060708090a0b0c0d0e0f10111213141516171819",
    "cd".repeat(50),
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
  ],
  [
    "aa".repeat(131),
    Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First").toString("hex"),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
  [
    "aa".repeat(131),
    Buffer.from(
      "This is a test using a larger than block-size key and a larger than block-size data. " +
        "The key needs to be hashed before being used by the HMAC algorithm.",
    ).toString("hex"),
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  ],
])("HMAC-SHA256 as RFC 4231 prints it (%#)", (key, data, mac) => {
  expect(hmacSha256Hex(hex(key), hex(data))).toBe(mac);
});

describe("the HMAC of a tuple", () => {
  test("is that of its parts, each behind its length", () => {
    const bytes = hex("00000001 61 00000000 00000002 c3a9");
    const mac = createHmac("sha256", "secret").update(bytes).digest("hex");
    expect(hmacTuple("secret", ["a", "", "é"])).toBe(mac);
  });

  test("differs for every way to cut the same text, and for every secret", () => {
    const tuples = [["ab"], ["a", "b"], ["", "ab"], ["ab", ""], ["a", "", "b"], [], [""]];
    const macs = [...tuples.map((parts) => hmacTuple("s", parts)), hmacTuple("t", ["ab"])];
    expect(new Set(macs).size).toBe(macs.length);
  });

  test("refuses text that UTF-8 would fold together", () => {
    expect(() => hmacTuple("s", ["\ud800"])).toThrow(TypeError);
    expect(hmacTuple("s", ["\u{1f600}"])).toHaveLength(64);
  });
});

test("strings are equal when they are, however long", () => {
  expect(safeEqual("", "")).toBe(true);
  expect(safeEqual("token", "token")).toBe(true);
  expect(safeEqual("token", "tokem")).toBe(false);
  expect(safeEqual("token", "token ")).toBe(false);
});

describe("canonical JSON", () => {
  test("sorts as RFC 8785 section 3.2.3 does, by code unit", () => {
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    const names = Object.values(JSON.parse(canonicalJson(value)) as Record<string, string>);
    // Integer-like keys come first in any object; all others keep the order of the text.
    expect(names).toEqual([
      "One",
      "Carriage Return",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  test("writes the values of RFC 8785 section 3.2.2", () => {
    const text = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    const value: unknown = JSON.parse(text);
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test("is the same for equal values at every depth", () => {
    const one = { b: [{ y: 1, x: -0 }], a: undefined, c: {} };
    const two = { c: {}, b: [{ x: 0, y: 1 }] };
    expect(canonicalJson(one)).toBe('{"b":[{"x":0,"y":1}],"c":{}}');
    expect(canonicalJson(two)).toBe(canonicalJson(one));
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });

  test("keeps keys that other objects have by nature", () => {
    const text = '{"__proto__":{"a":1},"constructor":2,"toString":3}';
    expect(canonicalJson(JSON.parse(text))).toBe(text);
    expect(canonicalJson(Object.assign(Object.create(null), { a: 1 }))).toBe('{"a":1}');
  });

  test.each<[string, unknown]>([
    ["NaN", NaN],
    ["infinity", [-Infinity]],
    ["undefined", undefined],
    ["undefined in an array", [undefined]],
    ["a hole in an array", Array(1)],
    ["a bigint", 1n],
    ["a function", { a: () => 1 }],
    ["a symbol", Symbol("a")],
    ["a date", new Date(0)],
    ["a map", new Map([["a", 1]])],
    ["bytes", new Uint8Array(1)],
  ])("refuses %s", (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});
