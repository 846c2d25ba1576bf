import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createRedactor, REDACTED } from "./redact.ts";
import { sampleExchange, sampleFinding } from "./sample-record.ts";

const SECRET = "lp_made-up/secret+1234567890";

function redacted(seen: string, secrets: readonly string[] = [SECRET]): string {
  const redactor = createRedactor();
  redactor.add(secrets);
  const line = redactor.line(sampleFinding({ seen }));
  return line.line === "finding" ? line.seen : "";
}

test("a secret that was told of goes, wherever and however it stands", () => {
  expect(redacted(`a ${SECRET} b`)).toBe(`a ${REDACTED} b`);
  expect(redacted(encodeURIComponent(SECRET))).toBe(REDACTED);
  expect(redacted(JSON.stringify({ it: 'quo"ted' }), ['quo"ted'])).toBe(`{"it":"${REDACTED}"}`);
});

test.each([0, 1, 2, 3])("a secret goes from base64 in which it begins at byte %i", (offset) => {
  const text = `${"x".repeat(offset)}${SECRET} and more`;
  for (const encoding of ["base64", "base64url"] as const) {
    const seen = redacted(Buffer.from(text).toString(encoding));
    expect(seen).toContain(REDACTED);
    expect(Buffer.from(seen.replace(REDACTED, ""), encoding).toString()).not.toContain("secret");
  }
});

test("a longer secret is not left half standing by a shorter one inside it", () => {
  expect(redacted("abcdefghijkl", ["abcdef", "abcdefghijkl"])).toBe(REDACTED);
});

test("a string too short to be a secret blanks nothing", () => {
  expect(redacted("a b c", ["", "b"])).toBe("a b c");
});

test.each([
  ["http://user:pass@host/x", `http://${REDACTED}@host/x`],
  ["git+ssh://user:p@ss@host", `git+ssh://${REDACTED}@host`],
  ["git+ssh://git@host/x", "git+ssh://git@host/x"],
  ["http://host/@scope/name@1.0.0", "http://host/@scope/name@1.0.0"],
  ["Authorization: Bearer made-up-token", `Authorization: Bearer ${REDACTED}`],
  ["said bearer abcdef123456 aloud", `said bearer ${REDACTED} aloud`],
  ["Bearer authentication is required", "Bearer authentication is required"],
  ["The caller is `Authorization: Bearer`.", "The caller is `Authorization: Bearer`."],
  ['{"token":"whatever it is"}', `{"token":"${REDACTED}"}`],
  ["eyJhbGciOiJub25l.eyJzdWIiOiJhbGljZSJ9.", REDACTED],
])("%s becomes %s", (text, kept) => {
  expect(redacted(text)).toBe(kept);
});

test("the value of every secret header goes, whatever it is, and its scheme stays", () => {
  const line = createRedactor().line(
    sampleExchange({
      request: {
        ...{ method: "GET", target: "/", body: "" },
        headers: [
          ["AUTHORIZATION", "Bearer x"],
          ["authorization", "x"],
          ["Cookie", "a=b"],
          ["accept", "Bearer x"],
        ],
      },
    }),
  );
  expect(line.line === "exchange" ? line.request.headers : []).toEqual([
    ["AUTHORIZATION", `Bearer ${REDACTED}`],
    ["authorization", REDACTED],
    ["Cookie", REDACTED],
    ["accept", "Bearer x"],
  ]);
});

test("a binary body goes whole where unpacking it would show a secret, cut short or not", () => {
  const redactor = createRedactor();
  redactor.add([SECRET]);
  const bodyOf = (body: string): string => {
    const reply = { status: 200, headers: [], body };
    const line = redactor.line(sampleExchange({ reply }));
    return line.line === "exchange" && "body" in line.reply ? line.reply.body : "";
  };
  const packed = gzipSync(`${SECRET} ${"filler ".repeat(10)}`).toString("base64");
  expect(bodyOf(`base64:${packed}`)).toBe(REDACTED);
  expect(bodyOf(`base64:${packed.slice(0, 64)}… (99 bytes)`)).toBe(`${REDACTED}… (99 bytes)`);
  const harmless = `base64:${gzipSync("nothing to hide").toString("base64")}`;
  expect(bodyOf(harmless)).toBe(harmless);
});
