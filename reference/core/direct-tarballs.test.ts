import { expect, test } from "vitest";
import { isOpenPlace, isTarballSpecifier, placeTarball } from "./direct-tarballs.ts";
import { PARTS } from "./parts.ts";
import { isRefusal } from "./refusal.ts";
import { ACME_ALIAS, samplePolicy } from "./sample-policy.ts";

const alice = { user: "alice" };
const bob = { user: "bob" };
const mallory = { user: "mallory" };
const policy = samplePolicy();
const open = samplePolicy({ unknownRoutes: "anonymous" });

function place(url: string, caller = alice, rules = policy) {
  const found = placeTarball(PARTS, rules, caller, url);
  return isRefusal(found) ? found.refused : [found.route.class, found.url];
}

test.each([
  ["https://official.test/ms/-/ms-2.1.3.tgz", "public", "https://official.test/ms/-/ms-2.1.3.tgz"],
  [
    "https://mirror.test/@open/a/-/a-1.0.0.tgz",
    "public",
    "https://mirror.test/@open/a/-/a-1.0.0.tgz",
  ],
  [
    "https://npm.acme.test/private/@acme/a/-/a-1.0.0.tgz",
    "proxied",
    "https://self.test/~acme/@acme/a/-/a-1.0.0.tgz",
  ],
  [
    "https://npm.acme.test/private/%40acme%2fa/-/a-1.0.0.tgz",
    "proxied",
    "https://self.test/~acme/@acme/a/-/a-1.0.0.tgz",
  ],
  [
    "https://self.test/~acme/@acme/a/-/a-1.0.0.tgz",
    "proxied",
    "https://self.test/~acme/@acme/a/-/a-1.0.0.tgz",
  ],
  ["https://self.test/@corp/a/-/a-1.0.0.tgz", "hosted", "https://self.test/@corp/a/-/a-1.0.0.tgz"],
])("%s is %s, told as %s", (url, routeClass, told) => {
  expect(place(url)).toEqual([routeClass, told]);
});

test.each([
  ["https://npm.acme.test/private/@acme/vault/-/vault-1.0.0.tgz", bob, "not-admitted"],
  ["https://npm.acme.test/private/@acme/a/-/a-1.0.0.tgz", mallory, "not-admitted"],
  ["https://self.test/@corp/a/-/a-1.0.0.tgz", mallory, "not-admitted"],
  ["https://official.test/@acme/a/-/a-1.0.0.tgz", alice, "outside-allowlist"],
  ["https://npm.acme.test/private/files/a-1.0.0.tgz", alice, "outside-allowlist"],
  ["https://npm.acme.test/@acme/a/-/a-1.0.0.tgz", alice, "outside-allowlist"],
  ["http://npm.acme.test/private/@acme/a/-/a-1.0.0.tgz", alice, "outside-allowlist"],
  ["https://self.test/~other/@acme/a/-/a-1.0.0.tgz", alice, "outside-allowlist"],
  ["https://elsewhere.test/a/-/a-1.0.0.tgz", alice, "outside-allowlist"],
  ["https://u:p@official.test/ms/-/ms-2.1.3.tgz", alice, "inline-credentials"],
  ["https://official.test/a/../ms/-/ms-2.1.3.tgz", alice, "outside-allowlist"],
  ["https://official.test/ms/-/ms-2.1.3.tgz?token=secret", alice, "unsupported"],
])("%s is refused", (url, caller, reason) => {
  expect(place(url, caller)).toBe(reason);
});

test("a declared tarball origin belongs to the package in its path as well", () => {
  const cdn = { ...ACME_ALIAS, tarballOrigins: ["https://cdn.acme.test"] };
  const rules = samplePolicy({ aliases: [cdn] });
  const url = "https://cdn.acme.test/@acme/a/-/a-1.0.0.tgz";
  const routed = "https://self.test/~acme/@acme/a/-/a-1.0.0.tgz";
  expect(place(url, alice, rules)).toEqual(["proxied", routed]);
  expect(place(url, mallory, rules)).toBe("not-admitted");
});

test("what nobody's registry has is fetched anonymously, where that is served, and sealed", () => {
  expect(place("https://elsewhere.test/x/a.tgz", alice, open)).toEqual(["unknown", null]);
  expect(place("https://npm.acme.test/private/a.tgz", alice, open)).toBe("outside-allowlist");
});

test("a registry where everything is public needs no package in the path", () => {
  const rules = samplePolicy({ publicRoutes: [{ registry: "https://mirror.test/" }] });
  const url = "https://mirror.test/files/a.tgz";
  expect(place(url, mallory, rules)).toEqual(["public", url]);
});

test.each([
  ["https://elsewhere.test/a.tgz", open, true],
  ["https://official.test/ms/-/ms-2.1.3.tgz", open, true],
  ["https://elsewhere.test/a.tgz", policy, false],
  ["https://npm.acme.test/private/@acme/a/-/a-1.0.0.tgz", open, false],
  ["https://npm.acme.test/private/a.tgz", open, false],
  ["https://self.test/@corp/a/-/a-1.0.0.tgz", open, false],
  ["https://u:p@elsewhere.test/a.tgz", open, false],
])("whether what was sealed may still be fetched: %s", (url, rules, isOpen) => {
  expect(isOpenPlace(PARTS, rules, url)).toBe(isOpen);
});

test("a repository's URL is no tarball's", () => {
  expect(isTarballSpecifier("https://elsewhere.test/a/b.git#main")).toBe(false);
  expect(isTarballSpecifier("https://elsewhere.test/a/b.tgz")).toBe(true);
  expect(isTarballSpecifier("^1.0.0")).toBe(false);
});
