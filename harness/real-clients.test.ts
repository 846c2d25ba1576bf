import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { TestContext } from "vitest";
import { worlds } from "../fixtures/worlds.ts";
import { header } from "../wire/message.ts";
import { standWorld } from "./ground.ts";
import { peer, peerCacheFolder, PeerMissing } from "./peers.ts";
import type { PeerName } from "./peers/pinned.ts";
import { fillPlaces } from "./places.ts";
import { createSandbox } from "./sandbox.ts";
import type { Sandbox } from "./sandbox.ts";
import { spawnedTarget } from "./targets/spawned.ts";
import type { Session } from "./targets/target.ts";
import type { Ground, UpstreamExchange } from "./world.ts";

// Real clients on a recorded real project, against the reference in a process of its own. What is not here
// yet is fetched.
const SLOW_MS = 180_000;
const LEDGER = "@acme/ledger";

test(
  "pnpm installs through the server; a teammate's install costs no metadata; an outsider's is refused",
  async (context) => {
    const pnpm = await client("pnpm-12.21", context);
    await using scene = await stand();
    const install = async (user: string): Promise<Installed> =>
      scene.installs(pnpm, { user, project: "endpoint" });

    await using alice = await install("alice");
    expect(alice).toMatchObject({ code: 0 });
    expect(alice.said).not.toContain("locally");
    expect(await alice.read(`node_modules/${LEDGER}/index.js`)).toContain(scene.canary);
    expect(await alice.read("node_modules/express/package.json")).toContain('"name":"express"');
    const cold = scene.ground.heard();
    expect(metadataOf(cold, "npm").length).toBeGreaterThan(200);
    expect(metadataOf(cold, "acme").length).toBeGreaterThan(0);

    await using bob = await install("bob");
    expect(bob).toMatchObject({ code: 0 });
    expect(await bob.read(`node_modules/${LEDGER}/index.js`)).toContain(scene.canary);
    expect(await bob.read("pnpm-lock.yaml")).toBe(await alice.read("pnpm-lock.yaml"));
    const warm = scene.ground.heard();
    expect([...metadataOf(warm, "npm"), ...metadataOf(warm, "acme")]).toEqual([]);

    await using mallory = await install("mallory");
    expect(mallory.code).toBeGreaterThan(0);
    expect(await scene.toldBy(mallory)).toEqual([]);
    expect(scene.ground.heard().filter(({ upstream }) => upstream === "acme")).toEqual([]);

    await using again = await install("bob");
    expect(again).toMatchObject({ code: 0 });
    expect(await scene.toldBy(again)).not.toEqual([]);
  },
  SLOW_MS,
);

test(
  "the lockfile is, byte for byte, that of a direct install by the pinned oracle",
  async (context) => {
    const pnpm = await client("pnpm-12.21", context);
    const oracle = await client("pnpm-11.26", context);
    await using scene = await stand();
    await using served = await scene.installs(pnpm, { user: "alice", project: "endpoint" });
    await using direct = await scene.installs(oracle, {
      user: "alice",
      project: "endpoint",
      direct: true,
      flags: ["--lockfile-only"],
    });
    expect(served).toMatchObject({ code: 0 });
    expect(direct).toMatchObject({ code: 0 });
    expect(await served.read("pnpm-lock.yaml")).toBe(await direct.read("pnpm-lock.yaml"));
  },
  SLOW_MS,
);

test(
  "a scope that names the upstream is installed from the server, and the upstream's place stays untold",
  async (context) => {
    const pnpm = await client("pnpm-12.21", context);
    await using scene = await stand();
    await using alice = await scene.installs(pnpm, { user: "alice", project: "backend" });
    expect(alice).toMatchObject({ code: 0 });
    expect(await alice.read(`node_modules/${LEDGER}/index.js`)).toContain(scene.canary);
    const lockfile = await alice.read("pnpm-lock.yaml");
    expect(lockfile).toContain(`tarball: ${scene.session.origins.client}/~acme/${LEDGER}/-/`);
    expect(lockfile).not.toContain(scene.ground.placed.places["acme"]);
    // Everything that the upstream heard came from the server, with the server's credential.
    const credential = `Bearer ${scene.ground.placed.credentials["acme"] ?? ""}`;
    const heard = scene.ground.heard().filter(({ upstream }) => upstream === "acme");
    const shown = heard.map(({ message }) => header(message.headers, "authorization"));
    expect(new Set(shown)).toEqual(new Set([credential]));
  },
  SLOW_MS,
);

