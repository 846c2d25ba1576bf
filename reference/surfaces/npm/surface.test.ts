import { afterAll, beforeAll, expect, test } from "vitest";
import { sha1Hex } from "../../../wire/digest.ts";
import { header } from "../../../wire/message.ts";
import { ACME, packumentOf, registryOf, startRegistry } from "./sample-registry.ts";
import type { Answer, SampleRegistry } from "./sample-registry.ts";

let registry: SampleRegistry;

/** Everything that is hidden here is really there, and was read by those who may before it is asked for. */
beforeAll(async () => {
  registry = await startRegistry();
  const documents = Object.fromEntries(
    ["@acme/tool", "@acme/payroll"].map((name) => [
      name,
      packumentOf(name, { "1.0.0": `${ACME}/private/${name}/-/x-1.0.0.tgz` }),
    ]),
  );
  const tarballs = { "/private/@acme/tool/-/x-1.0.0.tgz": "tgz" };
  registry.upstream(ACME, registryOf("/private/", documents, tarballs));
  for (const name of ["@corp/tool", "@corp/open", "secret-tool"]) await publish(name);
  for (const path of ["/~acme/@acme/tool", "/~acme/@acme/payroll", "/@corp/tool", "/secret-tool"]) {
    expect((await registry.ask(`GET ${path}`, { as: "alice" })).status).toBe(200);
  }
});
afterAll(() => registry.stop());

async function publish(name: string): Promise<void> {
  const data = Buffer.from(name);
  const body = {
    name,
    "dist-tags": { latest: "1.0.0" },
    versions: { "1.0.0": { name, version: "1.0.0", dist: { shasum: sha1Hex(data) } } },
    _attachments: { [`${name}-1.0.0.tgz`]: { data: data.toString("base64") } },
  };
  const reply = await registry.ask(`PUT /${name}`, { as: "alice", body });
  expect(reply.status).toBe(201);
}

/** What can be asked of a name: everything here must sound alike. */
const QUESTIONS: readonly ((at: string) => string)[] = [
  (at) => `GET ${at}`,
  (at) => `HEAD ${at}`,
  (at) => `GET ${at.replace(/(@[^/]+)\/([^/]+)$/, "$1%2f$2")}`,
  (at) => `GET ${at}/1.0.0`,
  (at) => `GET ${at}/latest`,
  (at) => `GET ${at}/-/x-1.0.0.tgz`,
  (at) => `HEAD ${at}/-/x-1.0.0.tgz`,
];

const OF_HOSTED: readonly ((at: string) => string)[] = [
  ...QUESTIONS,
  (at) => `GET /-/package${at}/dist-tags`,
  (at) => `PUT /-/package${at}/dist-tags/next`,
  (at) => `DELETE /-/package${at}/dist-tags/next`,
  (at) => `PUT ${at}`,
  (at) => `PUT ${at}/-rev/1-a`,
  (at) => `DELETE ${at}/-rev/1-a`,
  (at) => `DELETE ${at}/-/x-1.0.0.tgz/-rev/1-a`,
];

async function hear(line: string, as: string | undefined): Promise<Pick<Answer, "status">> {
  const body = "{}";
  return registry.ask(line, as === undefined ? { body } : { as, body });
}

test.each<[string, string | undefined, string, string, typeof QUESTIONS]>([
  ["an alias's package", "mallory", "/~acme/@acme/tool", "/~acme/@acme/missing", QUESTIONS],
  ["an alias's package", undefined, "/~acme/@acme/tool", "/~acme/@acme/missing", QUESTIONS],
  ["a refined package", "bob", "/~acme/@acme/payroll", "/~acme/@acme/not-yet", QUESTIONS],
  ["a refined package", "mallory", "/~acme/@acme/payroll", "/~acme/@acme/tool", QUESTIONS],
  ["an unclaimed name", "mallory", "/~acme/@acme/tool", "/~acme/left-pad", QUESTIONS],
  ["an unclaimed name", undefined, "/~acme/@acme/tool", "/~acme/left-pad", QUESTIONS],
  ["an alias", "mallory", "/~acme/@acme/tool", "/~nobodys/@acme/tool", QUESTIONS],
  ["an alias", undefined, "/~acme/@acme/tool", "/~nobodys/@acme/tool", QUESTIONS],
  ["a hosted package", "mallory", "/@corp/tool", "/@corp/missing", OF_HOSTED],
  ["a hosted package", undefined, "/@corp/tool", "/@corp/missing", OF_HOSTED],
  ["a name of its own rule", "mallory", "/secret-tool", "/unclaimed-tool", OF_HOSTED],
  ["a name of its own rule", undefined, "/secret-tool", "/unclaimed-tool", OF_HOSTED],
])("%s: %s hears of %s what is heard of %s", async (_what, as, there, missing, questions) => {
  registry.heard();
  for (const question of questions) {
    const ofOne = await hear(question(there), as);
    const ofNone = await hear(question(missing), as);
    expect(ofOne.status, question(there)).toBe(as === undefined ? 401 : 404);
    expect(ofOne, question(there)).toEqual(ofNone);
  }
  expect(registry.heard()).toEqual([]);
});

test("whoever is admitted hears of a missing name what an outsider hears of one that is there", async () => {
  const missing = await registry.ask("GET /~acme/@acme/missing", { as: "alice" });
  expect(missing).toEqual(await registry.ask("GET /~acme/@acme/tool", { as: "mallory" }));
  const hosted = await registry.ask("GET /@corp/missing", { as: "alice" });
  expect(hosted).toEqual(await registry.ask("GET /@corp/tool", { as: "mallory" }));
});

test("what everyone may read is read anonymously", async () => {
  expect((await registry.ask("GET /@corp/open")).status).toBe(200);
  const tarball = await registry.ask("GET /@corp/open/-/open-1.0.0.tgz");
  expect(Buffer.from(tarball.body).toString()).toBe("@corp/open");
});

test.each(["/@corp/open", "/@corp/tool", "/~acme/@acme/tool", "/-/ping", "/-/whoami"])(
  "a token that nobody has is refused at %s, and never taken for none",
  async (path) => {
    const reply = await registry.ask(`GET ${path}`, { as: "lp_nobodys" });
    expect(reply.status).toBe(401);
    expect(header(reply.headers, "www-authenticate")).toMatch(/^Bearer/);
    expect(reply.json).toHaveProperty("error");
  },
);

test("two credentials are nobody's, even if both are right", async () => {
  const headers = [["authorization", "Bearer lp_fake-token-of-bob"]] as const;
  const reply = await registry.ask("GET /@corp/open", { as: "alice", headers });
  expect(reply.status).toBe(400);
});

test("another scheme than Bearer is anonymous", async () => {
  const headers = [["authorization", "Basic YWxpY2U6eA=="]] as const;
  expect((await registry.ask("GET /@corp/open", { headers })).status).toBe(200);
  expect((await registry.ask("GET /@corp/tool", { headers })).status).toBe(401);
});

test.each([
  ["GET /-/ping", 200, {}],
  ["POST /-/v1/login", 404, { error: "not found" }],
  ["GET /-/nothing", 404, { error: "not found" }],
  ["GET /..%2f..%2fetc", 400, { error: "the path cannot be read" }],
  ["PUT /~acme/@acme%2ftool", 405, { error: "only GET, HEAD is answered here" }],
])("%s: %d", async (line, status, json) => {
  const reply = await registry.ask(line);
  expect(reply).toMatchObject({ status, json });
  expect(header(reply.headers, "cache-control")).toBe("private, no-store");
});
