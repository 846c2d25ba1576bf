import { afterEach, beforeEach, expect, test } from "vitest";
import { header, utf8 } from "../../wire/message.ts";
import type { Reply } from "../../wire/message.ts";
import {
  ACME,
  OFFICIAL,
  packumentOf,
  registryOf,
  SELF,
  startRegistry,
  UPSTREAM_CREDENTIAL,
} from "../surfaces/npm/sample-registry.ts";
import type { Answer, SampleRegistry } from "../surfaces/npm/sample-registry.ts";

const TOOL = "@acme/tool";
const FILE = "/private/@acme/tool/-/tool-1.0.0.tgz";
const DOWNLOAD = "GET /~acme/@acme/tool/-/tool-1.0.0.tgz";
const INSTALLER = [["accept", "application/vnd.npm.install-v1+json"]] as const;

let registry: SampleRegistry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.stop());

/** Puts acme's registry up with one package, whose tarball is at `url`. */
function standAcme(url = `${ACME}${FILE}`, tarball: string | Reply = "tgz"): void {
  const documents = { [TOOL]: packumentOf(TOOL, { "1.0.0": url }) };
  registry.upstream(ACME, registryOf("/private/", documents, { [FILE]: tarball }));
}

async function download(as = "alice"): Promise<Answer> {
  return registry.ask(DOWNLOAD, { as });
}

test("an alias's packument comes with this server's tarball URLs, in either form", async () => {
  standAcme();
  const full = await registry.ask("GET /~acme/@acme%2Ftool", { as: "alice" });
  const short = await registry.ask("GET /~acme/@acme/tool", { as: "bob", headers: INSTALLER });
  const dist = { tarball: `${SELF}/~acme/@acme/tool/-/tool-1.0.0.tgz`, integrity: "sha512-x" };
  expect(full.json).toMatchObject({ versions: { "1.0.0": { description: /./, dist } } });
  expect(short.json).toMatchObject({ versions: { "1.0.0": { dist } } });
  expect(header(full.headers, "content-type")).toBe("application/json");
  expect(header(short.headers, "content-type")).toBe("application/vnd.npm.install-v1+json");
  for (const { body } of [full, short]) expect(Buffer.from(body).toString()).not.toContain(ACME);
});

test("one version is read by number and by tag", async () => {
  standAcme();
  for (const wanted of ["1.0.0", "latest"]) {
    const reply = await registry.ask(`GET /~acme/@acme%2Ftool/${wanted}`, { as: "alice" });
    expect(reply.json).toMatchObject({ name: TOOL, version: "1.0.0" });
  }
  const missing = await registry.ask("GET /~acme/@acme%2Ftool/constructor", { as: "alice" });
  expect(missing.status).toBe(404);
});

test("a tarball streams from where it is, with the alias's credential and nobody else's", async () => {
  const body = (async function* () {
    yield utf8("a");
    yield utf8("bc");
  })();
  standAcme(`${ACME}${FILE}`, { status: 200, headers: [["content-length", "3"]], body });
  const reply = await download();
  expect(Buffer.from(reply.body).toString()).toBe("abc");
  expect(header(reply.headers, "content-length")).toBe("3");
  expect(registry.heard()).toEqual([
    `${ACME} /private/@acme%2Ftool ${UPSTREAM_CREDENTIAL}`,
    `${ACME} ${FILE} ${UPSTREAM_CREDENTIAL}`,
  ]);
});

test("only files that a version names are served, and nothing is asked for others", async () => {
  standAcme();
  await download();
  registry.heard();
  const reply = await registry.ask("GET /~acme/@acme/tool/-/payroll-1.0.0.tgz", { as: "alice" });
  expect(reply.status).toBe(404);
  expect(registry.heard()).toEqual([]);
});

test.each([
  ["a host that no rule names", "http://evil.test/tool-1.0.0.tgz", 502],
  ["this server itself", `${SELF}/~acme/@acme/tool/-/tool-1.0.0.tgz`, 404],
  ["another package's content", `${ACME}/private/@acme/payroll/-/tool-1.0.0.tgz`, 404],
])("a packument that leads to %s leads nowhere", async (_what, url, status) => {
  standAcme(url);
  registry.upstream("http://evil.test", async () => ({
    status: 200,
    headers: [],
    body: utf8("x"),
  }));
  expect((await download()).status).toBe(status);
  expect(registry.heard()).toEqual([`${ACME} /private/@acme%2Ftool ${UPSTREAM_CREDENTIAL}`]);
});