test(
  "pnpm has a lockfile verified before it installs from it, and is refused one it may not see",
  async (context) => {
    const pnpm = await client("pnpm-12.21", context);
    await using scene = await stand();
    await using alice = await scene.installs(pnpm, { user: "alice", project: "endpoint" });
    const lockfile = await alice.read("pnpm-lock.yaml");
    const frozen = { project: "endpoint", lockfile, flags: ["--frozen-lockfile"] };
    await using bob = await scene.installs(pnpm, { user: "bob", ...frozen });
    expect(bob).toMatchObject({ code: 0 });
    expect(await bob.read(`node_modules/${LEDGER}/index.js`)).toContain(scene.canary);
    await using mallory = await scene.installs(pnpm, { user: "mallory", ...frozen });
    expect(mallory.code).toBeGreaterThan(0);
    // Her lockfile came with her; what she must not come by is what stands in the package.
    expect(mallory.said).not.toContain(scene.canary);
    expect(await treeText(mallory.root)).not.toContain(scene.canary);
  },
  SLOW_MS,
);

test(
  "an older pnpm, which wants to be told that its extensions were heeded, installs too",
  async (context) => {
    const pnpm = await client("pnpm-12.6", context);
    const oracle = await client("pnpm-11.26", context);
    await using scene = await stand();
    const extended = {
      user: "alice",
      project: "endpoint",
      workspace: "packageExtensions:\n  express:\n    dependencies:\n      once: ^1.4.0\n",
    };
    await using served = await scene.installs(pnpm, extended);
    await using direct = await scene.installs(oracle, {
      ...extended,
      direct: true,
      flags: ["--lockfile-only"],
    });
    expect(served).toMatchObject({ code: 0 });
    expect(served.said).not.toContain("locally");
    expect(await served.read("pnpm-lock.yaml")).toBe(await direct.read("pnpm-lock.yaml"));
  },
  SLOW_MS,
);

test(
  "npm installs a private package with a token, is told who it is, and is refused without",
  async (context) => {
    const npm = await machineNpm(context);
    await using scene = await stand();
    await using alice = await scene.installs(npm, { user: "alice", only: { [LEDGER]: "2.0.0" } });
    expect(alice).toMatchObject({ code: 0 });
    expect(await alice.read(`node_modules/${LEDGER}/index.js`)).toContain(scene.canary);
    expect(await alice.read("node_modules/pg/package.json")).toContain('"name":"pg"');
    const registry = `--registry=${scene.session.origins.client}/`;
    expect(await alice.run(npm, ["whoami", registry])).toEqual({ code: 0, said: "alice\n" });

    for (const user of ["mallory", null]) {
      await using outsider = await scene.installs(npm, { user, only: { [LEDGER]: "2.0.0" } });
      expect(outsider.code).toBeGreaterThan(0);
      expect(await scene.toldBy(outsider)).toEqual([]);
    }
    await using nobody = await scene.opens({ user: null, only: {} });
    expect((await nobody.run(npm, ["whoami", registry])).code).toBeGreaterThan(0);
    await using bob = await scene.installs(npm, { user: "bob", only: { [LEDGER]: "2.0.0" } });
    expect(bob).toMatchObject({ code: 0 });
  },
  SLOW_MS,
);

type Command = readonly [string, ...string[]];

/** A pinned client's command. Where it cannot be had, the test is skipped and says what is missing. */
async function client(name: PeerName, context: TestContext): Promise<Command> {
  try {
    const found = await peer(name, peerCacheFolder(process.env, homedir()));
    return found.command;
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    return skipAloud(context, error.message);
  }
}

async function machineNpm(context: TestContext): Promise<Command> {
  const npm: Command = ["npm"];
  await using sandbox = await newSandbox();
  const { code } = await sandbox.run(npm, ["--version"]);
  return code === 0 ? npm : skipAloud(context, "this machine has no npm on its path");
}

function skipAloud(context: TestContext, why: string): never {
  process.stderr.write(`skipped: "${context.task.name}": ${why}\n`);
  context.skip(why);
}

