import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { scan } from "./scan.ts";

const CANARY = "canary-0123456789abcdef0123456789abcdef01234567";
const bytes = (text: string): Buffer => Buffer.from(text);
const base64 = (text: string | Buffer): string => Buffer.from(text).toString("base64");
const percent = (text: string): string =>
  [...bytes(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const escaped = (text: string): string =>
  Array.from(text, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");

test.each([
  ["as it is", bytes(`{"readme":"${CANARY}"}`)],
  ["among bytes that are no text", Buffer.concat([Buffer.from([0, 255, 1]), bytes(CANARY)])],
  ["in gzip", gzipSync(CANARY)],
  ["in gzip within gzip", gzipSync(gzipSync(CANARY))],
  ["in base64", bytes(`"${base64(`{"of":"${CANARY}"}`)}"`)],
  ["in base64 for URLs", bytes(bytes(`??>>${CANARY}`).toString("base64url"))],
  ["in base64 at the end of a path", bytes(`/-/gateway/${base64(CANARY)}`)],
  ["in a zipped archive in base64", bytes(base64(gzipSync(CANARY)))],
  ["in percent-encoding", bytes(percent(CANARY))],
  ["in percent-encoding, twice", bytes(percent(percent(CANARY)))],
  ["in JSON escapes", bytes(`{"readme":"${escaped(CANARY)}"}`)],
  ["in JSON within JSON", bytes(JSON.stringify(JSON.stringify({ a: `"${CANARY}"` })))],
  ["in base64 within percent-encoding", bytes(encodeURIComponent(base64(`>>>${CANARY}`)))],
])("what is said %s is found", (_how, body) => {
  expect(scan([], body).says(CANARY)).toBe(true);
  expect(scan([], body).says(CANARY.replace("0123", "3210"))).toBe(false);
});

test.each([
  ["a header's value", [["x-a", CANARY]], ""],
  ["a header's name", [[CANARY, ""]], ""],
  ["the first line", [], `/${percent(CANARY)}`],
] as const)("%s is looked through as well", (_where, headers, line) => {
  expect(scan(headers, new Uint8Array(), line).says(CANARY)).toBe(true);
  expect(scan([], new Uint8Array()).says(CANARY)).toBe(false);
});

test("what looks like gzip and is none, or is cut, does not stop the search", () => {
  const broken = Buffer.concat([Buffer.from([0x1f, 0x8b]), bytes(CANARY)]);
  expect(scan([], broken).says(CANARY)).toBe(true);
});
