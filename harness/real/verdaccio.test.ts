import type { Server } from "node:http";
import { runServer } from "verdaccio";
import { expect, test } from "vitest";
import type { TestContext } from "vitest";
import { applyChange, DEFAULT_SETTINGS } from "../../fixtures/world.ts";
import type { World } from "../../fixtures/world.ts";
import { client } from "../peers/for-test.ts";
import type { Command, PeerName } from "../peers/pinned.ts";
import { createSandbox } from "../sandbox.ts";
import type { Ran, Sandbox } from "../sandbox.ts";
import { askedByClients, standScene, treeText } from "../scene.ts";
import type { Installed, Scene } from "../scene.ts";
import type { PlacedWorld } from "../world.ts";
import { startVerdaccio } from "./verdaccio.ts";
import type { Verdaccio } from "./verdaccio.ts";

// Verdaccio in the place of a team's private registry: other code than ours, and other people's habits.
const SLOW_MS = 180_000;
const KIT = "@acme/kit";
const CONTENT = "visibly-fake-private-content";
/** What was published a moment ago is welcome here. */
const KIT_PROJECT = { project: "kit", workspace: "minimumReleaseAge: 0\n" };
const TTL_MS = DEFAULT_SETTINGS.metadataTtlMs + 1_000;

test(
  "a team installs what npm published to a verdaccio; an outsider is refused and asks it nothing",
  async (context) => {
    const pnpm = await program("pnpm-12.21", context);
    await using stage = await stand(context);
    const { verdaccio } = stage;
    await using alice = await stage.installs(pnpm, "alice");
    expect(alice.code, alice.said).toBe(0);
    expect(await alice.read(`node_modules/${KIT}/index.js`)).toContain(CONTENT);
    expect(askedByClients(stage.scene.ground.heard())).toEqual([]);
    const lockfile = await alice.read("pnpm-lock.yaml");
    expect(lockfile).toContain("integrity: sha512-");
    expect(lockfile).not.toContain(verdaccio.origin);
    // It heard of nobody but the server, with the server's credential.
    const shown = new Set(verdaccio.heard().map(({ authorization }) => authorization));
    expect([...shown]).toEqual([stage.credential]);

    await using bob = await stage.installs(pnpm, "bob");
    expect(bob.code, bob.said).toBe(0);
    expect(await bob.read(`node_modules/${KIT}/index.js`)).toContain(CONTENT);
    expect(verdaccio.heard().filter(({ target }) => !target.endsWith(".tgz"))).toEqual([]);

    await using mallory = await stage.installs(pnpm, "mallory");
    expect(mallory.code).toBeGreaterThan(0);
    expect(`${mallory.said}${await treeText(mallory.root)}`).not.toContain(CONTENT);
    expect(verdaccio.heard()).toEqual([]);
    await using again = await stage.installs(pnpm, "bob");
    expect(again.code, again.said).toBe(0);
  },
  SLOW_MS,
);

test(
  "what grew old is asked for again by its validator, and verdaccio's 304 is taken; a release is seen then",
  async (context) => {
    const pnpm = await program("pnpm-12.21", context);
    await using stage = await stand(context);
    const { verdaccio } = stage;
    await using first = await stage.installs(pnpm, "alice");
    expect(first.code, first.said).toBe(0);
    verdaccio.heard();
    await stage.scene.session.advance(TTL_MS);
    await using second = await stage.installs(pnpm, "alice");
    expect(await second.read("pnpm-lock.yaml")).toBe(await first.read("pnpm-lock.yaml"));
    const metadata = verdaccio.heard().filter(({ target }) => !target.endsWith(".tgz"));
    expect(metadata.map(({ conditional, status }) => ({ conditional, status }))).toEqual([
      { conditional: true, status: 304 },
    ]);

    await stage.publishes("1.1.0");
    await stage.scene.session.advance(TTL_MS);
    await using third = await stage.installs(pnpm, "alice");
    expect(await third.read("pnpm-lock.yaml")).toContain(`${KIT}@1.1.0`);
  },
  SLOW_MS,
);

test(
  "a credential that verdaccio no longer takes refuses everybody; the next one is taken without a restart",
  async (context) => {
    const pnpm = await program("pnpm-12.21", context);
    await using stage = await stand(context);
    const { verdaccio } = stage;
    await using before = await stage.installs(pnpm, "alice");
    expect(before.code, before.said).toBe(0);

    await verdaccio.banish("reader");
    await stage.scene.session.advance(TTL_MS);
    verdaccio.heard();
    await using refused = await stage.installs(pnpm, "alice");
    expect(refused.code).toBeGreaterThan(0);
    expect(await treeText(refused.root)).not.toContain(CONTENT);
    expect(new Set(verdaccio.heard().map(({ status }) => status))).toEqual(new Set([401]));

    await stage.rotates();
    await using after = await stage.installs(pnpm, "alice");
    expect(after.code, after.said).toBe(0);
    expect(await after.read(`node_modules/${KIT}/index.js`)).toContain(CONTENT);
    const shown = verdaccio.heard().map(({ authorization }) => authorization);
    expect(shown).not.toContain(stage.credential);
  },
  SLOW_MS,
);