interface Wish {
  readonly user: string | null;
  /** A project of the world's, or, with `only`, exactly these dependencies. */
  readonly project?: string;
  readonly only?: Readonly<Record<string, string>>;
  /** Without the resolve accelerator, from the registries themselves. */
  readonly direct?: boolean;
  readonly lockfile?: string;
  /** Lines to add to pnpm-workspace.yaml. */
  readonly workspace?: string;
  readonly flags?: readonly string[];
}

type Installed = Sandbox & { readonly code: number | null; readonly said: string };

interface Scene extends AsyncDisposable {
  readonly ground: Ground;
  readonly session: Session;
  /** What is planted in the private package. */
  readonly canary: string;
  opens(wish: Wish): Promise<Sandbox>;
  installs(command: Command, wish: Wish): Promise<Installed>;
  /** The canaries of the private package and the secrets that a client came by, in words or in files. */
  toldBy(installed: Installed): Promise<string[]>;
}

/** The world `backend` behind real sockets, and the reference in front of it. */
async function stand(): Promise<Scene> {
  const world = worlds["backend"];
  if (world === undefined) throw new Error("there is no world named backend");
  const ground = await standWorld(world, { seed: 7, transport: "sockets" });
  const session = await spawnedTarget().start(ground.placed, ground.send);
  const secrets = ground.placed.canaries
    .filter(({ of }) => of.kind !== "caller-credential" && of.kind !== "name")
    .map(({ value }) => value);
  const opens = async (wish: Wish): Promise<Sandbox> => {
    const sandbox = await newSandbox();
    await furnish(sandbox, ground, session, wish);
    return sandbox;
  };
  return {
    ground,
    session,
    canary: secrets.find((value) => value.startsWith("canary-")) ?? "",
    opens,
    installs: async (command, wish) => {
      const sandbox = await opens(wish);
      const ran = await sandbox.run(command, ["install", ...(wish.flags ?? [])]);
      return { ...sandbox, ...ran };
    },
    toldBy: async ({ said, root }) => {
      const all = `${said}${await treeText(root)}`;
      return secrets.filter((secret) => all.includes(secret));
    },
    [Symbol.asyncDispose]: async () => {
      await session.stop();
      await ground.stop();
    },
  };
}

async function newSandbox(): Promise<Sandbox> {
  return createSandbox({ path: process.env["PATH"] ?? "", timeoutMs: 60_000 });
}

/** The project's files as a user has them: manifest, registries, credential and accelerator. */
async function furnish(
  sandbox: Sandbox,
  { placed }: Ground,
  session: Session,
  wish: Wish,
): Promise<void> {
  const self = session.origins.client;
  const project = placed.world.projects[wish.project ?? "endpoint"];
  const request = fillPlaces(project?.request, { ...placed.places, self });
  const [manifest] = request?.projects ?? [];
  const { dir: _dir, ...fields } =
    wish.only === undefined ? { ...manifest } : manifestOf(wish.only);
  const scopes = Object.entries(request?.registries ?? {}).flatMap(([url, registry]) =>
    (registry.scopes ?? []).map((scope) => `${scope}:registry=${url}`),
  );
  const token = wish.user === null ? undefined : placed.accounts[wish.user]?.token;
  const login = token === undefined ? [] : [`${self.replace("http:", "")}/:_authToken=${token}`];
  const npmrc = [`registry=${placed.places["npm"] ?? ""}/`, ...scopes, ...login];
  await sandbox.write("package.json", JSON.stringify(fields));
  await sandbox.write(".npmrc", `${npmrc.join("\n")}\n`);
  const accelerator = wish.direct === true ? "" : `pnprServer: ${self}\n`;
  await sandbox.write("pnpm-workspace.yaml", `${accelerator}${wish.workspace ?? ""}`);
  if (wish.lockfile !== undefined) await sandbox.write("pnpm-lock.yaml", wish.lockfile);
}

function manifestOf(dependencies: Readonly<Record<string, string>>): Record<string, unknown> {
  return { name: "consumer", version: "1.0.0", dependencies };
}

/** What an upstream was asked that is no tarball. */
function metadataOf(heard: readonly UpstreamExchange[], upstream: string): string[] {
  return heard
    .filter((one) => one.upstream === upstream && !one.message.target.endsWith(".tgz"))
    .map(({ message }) => message.target);
}

/** All that stands in files below a folder. */
async function treeText(root: string): Promise<string> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map((entry) => readFile(path.join(entry.parentPath, entry.name), "latin1")),
  );
  return texts.join("\n");
}
