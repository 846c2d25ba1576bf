import { expect, test } from "vitest";
import { utf8 } from "../../wire/message.ts";
import { classify } from "./classify.ts";
import type { Route } from "./classify.ts";
import {
  abbreviated,
  manifestOf,
  ownsTarball,
  parsePackument,
  routed,
  upstreamTarball,
  withoutPlaces,
} from "./documents.ts";
import type { Packument } from "./documents.ts";
import { isRefusal } from "./refusal.ts";
import { samplePolicy } from "./sample-policy.ts";

const NAME = "@acme/tool";
const UPSTREAM = "https://npm.acme.test/private";
const BASE = "https://self.test/~acme";

function routeOf(registry: string, name: string): Route {
  const route = classify(samplePolicy(), { user: "alice" }, registry, name);
  if (isRefusal(route)) throw new Error(route.message);
  return route;
}

const PROXIED = routeOf(`${BASE}/`, NAME);
const PUBLIC = routeOf("https://official.test/", "tool");

function packument(tarballs: Readonly<Record<string, unknown>>, fields: object = {}): Packument {
  const versions = Object.entries(tarballs).map(([version, tarball]) => [
    version,
    { name: NAME, version, dist: { tarball, integrity: "sha512-x" } },
  ]);
  const document = { name: NAME, versions: Object.fromEntries(versions) as unknown, ...fields };
  return parsePackument(utf8(JSON.stringify(document)));
}

function tarballsOf(document: Packument): Record<string, unknown> {
  const entries = Object.entries(document.versions);
  return Object.fromEntries(entries.map(([version, { dist }]) => [version, dist?.tarball]));
}

test.each([
  [`${UPSTREAM}/${NAME}/-/tool-1.0.0.tgz`, `${BASE}/${NAME}/-/tool-1.0.0.tgz`],
  ["https://files.acme.test/a/b/tool-1.0.0.tgz", `${BASE}/${NAME}/-/tool-1.0.0.tgz`],
  [`${UPSTREAM}/x/tool-1.0.0.tgz?sig=secret#part`, `${BASE}/${NAME}/-/tool-1.0.0.tgz`],
])("a proxied %s is served by the alias's endpoint", (tarball, shown) => {
  const document = routed(packument({ "1.0.0": tarball }), NAME, { base: BASE });
  expect(tarballsOf(document)).toEqual({ "1.0.0": shown });
});

test("a public tarball stays where it is, without query or fragment", () => {
  const document = packument({ "1.0.0": "https://cdn.test/tool-1.0.0.tgz?sig=secret#part" });
  expect(tarballsOf(routed(document, NAME, "as-is"))).toEqual({
    "1.0.0": "https://cdn.test/tool-1.0.0.tgz",
  });
});

test("versions whose tarball no client may be sent to are left out, and so are their tags", () => {
  const document = packument(
    {
      "1.0.0": `${UPSTREAM}/${NAME}/-/tool-1.0.0.tgz`,
      "1.1.0": "https://user:pass@npm.acme.test/tool-1.1.0.tgz",
      "1.2.0": `${UPSTREAM}/${NAME}/-/`,
      "1.3.0": "file:///etc/passwd",
      "1.4.0": null,
    },
    { "dist-tags": { latest: "1.4.0", old: "1.0.0" } },
  );
  const shown = routed(document, NAME, { base: BASE });
  expect(Object.keys(shown.versions)).toEqual(["1.0.0"]);
  expect(shown["dist-tags"]).toEqual({ old: "1.0.0" });
});

test("a manifest is found by version or by tag, and by nothing that objects inherit", () => {
  const document = packument({ "1.0.0": "x" }, { "dist-tags": { latest: "1.0.0" } });
  expect(manifestOf(document, "1.0.0")).toMatchObject({ version: "1.0.0" });
  expect(manifestOf(document, "latest")).toMatchObject({ version: "1.0.0" });
  for (const wanted of ["2.0.0", "constructor", "__proto__", "toString"]) {
    expect(manifestOf(document, wanted)).toBeUndefined();
  }
});

