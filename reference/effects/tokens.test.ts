import { expect, onTestFinished, test } from "vitest";
import { sha256Hex } from "../../wire/digest.ts";
import { startRegistry } from "../surfaces/npm/sample-registry.ts";
import type { SampleRegistry } from "../surfaces/npm/sample-registry.ts";

const TOKEN = "lp_fake-token-of-ci";
const DECLARED = `  users: { ci: { tokens: ["${sha256Hex(TOKEN)}"] } }\n`;

function declaring(text: string): string {
  return text.replace(/ {2}users:\n(?: {4}.*\n)+/, DECLARED);
}

async function start(): Promise<SampleRegistry> {
  const registry = await startRegistry(declaring);
  onTestFinished(() => registry.stop());
  return registry;
}

test("a token that the config declares lets its user in, and is not stored", async () => {
  const registry = await start();
  const { json } = await registry.ask("GET /-/whoami", { as: TOKEN });
  expect(json).toEqual({ username: "ci" });
  expect(await registry.stores.accounts.token(sha256Hex(TOKEN))).toBeUndefined();
});

test("a token that a reload takes out of the config lets nobody in, and comes back with it", async () => {
  const registry = await start();
  await registry.reload((text) => declaring(text).replace(DECLARED, ""));
  expect((await registry.ask("GET /-/whoami", { as: TOKEN })).status).toBe(401);
  await registry.reload(declaring);
  expect((await registry.ask("GET /-/whoami", { as: TOKEN })).status).toBe(200);
});

test("a declared token that its owner revoked stays revoked, whatever the config says", async () => {
  const registry = await start();
  const { json } = await registry.ask("GET /-/npm/v1/tokens", { as: TOKEN });
  expect(json).toMatchObject({ total: 1, objects: [{ key: sha256Hex(TOKEN) }] });
  await registry.ask(`DELETE /-/npm/v1/tokens/token/${sha256Hex(TOKEN)}`, { as: TOKEN });
  await registry.reload(declaring);
  expect((await registry.ask("GET /-/whoami", { as: TOKEN })).status).toBe(401);
});
