import { expect, test } from "vitest";
import { parse } from "yaml";
import { worlds } from "../../../fixtures/worlds.ts";
import { DEFAULT_SETTINGS } from "../../../fixtures/world.ts";
import type { World } from "../../../fixtures/world.ts";
import { standWorld } from "../../ground.ts";
import type { PlacedWorld } from "../../world.ts";
import { writeConfig } from "./dialect.ts";

async function configOf(name: string, change: Partial<World> = {}) {
  const world = worlds[name];
  if (world === undefined) throw new Error(`there is no world ${name}`);
  const ground = await standWorld({ ...world, ...change }, { seed: 1, transport: "switchboard" });
  return { placed: ground.placed, config: parse(writeConfig(ground.placed)) as Config };
}

interface Config {
  readonly secret: string;
  readonly registries: Readonly<Record<string, unknown>>;
  readonly routes: { readonly public: readonly unknown[] };
}

test("an alias is an upstream with its credential, and its claims are the names that it serves", async () => {
  const { placed, config } = await configOf("two-teams");
  expect(config.registries["acme"]).toEqual({
    type: "upstream",
    url: "http://acme.leakproof.test/npm/",
    auth: { type: "bearer", token: placed.credentials["acme"] },
    maxage: "300s",
    teams: placed.world.teams,
    access: ["team:acme", "alice"],
    packages: {
      "@acme/payroll": { access: ["alice"] },
      "@acme/*": { access: ["team:acme"] },
      "acme-intranet": { access: ["team:acme"] },
    },
  });
  expect(config.secret).toBe(placed.serverSecret);
});

test("a claim that is narrower than a scope is the names that it fits", async () => {
  const { config } = await configOf("rivals");
  expect(config.registries["store"]).toMatchObject({
    packages: { "@shop/*": { access: ["team:staff"] } },
  });
  expect((config.registries["vault"] as { packages: unknown }).packages).toEqual({
    "@shop/vault": { access: ["anna"] },
    "@shop/vault-door": { access: ["anna"] },
  });
});

test("what it hosts can be read by whom the world admits, and by whoever put it there", async () => {
  const { config } = await configOf("two-teams");
  expect(config.registries["hosted"]).toMatchObject({
    type: "hosted",
    packages: {
      "@corp/handbook": {
        access: ["team:acme", "publisher"],
        publish: ["publisher"],
        unpublish: ["publisher"],
      },
      "@corp/logo": { access: ["$all", "publisher"] },
    },
  });
});

test.each([
  ["unscoped", ["*", "@open/*"]],
  ["host", ["**", "@open/*"]],
  ["off", ["@open/*"]],
] as const)("public without being declared: %s", async (builtInPublic, patterns) => {
  const settings = { ...DEFAULT_SETTINGS, builtInPublic };
  const { config } = await configOf("two-teams", { settings });
  const registry = "http://npm.leakproof.test/";
  expect(config.routes.public).toEqual(patterns.map((pattern) => ({ registry, package: pattern })));
});

test("every world can be written", async () => {
  for (const name of Object.keys(worlds)) {
    const { placed, config } = await configOf(name);
    const upstreams: PlacedWorld["world"]["aliases"] = placed.world.aliases;
    expect(Object.keys(config.registries)).toEqual([...Object.keys(upstreams), "hosted"]);
  }
});