test("a tarball is found by the file that it is served under, and only if a version names it", () => {
  const real = "https://files.acme.test/deep/tool-1.0.0.tgz?sig=1";
  const document = packument({ "1.0.0": real, "1.1.0": null });
  expect(upstreamTarball(document, NAME, "tool-1.0.0.tgz")).toBe(real);
  expect(upstreamTarball(document, NAME, "tool-1.1.0.tgz")).toBeUndefined();
  expect(upstreamTarball(document, NAME, "payroll-1.0.0.tgz")).toBeUndefined();
});

test.each([
  [`${UPSTREAM}/@acme/tool/-/tool-1.0.0.tgz`, true],
  [`${UPSTREAM}/@acme%2Ftool/-/tool-1.0.0.tgz`, true],
  [`${UPSTREAM}/%40acme%2ftool/-/tool-1.0.0.tgz`, true],
  [`${UPSTREAM}/download/@acme/tool/1.0.0/tool.tgz`, true],
  ["https://files.acme.test/@acme/payroll/-/payroll-1.0.0.tgz", true],
  [`${UPSTREAM}/@acme/payroll/-/payroll-1.0.0.tgz`, false],
  [`${UPSTREAM}/@acme%2fpayroll/-/tool-1.0.0.tgz`, false],
  [`${UPSTREAM}/%40acme/payroll/-/tool-1.0.0.tgz`, false],
  [`${UPSTREAM}/tool/-/tool-1.0.0.tgz`, false],
  [`${UPSTREAM}/@acme/tool/../payroll/-/payroll-1.0.0.tgz`, false],
  ["https://user:pass@npm.acme.test/private/@acme/tool/-/tool-1.0.0.tgz", false],
])("%s may be fetched for @acme/tool: %s", (url, may) => {
  expect(ownsTarball(PROXIED, url)).toBe(may);
});

test("the abbreviated form has what installers need, and nothing else", () => {
  const document = packument({}, { readme: "long", time: { modified: "2020-01-01" } });
  const manifest = {
    name: NAME,
    version: "1.0.0",
    description: "long",
    dependencies: { a: "1" },
    scripts: { postinstall: "node x.js" },
    dist: { tarball: "x" },
    bin: "x.js",
    os: ["linux"],
  };
  expect(abbreviated({ ...document, versions: { "1.0.0": manifest } })).toEqual({
    name: NAME,
    modified: "2020-01-01",
    "dist-tags": {},
    versions: {
      "1.0.0": {
        name: NAME,
        version: "1.0.0",
        dependencies: { a: "1" },
        dist: { tarball: "x" },
        bin: "x.js",
        os: ["linux"],
        hasInstallScript: true,
      },
    },
    time: { modified: "2020-01-01" },
  });
});

test("a form that was abbreviated upstream stays as it is", () => {
  const manifest = { name: NAME, version: "1.0.0", hasInstallScript: true, scripts: {} };
  const document = { ...packument({}), modified: "2020", versions: { "1.0.0": manifest } };
  expect(abbreviated(document)).toEqual({
    name: NAME,
    modified: "2020",
    "dist-tags": {},
    versions: { "1.0.0": { name: NAME, version: "1.0.0", hasInstallScript: true } },
  });
});

test("no place upstream is named anywhere in a proxied document", () => {
  const resolved = `${UPSTREAM}/${NAME}/-/tool-1.0.0.tgz`;
  const text = JSON.stringify({ _resolved: resolved, bugs: "https://npm.acme.test/issues" });
  expect(JSON.parse(withoutPlaces(text, PROXIED, "https://self.test"))).toEqual({
    _resolved: `${BASE}/${NAME}/-/tool-1.0.0.tgz`,
    bugs: `${BASE}/issues`,
  });
  expect(withoutPlaces(text, PUBLIC, "https://self.test")).toBe(text);
});
