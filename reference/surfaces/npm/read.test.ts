import { expect, test } from "vitest";
import type { HeaderList } from "../../../wire/message.ts";
import { readNpm } from "./read.ts";

const INSTALLER = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

function read(line: string, headers: HeaderList = []): unknown {
  const space = line.indexOf(" ");
  return readNpm({ method: line.slice(0, space), target: line.slice(space + 1), headers });
}

const TOOL = { name: "@corp/tool" };
const HOSTED = { ...TOOL, alias: null };
const ALIASED = { ...TOOL, alias: "acme" };

test.each([
  ["GET /-/ping", { want: "ping" }],
  ["HEAD /-/ping", { want: "ping" }],
  ["GET /-/ping?write=true", { want: "ping" }],
  ["GET /-/whoami", { want: "whoami" }],
  ["PUT /-/user/org.couchdb.user:alice", { want: "login", user: "alice" }],
  ["PUT /-/user/org.couchdb.user%3Aalice", { want: "login", user: "alice" }],
  ["GET /-/npm/v1/tokens", { want: "tokens" }],
  ["DELETE /-/npm/v1/tokens/token/abc123", { want: "revoke-key", key: "abc123" }],
  ["DELETE /-/user/token/lp_xyz", { want: "revoke-token", token: "lp_xyz" }],
  ["GET /-/gateway/c2VhbGVk/x-1.0.0.tgz", { want: "gateway", sealed: "c2VhbGVk" }],
  ["GET /tool", { want: "packument", alias: null, name: "tool", full: true }],
  ["HEAD /tool", { want: "packument", alias: null, name: "tool", full: true }],
  ["GET /@corp/tool", { want: "packument", ...HOSTED, full: true }],
  ["GET /@corp%2Ftool", { want: "packument", ...HOSTED, full: true }],
  ["GET /@corp%2ftool", { want: "packument", ...HOSTED, full: true }],
  ["GET /%40corp%2ftool", { want: "packument", ...HOSTED, full: true }],
  ["GET /@corp%2ftool?write=true", { want: "packument", ...HOSTED, full: true }],
  ["GET /~acme/@corp%2ftool", { want: "packument", ...ALIASED, full: true }],
  ["GET /~acme/@corp/tool", { want: "packument", ...ALIASED, full: true }],
  ["GET /~acme/tool", { want: "packument", alias: "acme", name: "tool", full: true }],
  ["GET /tool/latest", { want: "manifest", alias: null, name: "tool", version: "latest" }],
  ["GET /@corp%2ftool/1.0.0", { want: "manifest", ...HOSTED, version: "1.0.0" }],
  ["GET /~acme/@corp/tool/1.0.0", { want: "manifest", ...ALIASED, version: "1.0.0" }],
  ["GET /@corp/tool/-/tool-1.0.0.tgz", { want: "tarball", ...HOSTED, file: "tool-1.0.0.tgz" }],
  ["HEAD /@corp%2ftool/-/tool-1.0.0.tgz", { want: "tarball", ...HOSTED, file: "tool-1.0.0.tgz" }],
  [
    "GET /~acme/@corp/tool/-/tool-1.0.0.tgz",
    { want: "tarball", ...ALIASED, file: "tool-1.0.0.tgz" },
  ],
  ["PUT /@corp%2ftool", { want: "publish", ...TOOL }],
  ["PUT /@corp%2ftool/-rev/3-abc", { want: "narrow", ...TOOL, revision: "3-abc" }],
  ["DELETE /@corp%2ftool/-rev/3-abc", { want: "unpublish", ...TOOL, revision: "3-abc" }],
  [
    "DELETE /@corp/tool/-/tool-1.0.0.tgz/-rev/3-abc",
    { want: "unpublish-tarball", ...TOOL, file: "tool-1.0.0.tgz" },
  ],
  ["GET /-/package/@corp%2ftool/dist-tags", { want: "tags", ...HOSTED }],
  ["GET /-/package/tool/dist-tags", { want: "tags", alias: null, name: "tool" }],
  ["PUT /-/package/@corp%2ftool/dist-tags/next", { want: "put-tag", ...TOOL, tag: "next" }],
  ["DELETE /-/package/@corp%2ftool/dist-tags/next", { want: "drop-tag", ...TOOL, tag: "next" }],
])("%s", (line, intent) => {
  expect(read(line)).toEqual(intent);
});

