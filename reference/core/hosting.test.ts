import { expect, test } from "vitest";
import { utf8 } from "../../wire/message.ts";
import type { HostedPackument } from "../ports.ts";
import { narrowed, published, removed, tagged } from "./hosting.ts";
import type { HostedChange } from "./hosting.ts";
import type { KnownVersion, Publication } from "./publication.ts";
import { isRefusal } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

const NAME = "@corp/tool";
const DAY = (day: number): string => new Date(Date.UTC(2026, 0, day)).toISOString();

function publication(said: Partial<Publication>): Publication {
  return { name: NAME, revision: null, tags: {}, fresh: [], known: [], ...said };
}

function fresh(...versions: readonly string[]): Publication["fresh"] {
  return versions.map((version) => {
    const file = `tool-${version}.tgz`;
    return {
      version: { name: NAME, version, dist: { integrity: "i", shasum: "s", file } },
      tarball: { file, bytes: utf8(version) },
    };
  });
}

function known(...versions: readonly string[]): KnownVersion[] {
  return versions.map((version) => ({ version, deprecated: undefined }));
}

function after(change: HostedChange | Refusal): HostedPackument {
  if (isRefusal(change)) throw new Error(change.message);
  if (change.packument === null) throw new Error("the package is gone");
  return change.packument;
}

/** A package with these versions, published a day after another, the last one `latest`. */
function packageOf(...versions: readonly string[]): HostedPackument {
  let made: HostedPackument | undefined;
  for (const [at, version] of versions.entries()) {
    const next = publication({ fresh: fresh(version), tags: { latest: version } });
    made = after(published(made, next, DAY(at + 1)));
  }
  if (made === undefined) throw new RangeError("a package has a version at least");
  return made;
}

test("a first version makes the package", () => {
  const change = published(undefined, publication({ fresh: fresh("1.0.0") }), DAY(1));
  expect(change).toMatchObject({ tarballs: [{ file: "tool-1.0.0.tgz" }] });
  expect(after(change)).toMatchObject({
    _id: NAME,
    name: NAME,
    "dist-tags": { latest: "1.0.0" },
    time: { created: DAY(1), modified: DAY(1), "1.0.0": DAY(1) },
  });
  expect(after(change)._rev).toMatch(/^1-[0-9a-f]{32}$/);
});

test("a package whose first version is not tagged latest has a latest all the same", () => {
  const beta = publication({ fresh: fresh("1.0.0-rc.1"), tags: { beta: "1.0.0-rc.1" } });
  expect(after(published(undefined, beta, DAY(1)))["dist-tags"]).toEqual({
    beta: "1.0.0-rc.1",
    latest: "1.0.0-rc.1",
  });
});

test("a second version keeps what was there, and moves only the tags that it names", () => {
  const before = packageOf("1.0.0");
  const next = publication({ fresh: fresh("2.0.0"), tags: { next: "2.0.0" } });
  const packument = after(published(before, next, DAY(2)));
  expect(Object.keys(packument.versions)).toEqual(["1.0.0", "2.0.0"]);
  expect(packument["dist-tags"]).toEqual({ latest: "1.0.0", next: "2.0.0" });
  expect(packument.time).toMatchObject({ created: DAY(1), "1.0.0": DAY(1), "2.0.0": DAY(2) });
  expect(packument._rev).toMatch(/^2-/);
});

test("a version is never published over", () => {
  const again = publication({ fresh: fresh("1.0.0") });
  expect(published(packageOf("1.0.0"), again, DAY(2))).toMatchObject({ refused: "conflict" });
});

test("a client that lists the versions it knows beside its new one is served, as npm retries", () => {
  const retried = publication({ fresh: fresh("1.1.0"), known: known("1.0.0") });
  const packument = after(published(packageOf("1.0.0"), retried, DAY(2)));
  expect(Object.keys(packument.versions)).toEqual(["1.0.0", "1.1.0"]);
});

test("a version without content must be there", () => {
  const unknown = publication({ fresh: fresh("1.1.0"), known: known("9.0.0") });
  expect(published(packageOf("1.0.0"), unknown, DAY(2))).toMatchObject({ refused: "malformed" });
  const proto = publication({ known: known("constructor") });
  expect(published(undefined, proto, DAY(2))).toMatchObject({ refused: "malformed" });
});

test("a tag of a version that is not there is refused", () => {
  const dangling = publication({ fresh: fresh("1.0.0"), tags: { latest: "9.0.0" } });
  expect(published(undefined, dangling, DAY(1))).toMatchObject({ refused: "malformed" });
});

