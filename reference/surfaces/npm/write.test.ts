import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { header, utf8 } from "../../../wire/message.ts";
import type { HeaderList } from "../../../wire/message.ts";
import { refuse } from "../../core/refusal.ts";
import type { Reason } from "../../core/refusal.ts";
import { hidden, writeDocument, writeJson, writeNpmRefusal, writeTarball } from "./write.ts";

const DOCUMENT = { bytes: utf8('{"name":"tool"}'), contentType: "application/json" };

function ask(headers: HeaderList = []) {
  return writeDocument({ headers }, DOCUMENT);
}

test("a document has its type, its validator, and is nobody else's", async () => {
  const reply = await ask();
  expect(reply).toMatchObject({ status: 200, body: DOCUMENT.bytes });
  expect(reply.headers).toEqual([
    ["content-type", "application/json"],
    ["etag", expect.stringMatching(/^W\/"[0-9a-f]{32}"$/)],
    ["cache-control", "private, no-store"],
    ["vary", "Authorization, Accept, Accept-Encoding"],
  ]);
});

test("whoever has the document gets 304 without it", async () => {
  const etag = header((await ask()).headers, "etag") ?? "";
  for (const value of [etag, etag.slice(2), `"other", ${etag}`, "*"]) {
    const reply = await ask([["If-None-Match", value]]);
    expect(reply).toMatchObject({ status: 304, body: new Uint8Array(0) });
    expect(header(reply.headers, "etag")).toBe(etag);
    expect(header(reply.headers, "content-type")).toBeUndefined();
  }
  expect((await ask([["if-none-match", '"other"']])).status).toBe(200);
});

test("whoever reads gzip gets it, with the same validator", async () => {
  const reply = await ask([["accept-encoding", "br, gzip"]]);
  expect(header(reply.headers, "content-encoding")).toBe("gzip");
  expect(gunzipSync(reply.body as Uint8Array)).toEqual(Buffer.from(DOCUMENT.bytes));
  expect(header(reply.headers, "etag")).toBe(header((await ask()).headers, "etag"));
  const plain = await ask([["accept-encoding", "gzip;q=0"]]);
  expect(header(plain.headers, "content-encoding")).toBeUndefined();
});

test("a tarball says what its upstream said of it", () => {
  const body = utf8("tgz");
  const told = writeTarball({ body, lengthBytes: "3", encoding: "gzip" });
  expect(told).toMatchObject({ status: 200, body });
  expect(told.headers.slice(0, 3)).toEqual([
    ["content-type", "application/octet-stream"],
    ["content-length", "3"],
    ["content-encoding", "gzip"],
  ]);
  const untold = writeTarball({ body, lengthBytes: undefined, encoding: undefined });
  expect(untold.headers.map(([name]) => name)).toEqual(["content-type", "cache-control", "vary"]);
});

test.each<[Reason, number]>([
  ["two-credentials", 400],
  ["bad-token", 401],
  ["login-required", 401],
  ["malformed", 400],
  ["too-large", 413],
  ["too-busy", 429],
  ["read-only", 403],
  ["upstream-down", 502],
  ["not-found", 404],
  ["conflict", 409],
])("%s is %d, with one JSON error", (reason, status) => {
  const reply = writeNpmRefusal(refuse(reason, "a sentence"));
  expect(reply.status).toBe(status);
  expect(reply.body).toEqual(utf8('{"error":"a sentence"}'));
  expect(header(reply.headers, "cache-control")).toBe("private, no-store");
  expect(header(reply.headers, "vary")).toMatch(/^Authorization/);
  expect(header(reply.headers, "www-authenticate")).toBe(
    status === 401 ? 'Bearer realm="leakproof"' : undefined,
  );
});

test("a wrong method hears which are right", () => {
  const refusal = { refused: "wrong-method", message: "no", allow: ["GET", "HEAD"] } as const;
  const reply = writeNpmRefusal(refusal);
  expect(reply.status).toBe(405);
  expect(header(reply.headers, "allow")).toBe("GET, HEAD");
});

test.each<Reason>(["not-admitted", "not-found", "upstream-denied", "outside-allowlist"])(
  "%s is told as if nothing were there, and to nobody in particular as if all were",
  (reason) => {
    const refusal = refuse(reason, `a sentence that says ${reason}`);
    expect(hidden({ user: "mallory" }, refusal)).toEqual(refuse("not-found", "not found"));
    expect(hidden({ user: null }, refusal)).toEqual(refuse("login-required", "log in first"));
  },
);

test("what hides nothing is told as it is", () => {
  const refusal = refuse("upstream-down", "a sentence");
  expect(hidden({ user: null }, refusal)).toBe(refusal);
});

test("a plain answer is nobody else's either", () => {
  expect(header(writeJson(201, { ok: true }).headers, "cache-control")).toBe("private, no-store");
});
