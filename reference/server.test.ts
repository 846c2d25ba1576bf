import { randomBytes } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { sha256Hex, sha512Integrity } from "../wire/digest.ts";
import { bytesOf, jsonReply, NO_BODY, textOf, utf8 } from "../wire/message.ts";
import type { Handler, Message, Reply } from "../wire/message.ts";
import { createSwitchboard } from "../wire/switchboard.ts";
import { parseConfig } from "./config.ts";
import { openStores } from "./effects/stores/open.ts";
import type { Ports, Resolution, Resolver } from "./ports.ts";
import { inlineResolver } from "./resolver/inline.ts";
import { createReference } from "./server.ts";

const CONFIG = `
publicUrl: http://self.test
data: ":memory:"
officialRegistry: http://official.test
auth: { users: ${users("alice", "mallory")} }
teams: { acme: [alice] }
aliases:
  acme:
    registry: http://npm.acme.test
    claims: ["@acme/*"]
    credential: { env: ACME }
    access: [team:acme]
public: { routes: [] }
unknownRoutes: reject
`;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

test("rules that change while a resolve runs, and change back, leave no private package public", async () => {
  const server = await start();
  const opened = CONFIG.replace("routes: []", "routes: [{ registry: http://npm.acme.test }]");
  server.upstream("http://official.test", async () => {
    await server.reload(opened);
    return packument("left-pad", { "@acme/leaf": "1.0.0" });
  });
  server.upstream("http://npm.acme.test", async () => {
    await server.reload(CONFIG);
    return packument("@acme/leaf");
  });
  const request = {
    projects: [{ dir: ".", dependencies: { "left-pad": "1.0.0" } }],
    registries: { "http://npm.acme.test/": { scopes: ["@acme"] } },
  };
  expect(await server.resolves("alice", request)).toContain('"@acme/leaf@1.0.0"');
  const told = await server.resolves("mallory", request);
  expect(told).toContain('"type":"error"');
  expect(told).not.toContain("@acme/leaf@1.0.0");
});

test("a sealed URL is fetched for whoever has it, as long as it leads nowhere else", async () => {
  const anonymous = CONFIG.replace("unknownRoutes: reject", "unknownRoutes: anonymous");
  const server = await start(anonymous);
  server.upstream("http://elsewhere.test", async ({ target }) =>
    target.endsWith(".tgz")
      ? { status: 200, headers: [], body: utf8("the tarball") }
      : packument("stray", {}, "http://elsewhere.test"),
  );
  const request = {
    projects: [{ dir: ".", dependencies: { stray: "1.0.0" } }],
    registry: "http://elsewhere.test/",
  };
  const told = await server.resolves("alice", request);
  const target =
    /http:\/\/self\.test(\/-\/gateway\/[\w-]+\/stray-1\.0\.0\.tgz)/.exec(told)?.[1] ?? "";
  expect(await server.asks("GET", target)).toMatchObject({ status: 200, text: "the tarball" });
  const tampered = target.replace(/gateway\/./, (start) =>
    start.endsWith("A") ? "gateway/B" : "gateway/A",
  );
  expect((await server.asks("GET", tampered)).status).toBe(404);
  expect((await server.asks("PUT", target)).status).toBe(405);
  await server.reload(CONFIG);
  expect((await server.asks("GET", target)).status).toBe(404);
  await server.reload(anonymous.replace("http://npm.acme.test", "http://elsewhere.test"));
  expect((await server.asks("GET", target)).status).toBe(200);
  await server.reload(
    anonymous.replace("http://npm.acme.test", "http://elsewhere.test").replace('"@acme/*"', '"*"'),
  );
  expect((await server.asks("GET", target)).status).toBe(404);
});

test("whoever waited for a resolve that failed is resolved for anew", async () => {
  const gate = Promise.withResolvers<undefined>();
  const begun = Promise.withResolvers<undefined>();
  let calls = 0;
  const resolver: Resolver = {
    resolve: async (): Promise<Resolution> => {
      calls += 1;
      if (calls > 1) return { ok: true, lockfile: {}, totalPackages: 0, violations: [] };
      begun.resolve(undefined);
      await gate.promise;
      throw new Error("made to fail");
    },
    close: async () => undefined,
  };
  const server = await start(CONFIG, resolver);
  const request = { projects: [{ dir: ".", dependencies: {} }] };
  const leader = server.resolves("alice", request);
  await begun.promise;
  const follower = server.resolves("mallory", { ...request, unknown: "so that the bytes differ" });
  gate.resolve(undefined);
  expect(await leader).toContain("error");
  expect(await follower).toContain('"type":"done"');
});

interface Started {
  reload(config: string): Promise<void>;
  upstream(origin: string, handler: Handler): void;
  resolves(user: string, request: unknown): Promise<string>;
  asks(method: string, target: string): Promise<{ readonly status: number; readonly text: string }>;
}

async function start(text = CONFIG, resolver: Resolver = inlineResolver()): Promise<Started> {
  const board = createSwitchboard();
  const stores = await openStores(":memory:");
  const ports: Ports = {
    clock: { now: () => Date.UTC(2026, 0, 1) },
    random: { bytes: (count) => randomBytes(count) },
    outbound: board.send,
    stores,
    resolver,
    log: () => undefined,
    credential: () => "fake-upstream-credential",
  };
  const reference = await createReference(parseConfig(text, "test.yaml"), ports);
  closers.push(async () => {
    await reference.close();
    await stores.close();
  });
  const sent = (message: Message): Promise<Reply> =>
    reference.client(message, new AbortController().signal);
  return {
    reload: (next) => reference.reload(parseConfig(next, "test.yaml")),
    upstream: (origin, handler) => {
      board.register(origin, handler);
    },
    resolves: async (user, request) => {
      const headers = [["authorization", `Bearer token-of-${user}`]] as const;
      const body = utf8(JSON.stringify(request));
      const target = "/-/pnpr/v0/resolve";
      return textOf((await sent({ method: "POST", target, headers, body })).body);
    },
    asks: async (method, target) => {
      const reply = await sent({ method, target, headers: [], body: NO_BODY });
      return { status: reply.status, text: Buffer.from(await bytesOf(reply.body)).toString() };
    },
  };
}

function users(...names: readonly string[]): string {
  const entries = names.map((name) => [name, { tokens: [sha256Hex(`token-of-${name}`)] }]);
  return JSON.stringify(Object.fromEntries(entries));
}

function packument(
  name: string,
  dependencies: Readonly<Record<string, string>> = {},
  registry = "http://registry.test",
): Reply {
  const file = `${name.replace(/^.*\//, "")}-1.0.0.tgz`;
  const dist = { integrity: sha512Integrity(utf8(name)), tarball: `${registry}/${name}/-/${file}` };
  const versions = { "1.0.0": { name, version: "1.0.0", dependencies, dist } };
  return jsonReply(200, { name, "dist-tags": { latest: "1.0.0" }, versions });
}
