import { expect, test } from "vitest";
import { checkBoundary, hasInlineCredentials } from "./boundary.ts";
import { samplePolicy } from "./sample-policy.ts";
import type { Honoured } from "./request.ts";

const BARE: Honoured = {
  projects: [],
  registries: {},
  frozenLockfile: false,
  preferFrozenLockfile: false,
  fixLockfile: false,
  trustLockfile: false,
  ignoreManifestCheck: false,
};

function check(fields: Partial<Honoured>): string | null {
  return checkBoundary(samplePolicy(), fields, { ...BARE, ...fields })?.refused ?? null;
}

function withDependency(spec: string): Partial<Honoured> {
  return { projects: [{ dir: "", dependencies: { x: spec } }] };
}

test.each([
  "^1.0.0",
  "latest",
  "npm:@acme/tool@^1.0.0",
  "workspace:*",
  "link:../x",
  "catalog:",
  ">=1 <2 || ~3.1",
  "https://official.test/x/-/x-1.0.0.tgz",
  "https://npm.acme.test/private/@acme/tool/-/tool-1.0.0.tgz",
  "https://self.test/~acme/@acme/tool/-/tool-1.0.0.tgz",
])("%s passes", (spec) => {
  expect(check(withDependency(spec))).toBeNull();
});

test.each([
  "https://evil.test/x.tgz",
  "http://official.test/x/-/x-1.0.0.tgz",
  "https://official.test.evil.test/x.tgz",
  "https://npm.acme.test/private/../x.tgz",
  "https://npm.acme.test/private/%2e%2e/x.tgz",
  "https:\\\\evil.test\\x.tgz",
  "git+https://github.test/a/b.git",
  "git+ssh://git@github.test/a/b.git",
  "git://github.test/a/b.git",
  "ssh://git@github.test/a/b",
  "git@github.test:a/b.git",
  "github:a/b",
  "evil.test:a/b.git",
  "ftp://evil.test/x.tgz",
  "ht\ttps://evil.test/x.tgz",
  "https://npm.acme.test/private/%252e%252e/x.tgz",
  "a/b",
  "a/b#semver:^1",
  "//evil.test/x.tgz",
  "x@https://evil.test/x.tgz",
])("%s is outside the allowlist wherever it stands", (spec) => {
  expect(check(withDependency(spec))).toBe("outside-allowlist");
  expect(check({ overrides: { x: spec } })).toBe("outside-allowlist");
  expect(check({ catalogs: { default: { x: spec } } })).toBe("outside-allowlist");
  const lockfile = { packages: { "x@1.0.0": { resolution: { tarball: spec } } } };
  expect(check({ lockfile })).toBe("outside-allowlist");
});

test("a prefix that the request gives one of its registries names no place, but a transport does", () => {
  const registry = "https://npm.acme.test/private/";
  const prefixed = (prefix: string, spec: string): string | null =>
    check({ ...withDependency(spec), registries: { [registry]: { prefix } } });
  expect(prefixed("acme", "acme:^1.0.0")).toBeNull();
  expect(prefixed("acme", "else:^1.0.0")).toBe("outside-allowlist");
  expect(prefixed("github", "github:a/b")).toBe("outside-allowlist");
});

test("a registry outside the allowlist is named without query or credentials", () => {
  const refusal = checkBoundary(
    samplePolicy(),
    {},
    { ...BARE, registry: "https://evil.test/r?token=x" },
  );
  expect(refusal?.message).toBe("registry https://evil.test/r is outside the allowlist");
});

test.each([
  "https://user:pass@npm.acme.test/",
  "https://user@npm.acme.test/",
  "git+https://user:pass@github.test/a/b",
  "ssh://git:pass@github.test/a/b",
  "x@https://user:pass@npm.acme.test/x.tgz",
  "https:\\\\user:pass@npm.acme.test",
  "https:user:pass@npm.acme.test",
])("%s carries credentials, in any field and any key", (text) => {
  expect(hasInlineCredentials({ deep: [{ in: text }] })).toBe(true);
  expect(hasInlineCredentials({ registries: { [text]: {} } })).toBe(true);
});

test.each([
  "git@github.test:a/b",
  "https://host.test/@scope/name",
  "see me@example.test: x",
  "npm:@a/b@1",
])("%s carries none", (text) => {
  expect(hasInlineCredentials({ text })).toBe(false);
});

test("no field is passed over, used or not", () => {
  const authHeaders = { "https://a:b@host.test/": "Bearer made-up" };
  expect(hasInlineCredentials({ authHeaders })).toBe(true);
  expect(hasInlineCredentials({ overrides: { authHeaders: "https://a:b@host.test/" } })).toBe(true);
  expect(hasInlineCredentials({ authHeaders: { "//host.test/": "Basic YTpi" } })).toBe(false);
});

test("an integrity with a slash in it is no shorthand for a repository", () => {
  const lockfile = { packages: { "x@1.0.0": { resolution: { integrity: "sha512-ab/cd==" } } } };
  expect(check({ lockfile })).toBeNull();
});
