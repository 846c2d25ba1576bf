import { expect, test } from "vitest";
import { parsePackument, REFUSED_TARBALL } from "./packument.ts";

const LARGE = "x".repeat(300 * 1024);
const written = {
  _id: "leaf",
  readme: 'ends in \\" and {[}"\\',
  versions: {
    "1.0.0": {
      name: "leaf",
      version: "1.0.0",
      scripts: { install: "run" },
      dependencies: { 'a\\"}': "^1" },
      deprecated: "über alt",
      dist: { integrity: "sha512-x", tarball: "http://r.test/leaf.tgz?x=1", signatures: [{}] },
      _npmUser: { name: "someone", trustedPublisher: { id: "ci" } },
    },
    "2.0.0": { version: "2.0.0", dist: { tarball: "http://u:p@r.test/leaf.tgz" } },
    ["__proto__"]: { version: "3.0.0" },
  },
  "dist-tags": { latest: "2.0.0" },
  time: { "1.0.0": "2020", "2.0.0": "2021", ["__proto__"]: "2022" },
  name: "leaf",
  modified: "2021-01-01",
};

function parse(document: unknown) {
  return parsePackument(
    "leaf",
    new TextEncoder().encode(JSON.stringify(document, null, 1)),
    "as-is",
  );
}

test("only what the resolver reads is kept, with tarballs routed and refused", () => {
  const parsed = parse(written);
  expect(Object.keys(parsed ?? {}).sort()).toEqual([
    "dist-tags",
    "modified",
    "name",
    "time",
    "versions",
  ]);
  expect(parsed?.versions["1.0.0"]).toEqual({
    name: "leaf",
    version: "1.0.0",
    dependencies: { 'a\\"}': "^1" },
    deprecated: "über alt",
    dist: { integrity: "sha512-x", tarball: "http://r.test/leaf.tgz" },
    _npmUser: { trustedPublisher: { id: "ci" } },
  });
  expect(parsed?.versions["2.0.0"]?.dist.tarball).toBe(REFUSED_TARBALL);
});

test("a large document is read piece by piece, to the same end", () => {
  const large = parse({ ...written, readme: written.readme + LARGE });
  expect(large).toEqual(parse(written));
  expect(large?.versions["1.0.0"]).toBeDefined();
});

test("publish times that leave a version out count as none", () => {
  expect(parse({ ...written, time: { "1.0.0": "2020" } })?.time).toBeUndefined();
  expect(parse({ ...written, time: undefined })?.time).toBeUndefined();
});

test.each([
  ["no object", "[]"],
  ["no JSON", "<html>"],
  ["cut short", '{"versions":{"1.0.0":{'],
  ["a string without an end", '{"versions":{"1.0.0'],
  ["no colon", '{"versions" {}}'],
  ["a comma too many", '{"versions":{},}'],
  ["broken inside", '{"versions":{"1.0.0":{"a":}}}'],
])("%s is unreadable, small or large", (_what, text) => {
  const encode = (json: string) => new TextEncoder().encode(json);
  expect(parsePackument("leaf", encode(text), "as-is")).toBeUndefined();
  expect(parsePackument("leaf", encode(" ".repeat(300 * 1024) + text), "as-is")).toBeUndefined();
});
