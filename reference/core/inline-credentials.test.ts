import { expect, test } from "vitest";
import { textHasCredentials } from "./inline-credentials.ts";

test.each([
  "http://user:pass@host.test/",
  "https://user@host.test/",
  "HTTPS://user:pass@host.test",
  "http://@host.test/",
  "http:user:pass@host.test",
  "http:\\\\user:pass@host.test",
  "https:/user@host.test",
  "https:////user@host.test",
  "ht\ntp://user:pass@host.test/",
  "http://us\ter:pass@host.test/",
  "npm:x@http://user:pass@host.test/x.tgz",
  "see http://user:pass@host.test/ there",
  "git+ssh://user:pass@host.test/a.git",
  "ftp://user:pass@host.test/",
  "//user:pass@host.test/",
])("%j has credentials", (text) => {
  expect(textHasCredentials(text)).toBe(true);
});

test.each([
  "npm:@acme/tool@^1.0.0",
  "https://host.test/@acme/tool/-/tool-1.0.0.tgz",
  "https://host.test/?mail=me@host.test",
  "https://host.test/#a@b",
  "git+ssh://git@host.test/a.git",
  "git@host.test:a/b.git",
  "http://host.test/ and me@host.test",
  "//host.test/@acme/tool",
  "@acme/tool@1.0.0(peer@2.0.0)",
  "workspace:@acme/tool@*",
])("%j has none", (text) => {
  expect(textHasCredentials(text)).toBe(false);
});

test.each(["http:", "a", "a:", "://", "http:/", "/", ":"])(
  "a body full of %j takes one pass",
  (piece) => {
    // What took the square of its length would not end within anybody's patience.
    const text = `${piece.repeat(2_000_000 / piece.length)}/@:`;
    expect(typeof textHasCredentials(text)).toBe("boolean");
  },
);