interface Stage extends AsyncDisposable {
  readonly scene: Scene;
  readonly verdaccio: Verdaccio;
  /** What the server shows verdaccio at first: the token of its user `reader`. */
  readonly credential: string;
  installs(pnpm: Command, user: string): Promise<Installed>;
  publishes(version: string): Promise<void>;
  /** The server is given the token of verdaccio's user `second`. */
  rotates(): Promise<void>;
}

/** Verdaccio with one private package, published by npm, and the reference with an alias for it. */
async function stand(context: TestContext): Promise<Stage> {
  const npm = await program("npm-11", context);
  const verdaccio = await startVerdaccio(
    async (config) => (await runServer(config as Parameters<typeof runServer>[0])) as Server,
  );
  const login = async (user: string): Promise<Sandbox> => loggedIn(npm, verdaccio, user);
  await using author = await login("author");
  await publish(npm, author, "1.0.0");
  const credential = await credentialOf(await login("reader"));
  const second = await credentialOf(await login("second"));
  const put = (placed: PlacedWorld, acme: string): PlacedWorld => ({
    ...placed,
    places: { ...placed.places, acme: verdaccio.origin },
    credentials: { acme },
  });
  const scene = await standScene(world, {
    path: process.env["PATH"] ?? "",
    placed: (placed) => put(placed, credential),
  });
  verdaccio.heard();
  return {
    ...{ scene, verdaccio, credential },
    installs: (pnpm, user) => scene.installs(pnpm, { user, ...KIT_PROJECT }),
    publishes: async (version) => {
      await using again = await login("author");
      await publish(npm, again, version);
    },
    rotates: async () => {
      const change = { change: "rotate", alias: "acme" } as const;
      const rotated = { ...scene.ground.placed, world: applyChange(world, change) };
      await scene.session.apply(change, put(rotated, second));
    },
    [Symbol.asyncDispose]: async () => {
      await scene[Symbol.asyncDispose]();
      await verdaccio[Symbol.asyncDispose]();
    },
  };
}

const PASSWORD = "visibly-fake-password";

/** A sandbox in which npm has made an account at verdaccio, or logged in to it. */
async function loggedIn(npm: Command, { origin }: Verdaccio, user: string): Promise<Sandbox> {
  const sandbox = await createSandbox({ path: process.env["PATH"] ?? "", timeoutMs: 60_000 });
  await sandbox.write(".npmrc", `registry=${origin}/\n`);
  const login = ["login", "--auth-type=legacy", "--userconfig", ".npmrc"];
  const answers = [
    { asked: "Username:", answer: user },
    { asked: "Password:", answer: PASSWORD },
    { asked: "Email", answer: `${user}@example.test` },
  ];
  succeeded(await sandbox.run(npm, login, answers));
  return sandbox;
}

async function credentialOf(sandbox: Sandbox): Promise<string> {
  const token = /:_authToken=(.*)$/m.exec(await sandbox.read(".npmrc"))?.[1] ?? "";
  await sandbox[Symbol.asyncDispose]();
  return `Bearer ${token.replace(/^"|"$/g, "")}`;
}

async function publish(npm: Command, author: Sandbox, version: string): Promise<void> {
  await author.write("package.json", JSON.stringify({ name: KIT, version, description: "a kit" }));
  await author.write("index.js", `module.exports = "${CONTENT} ${version}";\n`);
  await author.write(".npmignore", ".npmrc\n");
  succeeded(await author.run(npm, ["publish", "--userconfig", ".npmrc"]));
}

function succeeded(ran: Ran): void {
  expect(ran.code, ran.said).toBe(0);
}

async function program(name: PeerName, context: TestContext): Promise<Command> {
  return client(name, context, process.env);
}

const world: World = {
  name: "verdaccio",
  title: "a team whose private registry is a verdaccio",
  users: ["alice", "bob", "mallory"],
  teams: { acme: ["alice", "bob"] },
  upstreams: {
    npm: {
      official: true,
      auth: "none",
      denies: 404,
      packages: { ms: { versions: { "2.1.3": {} } } },
    },
    acme: { auth: "bearer", denies: 404, packages: {} },
  },
  aliases: {
    acme: { upstream: "acme", claims: ["@acme/*"], access: ["team:acme"], generation: 1 },
  },
  hosted: {},
  publicRoutes: [],
  projects: {
    kit: {
      title: "a public package and the team's",
      request: {
        projects: [{ dir: ".", dependencies: { ms: "^2.0.0", [KIT]: "^1.0.0" } }],
        registry: "{npm}/",
        registries: { "{self}/~acme/": { scopes: ["@acme"] } },
      },
      closure: [
        { via: { public: "npm" }, package: "ms" },
        { via: { alias: "acme" }, package: KIT },
      ],
    },
  },
  settings: DEFAULT_SETTINGS,
};
