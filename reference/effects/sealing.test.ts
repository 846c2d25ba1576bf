import { expect, test } from "vitest";
import { seal, unseal } from "./sealing.ts";

const URL_TEXT = "http://elsewhere.test/x/-/x-1.0.0.tgz";

test("what was sealed opens again, and names no upstream while it is closed", () => {
  const sealed = seal("a-test-secret", URL_TEXT);
  expect(unseal("a-test-secret", sealed)).toBe(URL_TEXT);
  expect(Buffer.from(sealed, "base64url").toString("latin1")).not.toContain("elsewhere");
});

test("one URL seals to one text, another to another", () => {
  expect(seal("a-test-secret", URL_TEXT)).toBe(seal("a-test-secret", URL_TEXT));
  expect(seal("a-test-secret", URL_TEXT)).not.toBe(seal("a-test-secret", `${URL_TEXT}x`));
});

test.each(["", "short", "A".repeat(80)])("%j was not sealed here", (text) => {
  expect(unseal("a-test-secret", text)).toBeNull();
});

test("another secret, or a changed byte, opens nothing", () => {
  const sealed = seal("a-test-secret", URL_TEXT);
  expect(unseal("another-secret", sealed)).toBeNull();
  const bytes = Buffer.from(sealed, "base64url");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  expect(unseal("a-test-secret", bytes.toString("base64url"))).toBeNull();
});
