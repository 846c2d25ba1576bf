import { expect, test } from "vitest";
import { header, textOf, utf8 } from "../wire/message.ts";
import { publishMessage } from "./publish.ts";
import {
  loginMessage,
  packumentMessage,
  revokeKeyMessage,
  revokeTokenMessage,
  tarballMessage,
  tokensMessage,
  whoamiMessage,
} from "./registry.ts";

const AUTH = "Bearer lp_fake";

test.each([
  [packumentMessage("hosted", "tool", AUTH), "GET /tool"],
  [packumentMessage("hosted", "@corp/tool", AUTH), "GET /@corp%2Ftool"],
  [packumentMessage("acme", "@acme/tool", AUTH), "GET /~acme/@acme%2Ftool"],
  [tarballMessage("hosted", "@corp/tool", "1.0.0", AUTH), "GET /@corp/tool/-/tool-1.0.0.tgz"],
  [tarballMessage("acme", "tool", "1.0.0", AUTH), "GET /~acme/tool/-/tool-1.0.0.tgz"],
  [whoamiMessage(AUTH), "GET /-/whoami"],
  [tokensMessage(AUTH), "GET /-/npm/v1/tokens"],
  [revokeTokenMessage("lp_fake", AUTH), "DELETE /-/user/token/lp_fake"],
  [revokeKeyMessage("abc", AUTH), "DELETE /-/npm/v1/tokens/token/abc"],
])("%j", (message, line) => {
  expect(`${message.method} ${message.target}`).toBe(line);
  expect(header(message.headers, "authorization")).toBe(AUTH);
});

test("installers name the abbreviated form, everybody else takes JSON", () => {
  const form = (message: ReturnType<typeof packumentMessage>) => header(message.headers, "accept");
  expect(form(packumentMessage("acme", "a", null))).toBe("application/json");
  expect(form(packumentMessage("acme", "a", null, "abbreviated"))).toMatch(/install-v1\+json/);
});

test("a login shows no credential but the password", async () => {
  const message = loginMessage("alice", "correct horse");
  expect(message).toMatchObject({ method: "PUT", target: "/-/user/org.couchdb.user:alice" });
  expect(header(message.headers, "authorization")).toBeUndefined();
  expect(JSON.parse(await textOf(message.body))).toEqual({
    _id: "org.couchdb.user:alice",
    name: "alice",
    password: "correct horse",
    type: "user",
    roles: [],
  });
});

const PUBLISHED = { tarball: utf8("tarball"), registry: "http://registry.test" };

test("a publication carries its tarball and the digests of it", async () => {
  const manifest = { name: "@corp/tool", version: "1.0.0", description: "a tool", bin: "x.js" };
  const message = publishMessage({ ...PUBLISHED, manifest, tag: "next" }, AUTH);
  expect(message).toMatchObject({ method: "PUT", target: "/@corp%2ftool" });
  expect(JSON.parse(await textOf(message.body))).toEqual({
    _id: "@corp/tool",
    name: "@corp/tool",
    description: "a tool",
    "dist-tags": { next: "1.0.0" },
    versions: {
      "1.0.0": {
        ...manifest,
        _id: "@corp/tool@1.0.0",
        dist: {
          // Both as `openssl dgst` has them.
          integrity:
            "sha512-WBQM9fuLkpBn60cFcU9GUnOBEyhwVxbOpyle0gD/abK/W01QtcFtEsDGj3RZYWrpP2UxasHjQ2plCE6FrzLYdg==",
          shasum: "e10f6e70661d167ef514ab6e6d98607438c6a8c6",
          // As npm names it: the scope stands in the file's name as well.
          tarball: "http://registry.test/@corp/tool/-/@corp/tool-1.0.0.tgz",
        },
      },
    },
    access: null,
    _attachments: {
      "@corp/tool-1.0.0.tgz": {
        content_type: "application/octet-stream",
        data: "dGFyYmFsbA==",
        length: 7,
      },
    },
  });
});

test("without a tag a publication is the latest", async () => {
  const manifest = { name: "tool", version: "2.0.0" };
  const message = publishMessage({ ...PUBLISHED, manifest }, null);
  const document = JSON.parse(await textOf(message.body)) as { "dist-tags": unknown };
  expect(document["dist-tags"]).toEqual({ latest: "2.0.0" });
  expect(header(message.headers, "authorization")).toBeUndefined();
});
