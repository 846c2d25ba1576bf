import { expect, test } from "vitest";
import { sha1Hex, sha512Integrity } from "../../wire/digest.ts";
import { utf8 } from "../../wire/message.ts";
import { isTagName, readPublication, tarballName } from "./publication.ts";

const BYTES = utf8("a tarball");
const DIST = { integrity: sha512Integrity(BYTES), shasum: sha1Hex(BYTES) };
const NAME = "@corp/tool";

interface Said {
  readonly document?: object;
  readonly manifest?: object;
  readonly dist?: object;
  readonly attachment?: object;
  readonly file?: string;
  readonly version?: string;
}

/** A document as `npm publish` sends it, but for what is said. */
function documentOf(said: Said = {}): object {
  const { version = "1.0.0", file = `${NAME}-${version}.tgz` } = said;
  const data = Buffer.from(BYTES).toString("base64");
  return {
    _id: NAME,
    name: NAME,
    "dist-tags": { latest: version },
    versions: {
      [version]: { name: NAME, version, main: "x.js", dist: said.dist ?? DIST, ...said.manifest },
    },
    _attachments: { [file]: { data, length: BYTES.byteLength, ...said.attachment } },
    ...said.document,
  };
}

test("a publication brings its content, under digests of this server's making", () => {
  const dist = { ...DIST, tarball: "http://elsewhere.test/x.tgz", signatures: [] };
  expect(readPublication(NAME, documentOf({ dist }))).toEqual({
    name: NAME,
    revision: null,
    tags: { latest: "1.0.0" },
    fresh: [
      {
        version: {
          name: NAME,
          version: "1.0.0",
          main: "x.js",
          dist: { ...DIST, file: "tool-1.0.0.tgz" },
        },
        tarball: { file: "tool-1.0.0.tgz", bytes: Buffer.from(BYTES) },
      },
    ],
    known: [],
  });
});

test.each([
  ["a sha512 alone", { integrity: DIST.integrity }],
  ["a shasum alone", { shasum: DIST.shasum }],
  ["an older digest", { integrity: `sha1-${Buffer.from(DIST.shasum, "hex").toString("base64")}` }],
])("%s is enough to hold content against", (_what, dist) => {
  expect(readPublication(NAME, documentOf({ dist }))).toMatchObject({ fresh: [{}] });
});

test("a document without content says what it says of versions that are there", () => {
  const versions = {
    "1.0.0": { name: NAME, version: "1.0.0", deprecated: "too old", dist: {} },
    "1.1.0": { name: NAME, version: "1.1.0", deprecated: "" },
    "1.2.0": { name: NAME, version: "1.2.0" },
  };
  const document = { _id: NAME, _rev: "3-abc", name: NAME, versions };
  expect(readPublication(NAME, document)).toEqual({
    name: NAME,
    revision: "3-abc",
    tags: {},
    fresh: [],
    known: [
      { version: "1.0.0", deprecated: "too old" },
      { version: "1.1.0", deprecated: null },
      { version: "1.2.0", deprecated: undefined },
    ],
  });
});

test.each<[string, Said]>([
  ["a wrong sha512", { dist: { ...DIST, integrity: sha512Integrity("other") } }],
  ["a wrong shasum", { dist: { ...DIST, shasum: sha1Hex("other") } }],
  ["a wrong shasum beside a right sha512", { dist: { ...DIST, shasum: "" } }],
  ["an integrity that is none", { dist: { integrity: "nonsense" } }],
  ["an integrity that is no text", { dist: { integrity: 1 } }],
  ["an empty integrity", { dist: { integrity: "" } }],
  ["no digest at all", { dist: {} }],
  ["no dist", { manifest: { dist: null } }],
  ["an attachment that was cut", { attachment: { length: 10_000 } }],
  ["an attachment that grew", { attachment: { length: 1 } }],
  ["an attachment without data", { attachment: { data: undefined } }],
  ["an empty attachment", { attachment: { data: "", length: 0 } }],
  ["an attachment of another package", { file: "@corp/other-1.0.0.tgz" }],
  ["an attachment of another version", { file: `${NAME}-2.0.0.tgz` }],
  ["an attachment that is no tarball", { file: `${NAME}-1.0.0.zip` }],
  ["another name", { document: { name: "@corp/other" } }],
  ["another id", { document: { _id: "@corp/other" } }],
  ["another name in the manifest", { manifest: { name: "@corp/other" } }],
  ["another version in the manifest", { manifest: { version: "1.0.1" } }],
  ["a version that is none", { version: "1.0" }],
  ["a version with a v", { version: "v1.0.0" }],
  ["a version that is a prototype's key", { version: "__proto__" }],
  ["versions that are none", { document: { versions: [] } }],
  ["no versions", { document: { versions: undefined } }],
  ["a manifest that is none", { document: { versions: { "1.0.0": "x" } } }],
  ["tags that are none", { document: { "dist-tags": "latest" } }],
  ["a tag that reads as a range", { document: { "dist-tags": { "1.x": "1.0.0" } } }],
  ["a tag of no version", { document: { "dist-tags": { latest: 1 } } }],
  ["attachments that are none", { document: { _attachments: [] } }],
])("%s is refused", (_what, said) => {
  expect(readPublication(NAME, documentOf(said))).toMatchObject({ refused: "malformed" });
});

test.each([null, undefined, 1, "x", [], {}])("%j is no publish document", (body) => {
  expect(readPublication(NAME, body)).toMatchObject({ refused: "malformed" });
});

test.each(["latest", "next", "beta-2", "release_x"])("%s is a tag's name", (tag) => {
  expect(isTagName(tag)).toBe(true);
});

test.each(["", "1.0.0", "v2", "1.x", "*", "x", "a b", "a/b", "-a", "a".repeat(129)])(
  "%j is no tag's name",
  (tag) => {
    expect(isTagName(tag)).toBe(false);
  },
);

test("a scope is no part of a tarball's file name", () => {
  expect(tarballName("@corp/tool", "1.0.0")).toBe("tool-1.0.0.tgz");
  expect(tarballName("tool", "1.0.0-rc.1")).toBe("tool-1.0.0-rc.1.tgz");
});