test("a signed query goes to the host that signed it, by a redirect as well", async () => {
  const moved = [["location", `${ACME}/private/moved.tgz?signature=two`]] as const;
  const documents = { [TOOL]: packumentOf(TOOL, { "1.0.0": `${ACME}${FILE}?signature=one` }) };
  const replies = {
    [`${FILE}?signature=one`]: { status: 302, headers: moved, body: utf8("") },
    "/private/moved.tgz?signature=two": "tgz",
  };
  registry.upstream(ACME, registryOf("/private/", documents, replies));
  expect(Buffer.from((await download()).body).toString()).toBe("tgz");
});

test("a credential does not follow a tarball to another registry", async () => {
  standAcme(`${OFFICIAL}/x/tool-1.0.0.tgz`);
  registry.upstream(OFFICIAL, registryOf("/", {}, { "/x/tool-1.0.0.tgz": "tgz" }));
  expect((await download()).status).toBe(200);
  expect(registry.heard()).toContain(`${OFFICIAL} /x/tool-1.0.0.tgz -`);
});

test.each([
  [401, 404],
  [403, 404],
  [404, 404],
  [500, 502],
  [429, 502],
])("an upstream's %d to a tarball is a %d here, with nothing of its words", async (said, heard) => {
  const body = utf8(`a long story with a secret ${"x".repeat(100_000)}`);
  standAcme(`${ACME}${FILE}`, { status: said, headers: [], body });
  const reply = await download();
  expect(reply.status).toBe(heard);
  expect(Buffer.from(reply.body).toString()).not.toContain("secret");
});

test("a tarball that does not come is given up within the time limit", async () => {
  standAcme(`${ACME}${FILE}`, { status: 200, headers: [], body: utf8("x"), cut: { how: "hang" } });
  expect((await download()).status).toBe(502);
});

test("a HEAD is answered as a GET would be", async () => {
  standAcme();
  const get = await registry.ask("GET /~acme/@acme%2Ftool", { as: "alice" });
  const head = await registry.ask("HEAD /~acme/@acme%2Ftool", { as: "alice" });
  expect(head.status).toBe(200);
  expect(head.headers).toEqual(get.headers);
});

test("whoever has a packument is told that it is still the same", async () => {
  standAcme();
  const first = await registry.ask("GET /~acme/@acme%2Ftool", { as: "alice" });
  const headers = [["if-none-match", header(first.headers, "etag") ?? ""]] as const;
  const again = await registry.ask("GET /~acme/@acme%2Ftool", { as: "bob", headers });
  expect(again).toMatchObject({ status: 304 });
  expect(again.body).toHaveLength(0);
});

test("names that no hosted rule claims are nobody's, and nothing is asked", async () => {
  expect((await registry.ask("GET /left-pad", { as: "alice" })).status).toBe(404);
  expect(registry.heard()).toEqual([]);
});

test("with a public fallback they are the official registry's, without any credential", async () => {
  await using fallback = await startFallback();
  const packument = await fallback.ask("GET /left-pad", { as: "alice" });
  expect(packument.json).toMatchObject({
    versions: { "1.0.0": { dist: { tarball: `${OFFICIAL}/left-pad/-/left-pad-1.0.0.tgz` } } },
  });
  const tarball = await fallback.ask("GET /left-pad/-/left-pad-1.0.0.tgz");
  expect(Buffer.from(tarball.body).toString()).toBe("tgz");
  const tags = await fallback.ask("GET /-/package/left-pad/dist-tags");
  expect(tags.json).toEqual({ latest: "1.0.0" });
  expect(fallback.heard().every((line) => line.startsWith(OFFICIAL) && line.endsWith(" -"))).toBe(
    true,
  );
});

test("a claimed name never falls through, whether it is missing, hidden or both", async () => {
  await using fallback = await startFallback();
  for (const name of ["secret-tool", "@corp/tool", "@local/tool"]) {
    expect((await fallback.ask(`GET /${name}`, { as: "mallory" })).status).toBe(404);
    expect((await fallback.ask(`GET /${name}`, { as: "alice" })).status).toBe(404);
    expect((await fallback.ask(`GET /${name}`)).status).toBe(401);
  }
  expect(fallback.heard()).toEqual([]);
});

async function startFallback(): Promise<SampleRegistry & AsyncDisposable> {
  const fallback = await startRegistry((text) => `${text}\nfallback: public\n`);
  const names = ["left-pad", "secret-tool", "@corp/tool"];
  const documents = Object.fromEntries(
    names.map((name) => [
      name,
      packumentOf(name, { "1.0.0": `${OFFICIAL}/${name}/-/${name}-1.0.0.tgz?sig=1` }),
    ]),
  );
  const tarballs = { "/left-pad/-/left-pad-1.0.0.tgz?sig=1": "tgz" };
  fallback.upstream(OFFICIAL, registryOf("/", documents, tarballs));
  return { ...fallback, [Symbol.asyncDispose]: () => fallback.stop() };
}
