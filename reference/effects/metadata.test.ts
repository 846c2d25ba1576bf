import { afterEach, beforeEach, expect, test } from "vitest";
import { WireError } from "../../wire/message.ts";
import {
  OFFICIAL,
  packumentOf,
  registryOf,
  startRegistry,
} from "../surfaces/npm/sample-registry.ts";
import type { SampleRegistry } from "../surfaces/npm/sample-registry.ts";

let registry: SampleRegistry;
beforeEach(async () => {
  // Everything is asked for again, and may be stood in for by what is stored.
  registry = await startRegistry(
    (text) => `${text}cache: { metadataTtlSeconds: 0, resolutionTtlSeconds: 0 }\n`,
  );
  const documents = NAMES.map((name) => [
    name,
    packumentOf(name, { "1.0.0": `${OFFICIAL}/x.tgz` }),
  ]);
  const all = Object.fromEntries(documents) as Readonly<Record<string, object>>;
  registry.upstream(OFFICIAL, registryOf("/", all));
  expect(await verifyAll()).toContain('"type":"done"');
  expect(registry.heard()).toHaveLength(NAMES.length);
});
afterEach(() => registry.stop());

const NAMES = Array.from({ length: 60 }, (_, at) => `package-${at}`);

/** Verification asks for every locked package, some of them at once. */
async function verifyAll(): Promise<string> {
  const packages = NAMES.map((name) => [
    `${name}@1.0.0`,
    { resolution: { integrity: "sha512-x" } },
  ]);
  const lockfile = { lockfileVersion: "9.0", packages: Object.fromEntries(packages) as unknown };
  const body = { projects: [{ dir: "" }], lockfile };
  const reply = await registry.ask("POST /-/pnpr/v0/verify-lockfile", { as: "alice", body });
  return Buffer.from(reply.body).toString();
}

test("a registry that cannot be reached is waited for once, not once for every package", async () => {
  registry.upstream(OFFICIAL, () => Promise.reject(new WireError("timeout", "too late")));
  expect(await verifyAll()).toContain('"type":"done"');
  expect(registry.heard().length).toBeLessThan(NAMES.length / 2);
});

test("what one request could not reach is asked for again by the next", async () => {
  registry.upstream(OFFICIAL, () => Promise.reject(new WireError("reset", "gone")));
  await verifyAll();
  registry.heard();
  await verifyAll();
  expect(registry.heard()).not.toEqual([]);
});
