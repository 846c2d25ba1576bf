import { expect, test } from "vitest";
import { utf8 } from "../../../wire/message.ts";
import { baseKey } from "../../core/base-key.ts";
import { isRefusal } from "../../core/refusal.ts";
import { appliedPolicies } from "../../core/request.ts";
import { readBody, readTarget } from "./read.ts";

function honoured(body: unknown) {
  const read = readBody("resolve", utf8(JSON.stringify(body)));
  if (isRefusal(read)) throw new Error(read.message);
  return read.request.honoured;
}

test.each([
  ["GET", "/-/pnpr", { want: "handshake" }],
  ["POST", "/-/pnpr/v0/resolve", { want: "answer", ask: "resolve" }],
  ["POST", "/-/pnpr/v0/verify-lockfile?x=1", { want: "answer", ask: "verify" }],
  ["GET", "/left-pad", null],
  ["POST", "/-/pnpr/v0/resolve/", null],
])("%s %s", (method, target, intent) => {
  expect(readTarget(method, target)).toEqual(intent);
});

test("another method is refused by name", () => {
  expect(readTarget("GET", "/-/pnpr/v0/resolve")).toMatchObject({ refused: "wrong-method" });
});

test.each([
  ["resolve", "not JSON", "the body is not JSON"],
  ["resolve", "[]", "the body is not a JSON object"],
  ["resolve", '{"projects":"all"}', "projects: "],
  ["resolve", '{"projects":[{"dir":"","dependencies":{"x":1}}]}', "projects.0.dependencies.x: "],
  ["resolve", '{"resolutionMode":"sideways"}', "resolutionMode: "],
  ["resolve", '{"minimumReleaseAge":-1}', "minimumReleaseAge: "],
  [
    "resolve",
    '{"registries":{"http://a.test/":{"scopes":["@x"]},"http://b.test/":{"scopes":["@x"]}}}',
    "registries: @x is routed to two registries",
  ],
  ["verify", '{"projects":[]}', "lockfile: there is none to verify"],
  ["resolve", `{"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, "nested too deeply"],
  ["resolve", `{"lockfile":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}`, "nested too deeply"],
] as const)("%s of %s is refused: %s", (ask, body, message) => {
  const read = readBody(ask, utf8(body));
  expect(isRefusal(read) ? read.message : "read").toContain(message);
});

test("a refusal repeats no key that may hold a secret", () => {
  const secret = "https://user:made-up@host.test/";
  const bodies = [{ overrides: { [secret]: 1 } }, { catalogs: { [secret]: { x: 1 } } }];
  for (const body of bodies) {
    const read = readBody("resolve", utf8(JSON.stringify(body)));
    expect(isRefusal(read) ? read.message : "read").toMatch(/^(?:overrides|catalogs)\.…/);
  }
});

test("null means unset, and unknown fields are ignored", () => {
  const bare = honoured({ projects: [{ dir: "." }] });
  const wordy = honoured({
    projects: [{ dir: ".", dependencies: null }],
    overrides: null,
    lockfile: null,
    authHeaders: { "//host.test/": "Bearer made-up" },
    somethingNew: true,
  });
  expect(baseKey("resolve", wordy)).toBe(baseKey("resolve", bare));
});

test.each([
  ["an override", { overrides: { x: "1.0.0" } }],
  ["the registry", { registry: "http://other.test/" }],
  ["the mode", { resolutionMode: "time-based" }],
  ["a release age", { minimumReleaseAge: 1440 }],
  ["the lockfile", { lockfile: { lockfileVersion: "9.0" } }],
  ["a lockfile flag", { frozenLockfile: true }],
  ["a dependency", { projects: [{ dir: ".", dependencies: { x: "^1.0.0" } }] }],
])("%s makes another base key", (_what, fields) => {
  const bare = { projects: [{ dir: "." }] };
  expect(baseKey("resolve", honoured({ ...bare, ...fields }))).not.toBe(
    baseKey("resolve", honoured(bare)),
  );
});

test("the maps at the top level are a project of their own", () => {
  const flat = honoured({ dependencies: { x: "1.0.0" } });
  expect(flat.projects).toEqual([{ dir: "", dependencies: { x: "1.0.0" } }]);
});

test("appliedPolicies echoes fourteen fields in the types that clients compare", () => {
  const asked = { trustPolicy: "off", minimumReleaseAge: 1440, minimumReleaseAgeExclude: null };
  expect(appliedPolicies(honoured(asked))).toEqual({
    autoInstallPeers: true,
    dedupePeers: false,
    excludeLinksFromLockfile: false,
    addMissingPeerTypes: false,
    projectScopedOptionalPeers: false,
    frozenLockfile: false,
    resolutionMode: "highest",
    trustLockfile: false,
    minimumReleaseAge: 1440,
    minimumReleaseAgeExclude: [],
    minimumReleaseAgeIgnoreMissingTime: null,
    trustPolicy: null,
    trustPolicyExclude: [],
    trustPolicyIgnoreAfter: null,
  });
});

test("a key that a map would lose is refused, however deep it stands", () => {
  const text = '{"projects":[{"dir":".","dependencies":{"__proto__":"1.0.0"}}]}';
  expect(readBody("resolve", Buffer.from(text))).toMatchObject({ refused: "malformed" });
});
