import { afterAll, beforeAll, expect, test } from "vitest";
import { sha256Hex } from "../../wire/digest.ts";
import { header } from "../../wire/message.ts";
import { hashPassword } from "./passwords.ts";
import { startRegistry } from "../surfaces/npm/sample-registry.ts";
import type { Answer, SampleRegistry } from "../surfaces/npm/sample-registry.ts";

let registry: SampleRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

async function logIn(name: string, password: string): Promise<Answer> {
  const body = { _id: `org.couchdb.user:${name}`, name, password, type: "user", roles: [] };
  return registry.ask(`PUT /-/user/org.couchdb.user:${name}`, { body });
}

async function tokenOf(name: string, password: string): Promise<string> {
  const { token } = (await logIn(name, password)).json as { token: string };
  return token;
}

interface Listed {
  readonly objects: readonly { readonly key: string; readonly token: string }[];
}

test("a login makes an account and a token, which says whose it is [resolve.registry.login]", async () => {
  const reply = await logIn("carol", "correct horse");
  expect(reply.status).toBe(201);
  expect(reply.json).toMatchObject({ ok: true, id: "org.couchdb.user:carol" });
  const { token } = reply.json as { token: string };
  expect(token).toMatch(/^lp_[\w-]{43}$/);
  expect((await registry.ask("GET /-/whoami", { as: token })).json).toEqual({ username: "carol" });
});

test("what is kept of a token is its digest, and of a password its hash", async () => {
  const token = await tokenOf("dora", "correct horse");
  const { accounts } = registry.stores;
  expect(await accounts.token(sha256Hex(token))).toMatchObject({ user: "dora", revoked: false });
  expect(JSON.stringify(await accounts.tokensOf("dora"))).not.toContain(token);
  expect(await accounts.password("dora")).toMatch(/^scrypt\$/);
});

test("the right password lets in again with another token, a wrong one does not", async () => {
  const first = await tokenOf("erin", "correct horse");
  expect(await tokenOf("erin", "correct horse")).not.toBe(first);
  const wrong = await logIn("erin", "battery staple");
  expect(wrong.status).toBe(401);
  expect(header(wrong.headers, "www-authenticate")).toMatch(/^Bearer /);
});

test("of two who take a name at once, one gets it", async () => {
  const both = await Promise.all([logIn("frank", "one"), logIn("frank", "two")]);
  expect(both.map(({ status }) => status).sort()).toEqual([201, 401]);
});

test("nobody sets a password for a user whom the config declares", async () => {
  expect((await logIn("alice", "anything")).status).toBe(401);
});

test("closed, a wrong name and a wrong password sound alike [resolve.registry.login]", async () => {
  const closed = await startRegistry((text) =>
    text.replace("registration: open", "registration: closed"),
  );
  const random = { bytes: (count: number) => new Uint8Array(count) };
  await closed.stores.accounts.putPassword("lena", await hashPassword("horse", random, 1_024));
  const tried = async (name: string): Promise<Answer> => {
    const body = { name, password: "a wrong one" };
    return closed.ask(`PUT /-/user/org.couchdb.user:${name}`, { body });
  };
  const wrongName = await tried("nobody");
  expect(wrongName.status).toBe(401);
  expect(await tried("lena")).toEqual(wrongName);
  expect(await closed.stores.accounts.password("nobody")).toBeUndefined();
  await closed.stop();
});

test.each([
  ["another name than the path's", { name: "mallory", password: "x" }],
  ["no password", { name: "grace" }],
  ["an empty password", { name: "grace", password: "" }],
  ["no object", []],
  ["no JSON", "{"],
])("a login with %s is malformed", async (_what, body) => {
  const reply = await registry.ask("PUT /-/user/org.couchdb.user:grace", { body });
  expect(reply.status).toBe(400);
  expect(await registry.stores.accounts.password("grace")).toBeUndefined();
});

test("a login that is no login's size is refused", async () => {
  const body = { name: "grace", password: "x".repeat(70_000) };
  expect((await registry.ask("PUT /-/user/org.couchdb.user:grace", { body })).status).toBe(413);
});

test("tokens are listed to their owner, without anything that would let one be used", async () => {
  const token = await tokenOf("heidi", "correct horse");
  const list = await registry.ask("GET /-/npm/v1/tokens", { as: token });
  expect(list.json).toMatchObject({
    objects: [{ key: sha256Hex(token), readonly: false, cidr_whitelist: null }],
    total: 1,
    urls: {},
  });
  expect(Buffer.from(list.body).toString()).not.toContain(token.slice(0, 10));
});

test("a token that is revoked by its key is refused at once, and not listed", async () => {
  const [first, second] = [await tokenOf("ivan", "horse"), await tokenOf("ivan", "horse")];
  const path = `/-/npm/v1/tokens/token/${sha256Hex(first)}`;
  expect((await registry.ask(`DELETE ${path}`, { as: second })).status).toBe(200);
  const refused = await registry.ask("GET /-/whoami", { as: first });
  expect(refused.status).toBe(401);
  expect(header(refused.headers, "www-authenticate")).toBeDefined();
  const list = (await registry.ask("GET /-/npm/v1/tokens", { as: second })).json as Listed;
  expect(list.objects.map(({ key }) => key)).toEqual([sha256Hex(second)]);
  expect((await registry.ask(`DELETE ${path}`, { as: second })).status).toBe(404);
});

test("a logout revokes the token that it names", async () => {
  const token = await tokenOf("judy", "correct horse");
  expect((await registry.ask(`DELETE /-/user/token/${token}`, { as: token })).status).toBe(200);
  expect((await registry.ask("GET /-/whoami", { as: token })).status).toBe(401);
  expect((await registry.ask("GET /-/ping", { as: token })).status).toBe(401);
});

test("nobody revokes another's token, and hears the same of one that is not there", async () => {
  const token = await tokenOf("kim", "correct horse");
  for (const path of ["/-/user/token/", "/-/npm/v1/tokens/token/"]) {
    const named = path.includes("npm") ? sha256Hex(token) : token;
    const theirs = await registry.ask(`DELETE ${path}${named}`, { as: "mallory" });
    const nobodys = await registry.ask(`DELETE ${path}nothing`, { as: "mallory" });
    expect(theirs.status).toBe(404);
    expect(theirs).toEqual(nobodys);
  }
  expect((await registry.ask("GET /-/whoami", { as: token })).status).toBe(200);
});

test.each(["GET /-/whoami", "GET /-/npm/v1/tokens", "DELETE /-/user/token/x"])(
  "%s needs a login",
  async (line) => {
    expect((await registry.ask(line)).status).toBe(401);
  },
);