test("a deprecation is said and taken back, and changes no tag", () => {
  const before = packageOf("1.0.0", "2.0.0");
  const said = publication({
    revision: before._rev,
    tags: { latest: "1.0.0" },
    known: [{ version: "1.0.0", deprecated: "too old" }],
  });
  const deprecated = after(published(before, said, DAY(3)));
  expect(deprecated.versions["1.0.0"]).toMatchObject({ deprecated: "too old" });
  expect(deprecated.versions["2.0.0"]).toEqual(before.versions["2.0.0"]);
  expect(deprecated["dist-tags"]).toEqual({ latest: "2.0.0" });
  const back = publication({ known: [{ version: "1.0.0", deprecated: null }] });
  expect(JSON.stringify(after(published(deprecated, back, DAY(4))).versions)).not.toContain(
    "deprecated",
  );
});

test("whoever read an older revision is told so", () => {
  const stale = publication({ revision: "1-stale", known: known("1.0.0") });
  const before = packageOf("1.0.0");
  expect(published(before, stale, DAY(2))).toMatchObject({ refused: "conflict" });
  expect(narrowed(before, stale, DAY(2))).toMatchObject({ refused: "conflict" });
  expect(removed(before, "1-stale")).toMatchObject({ refused: "conflict" });
  const fromNothing = publication({ revision: "1-stale", fresh: fresh("1.0.0") });
  expect(published(undefined, fromNothing, DAY(2))).toMatchObject({ refused: "conflict" });
});

test("versions that are left out of what shall remain are gone, with their times and tags", () => {
  const before = packageOf("1.0.0", "1.1.0", "2.0.0-rc.1", "2.0.0");
  const kept = publication({
    revision: before._rev,
    tags: { latest: "2.0.0", next: "2.0.0" },
    known: known("1.0.0", "1.1.0", "2.0.0-rc.1"),
  });
  const packument = after(narrowed(before, kept, DAY(9)));
  expect(Object.keys(packument.versions)).toEqual(["1.0.0", "1.1.0", "2.0.0-rc.1"]);
  expect(packument["dist-tags"]).toEqual({ latest: "1.1.0" });
  expect(Object.keys(packument.time).sort()).toEqual(
    ["1.0.0", "1.1.0", "2.0.0-rc.1", "created", "modified"].sort(),
  );
});

test("what shall remain must have been there, and be something", () => {
  const before = packageOf("1.0.0");
  const narrow = (said: Partial<Publication>) =>
    narrowed(before, publication({ revision: before._rev, ...said }), DAY(2));
  expect(narrow({ known: known("9.0.0") })).toMatchObject({ refused: "malformed" });
  expect(narrow({ known: [] })).toMatchObject({ refused: "malformed" });
  expect(narrow({ fresh: fresh("2.0.0"), known: known("1.0.0") })).toMatchObject({
    refused: "malformed",
  });
  expect(narrowed(undefined, publication({}), DAY(2))).toMatchObject({ refused: "not-found" });
});

test("a package is removed in the revision that was read", () => {
  const before = packageOf("1.0.0");
  expect(removed(before, before._rev)).toEqual({ packument: null });
  expect(removed(undefined, "1-a")).toMatchObject({ refused: "not-found" });
});

test("a tag is put, moved and taken away", () => {
  const before = packageOf("1.0.0", "2.0.0");
  const put = after(tagged(before, "old", "1.0.0", DAY(3)));
  expect(put["dist-tags"]).toEqual({ latest: "2.0.0", old: "1.0.0" });
  const moved = after(tagged(put, "old", "2.0.0", DAY(4)));
  expect(moved["dist-tags"]).toEqual({ latest: "2.0.0", old: "2.0.0" });
  const dropped = after(tagged(moved, "old", null, DAY(5)));
  expect(dropped["dist-tags"]).toEqual({ latest: "2.0.0" });
  expect(new Set([before, put, moved, dropped].map(({ _rev }) => _rev)).size).toBe(4);
});

test.each([
  ["latest", null, "malformed"],
  ["never", null, "not-found"],
  ["constructor", null, "not-found"],
  ["next", "9.0.0", "malformed"],
  ["next", "constructor", "malformed"],
  ["1.x", "1.0.0", "malformed"],
])("tag %s on %s is refused as %s", (tag, version, refused) => {
  expect(tagged(packageOf("1.0.0"), tag, version, DAY(2))).toMatchObject({ refused });
});

test("a package that is not there has no tags to change", () => {
  expect(tagged(undefined, "next", "1.0.0", DAY(1))).toMatchObject({ refused: "not-found" });
});