test.each([
  [[["accept", INSTALLER]], false],
  [[["Accept", "Application/Vnd.Npm.Install-v1+JSON"]], false],
  [[["accept", "application/json"]], true],
  [[["accept", "*/*"]], true],
  [[], true],
] as const)("with %j the packument is full: %s", (headers, full) => {
  expect(read("GET /tool", headers)).toMatchObject({ want: "packument", full });
});

test.each([
  "/..",
  "/../tool",
  "/tool/..",
  "/%2e%2e/tool",
  "/%2E./tool",
  "/./tool",
  "/~acme/../@corp/tool",
  "/~acme/%2e%2e/@corp/tool",
  "/@corp%2f..",
  "/@corp%2f%2e%2e",
  "/@corp%2ftool%2fmore",
  "/tool%2fmore",
  "/tool/..%2f..%2fetc",
  "//tool",
  "//evil.test/tool",
  "/~acme//@corp/tool",
  "/tool/",
  "/",
  "/tool\\more",
  "/tool%5cmore",
  "/~acme/..\\tool",
  "/tool%00",
  "/tool%0d%0ax:%20y",
  "/tool%7f",
  "/tool%",
  "/tool%zz",
  "/tool%ff",
  "/tool%c0%ae",
  "/tool#more",
  "tool",
  "*",
  "http://evil.test/tool",
  "",
  `/${"a".repeat(2_048)}`,
])("GET %s cannot be read, and is not read otherwise", (target) => {
  expect(read(`GET ${target}`)).toMatchObject({ refused: "malformed" });
});

test.each([
  "GET /-/all",
  "GET /-",
  "GET /-/v1/search?text=x",
  "POST /-/v1/login",
  "GET /-/user/org.couchdb.user:",
  "PUT /-/user/org.couchdb.user:a b",
  "PUT /-/user/org.couchdb.user:$all",
  "PUT /-/user/alice",
  "GET /-/package/@corp%2ftool",
  "GET /-/package/@corp%2ftool/dist-tags/a/b",
  "GET /-/npm/v2/tokens",
  "GET /~acme",
  "GET /~/tool",
  "GET /~acme/-/ping",
  "GET /~acme/-/whoami",
  "GET /~acme/@corp",
  "GET /@corp",
  "GET /.hidden",
  "GET /%2540corp%252ftool",
  "GET /to%20ol",
  "GET /t%C3%B6ol",
  "GET /tool/-",
  "GET /tool/-/a/b",
  "GET /tool/1.0.0/more",
  `GET /${"a".repeat(215)}`,
])("%s is nothing", (line) => {
  expect(read(line)).toMatchObject({ refused: "not-found" });
});

test.each([
  ["POST /-/ping", ["GET", "HEAD"]],
  ["GET /-/user/org.couchdb.user:alice", ["PUT"]],
  ["PUT /-/npm/v1/tokens", ["GET", "HEAD"]],
  ["GET /-/user/token/lp_xyz", ["DELETE"]],
  ["POST /@corp%2ftool", ["GET", "HEAD", "PUT"]],
  ["DELETE /tool", ["GET", "HEAD", "PUT"]],
  ["PUT /~acme/@corp%2ftool", ["GET", "HEAD"]],
  ["DELETE /~acme/@corp/tool/-/tool-1.0.0.tgz", ["GET", "HEAD"]],
  ["PATCH /tool/-/tool-1.0.0.tgz", ["GET", "HEAD"]],
  ["GET /tool/-rev/1-a", ["PUT", "DELETE"]],
  ["GET /-/package/tool/dist-tags/next", ["PUT", "DELETE"]],
  ["get /tool", ["GET", "HEAD", "PUT"]],
  ["constructor /tool", ["GET", "HEAD", "PUT"]],
])("%s is answered with what is allowed", (line, allow) => {
  expect(read(line)).toMatchObject({ refused: "wrong-method", allow });
});
