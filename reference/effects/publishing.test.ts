import { afterEach, beforeEach, expect, test } from "vitest";
import { sha1Hex, sha512Integrity } from "../../wire/digest.ts";
import { SELF, startRegistry } from "../surfaces/npm/sample-registry.ts";
import type { Answer, SampleRegistry } from "../surfaces/npm/sample-registry.ts";

let registry: SampleRegistry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

/** A document as `npm publish` sends it. */
function documentOf(name: string, version: string, fields: object = {}): object {
  const bytes = Buffer.from(`the tarball of ${name}@${version}`);
  const dist = { integrity: sha512Integrity(bytes), shasum: sha1Hex(bytes) };
  return {
    _id: name,
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { name, version, dist } },
    _attachments: {
      [`${name}-${version}.tgz`]: { data: bytes.toString("base64"), length: bytes.byteLength },
    },
    ...fields,
  };
}

async function publish(as: string | undefined, name: string, version: string): Promise<Answer> {
  const body = documentOf(name, version);
  const asked = as === undefined ? { body } : { as, body };
  return registry.ask(`PUT /${name.replace("/", "%2f")}`, asked);
}

interface Packument {
  readonly _rev: string;
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

async function read(as: string, name: string): Promise<Packument> {
  return (await registry.ask(`GET /${name}?write=true`, { as })).json as Packument;
}

test("what was published is read and downloaded as it came", async () => {
  const reply = await publish("alice", "@corp/tool", "1.0.0");
  expect(reply.status).toBe(201);
  expect(reply.json).toMatchObject({ ok: true, id: "@corp/tool" });
  const packument = await read("bob", "@corp/tool");
  const tarball = `${SELF}/@corp/tool/-/tool-1.0.0.tgz`;
  expect(packument.versions["1.0.0"]).toMatchObject({ dist: { tarball } });
  const download = await registry.ask("GET /@corp/tool/-/tool-1.0.0.tgz", { as: "bob" });
  expect(Buffer.from(download.body).toString()).toBe("the tarball of @corp/tool@1.0.0");
});

test("a version that is there is a conflict, and stays", async () => {
  await publish("alice", "@corp/tool", "1.0.0");
  const before = await read("bob", "@corp/tool");
  const again = await publish("alice", "@corp/tool", "1.0.0");
  expect(again.status).toBe(409);
  expect(again.json).toEqual({ error: "cannot publish over the existing version 1.0.0" });
  expect(await read("bob", "@corp/tool")).toEqual(before);
});

test("versions that are published at once are all there", async () => {
  const versions = ["1.0.0", "1.1.0", "1.2.0", "1.3.0"];
  const replies = await Promise.all(versions.map((one) => publish("alice", "@corp/tool", one)));
  expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  expect(Object.keys((await read("bob", "@corp/tool")).versions).sort()).toEqual(versions);
});

test("content that is not what its digest names is refused, and nothing is stored", async () => {
  const body = documentOf("@corp/tool", "1.0.0", {
    _attachments: { "@corp/tool-1.0.0.tgz": { data: "b3RoZXI=", length: 5 } },
  });
  const reply = await registry.ask("PUT /@corp%2ftool", { as: "alice", body });
  expect(reply.status).toBe(400);
  expect(reply.json).toMatchObject({ error: expect.stringContaining("digest") as unknown });
  expect(await registry.stores.hosted.packument("@corp/tool")).toBeUndefined();
});

test.each([
  ["another package's document", documentOf("@corp/other", "1.0.0"), 400],
  ["no JSON", "{", 400],
  ["no object", "[]", 400],
  ["too much", { name: "@corp/tool", readme: "x".repeat(100_000) }, 413],
])("%s is refused", async (_what, body, status) => {
  expect((await registry.ask("PUT /@corp%2ftool", { as: "alice", body })).status).toBe(status);
  expect(await registry.stores.hosted.packument("@corp/tool")).toBeUndefined();
});

test.each([
  ["PUT /@corp%2ftool", "bob", 403],
  ["PUT /@corp%2ftool/-rev/1-a", "bob", 403],
  ["DELETE /@corp%2ftool/-rev/1-a", "bob", 403],
  ["DELETE /@corp/tool/-/tool-1.0.0.tgz/-rev/1-a", "bob", 403],
  ["PUT /-/package/@corp%2ftool/dist-tags/next", "bob", 403],
  ["DELETE /-/package/@corp%2ftool/dist-tags/next", "bob", 403],
  ["PUT /@corp%2ftool", "mallory", 404],
  ["DELETE /@corp%2ftool/-rev/1-a", "mallory", 404],
  ["PUT /-/package/@corp%2ftool/dist-tags/next", "mallory", 404],
  ["PUT /unclaimed", "alice", 404],
  ["PUT /@corp%2ftool", undefined, 401],
  ["DELETE /@corp%2ftool/-rev/1-a", undefined, 401],
  ["PUT /unclaimed", undefined, 401],
])("%s by %s is answered %d before the body is read", async (line, as, status) => {
  await publish("alice", "@corp/tool", "1.0.0");
  const before = await read("alice", "@corp/tool");
  const asked = { body: "not JSON, and not read" };
  const reply = await registry.ask(line, as === undefined ? asked : { ...asked, as });
  expect(reply.status).toBe(status);
  expect(await read("alice", "@corp/tool")).toEqual(before);
});

test("whoever the publish list admits may publish", async () => {
  expect((await publish("mallory", "@local/tool", "1.0.0")).status).toBe(201);
});

test("a version is deprecated by putting the document back, at the revision that was read", async () => {
  await publish("alice", "@corp/tool", "1.0.0");
  const document = await read("alice", "@corp/tool");
  const manifest = { ...document.versions["1.0.0"], deprecated: "too old" };
  const body = { ...document, versions: { "1.0.0": manifest } };
  expect((await registry.ask("PUT /@corp%2ftool", { as: "alice", body })).status).toBe(201);
  const after = await read("bob", "@corp/tool");
  expect(after.versions["1.0.0"]).toMatchObject({ deprecated: "too old" });
  expect(after.versions["1.0.0"]?.["dist"]).toEqual(document.versions["1.0.0"]?.["dist"]);
  expect((await registry.ask("PUT /@corp%2ftool", { as: "alice", body })).status).toBe(409);
});

test("npm's way to unpublish one version: what remains is put, then the tarball is removed", async () => {
  await publish("alice", "@corp/tool", "1.0.0");
  await publish("alice", "@corp/tool", "2.0.0");
  const document = await read("alice", "@corp/tool");
  const versions = { "1.0.0": document.versions["1.0.0"] };
  const body = { ...document, versions, "dist-tags": { latest: "1.0.0" } };
  const put = `PUT /@corp%2ftool/-rev/${document._rev}`;
  expect((await registry.ask(put, { as: "alice", body })).status).toBe(201);
  const { _rev, ...after } = await read("alice", "@corp/tool");
  expect(after["dist-tags"]).toEqual({ latest: "1.0.0" });
  const file = "/@corp/tool/-/tool-2.0.0.tgz";
  expect((await registry.ask(`DELETE ${file}/-rev/${_rev}`, { as: "alice" })).status).toBe(200);
  expect((await registry.ask(`GET ${file}`, { as: "alice" })).status).toBe(404);
  expect(await registry.stores.hosted.tarball("@corp/tool", "tool-2.0.0.tgz")).toBeUndefined();
  const kept = `DELETE /@corp/tool/-/tool-1.0.0.tgz/-rev/${_rev}`;
  expect((await registry.ask(kept, { as: "alice" })).status).toBe(409);
});

test("a package is unpublished whole, in the revision that was read, and can come again", async () => {
  await publish("alice", "@corp/tool", "1.0.0");
  const { _rev } = await read("alice", "@corp/tool");
  expect((await registry.ask("DELETE /@corp%2ftool/-rev/0-x", { as: "alice" })).status).toBe(409);
  const line = `DELETE /@corp%2ftool/-rev/${_rev}`;
  expect((await registry.ask(line, { as: "alice" })).status).toBe(200);
  expect((await registry.ask("GET /@corp%2ftool", { as: "alice" })).status).toBe(404);
  expect((await registry.ask("GET /@corp/tool/-/tool-1.0.0.tgz", { as: "alice" })).status).toBe(
    404,
  );
  expect((await registry.ask(line, { as: "alice" })).status).toBe(404);
  expect((await publish("alice", "@corp/tool", "1.0.0")).status).toBe(201);
});

test("dist-tags are read, put and taken away", async () => {
  await publish("alice", "@corp/tool", "1.0.0");
  await publish("alice", "@corp/tool", "2.0.0");
  const tags = "/-/package/@corp%2ftool/dist-tags";
  const put = await registry.ask(`PUT ${tags}/old`, { as: "alice", body: '"1.0.0"' });
  expect(put.status).toBe(201);
  const listed = await registry.ask(`GET ${tags}`, { as: "bob" });
  expect(listed.json).toEqual({ latest: "2.0.0", old: "1.0.0" });
  expect((await registry.ask(`DELETE ${tags}/old`, { as: "alice" })).status).toBe(200);
  expect((await registry.ask(`DELETE ${tags}/old`, { as: "alice" })).status).toBe(404);
  expect((await registry.ask(`DELETE ${tags}/latest`, { as: "alice" })).status).toBe(400);
  const dangling = await registry.ask(`PUT ${tags}/next`, { as: "alice", body: '"9.0.0"' });
  expect(dangling.status).toBe(400);
  expect((await registry.ask(`PUT ${tags}/next`, { as: "alice", body: "{}" })).status).toBe(400);
});
