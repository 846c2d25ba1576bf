import { expect, test } from "vitest";
import type { TestContext } from "vitest";
import { worlds } from "../fixtures/worlds.ts";
import { header } from "../wire/message.ts";
import { client } from "./peers/for-test.ts";
import type { PeerName } from "./peers/pinned.ts";
import { metadataOf, standScene, treeText } from "./scene.ts";
import type { Command, Installed, Scene } from "./scene.ts";

// Real clients on a recorded real project, against the reference in a process of its own. What is not here
// yet is fetched.
const SLOW_MS = 180_000;
const LEDGER = "@acme/ledger";
const ledger = { project: "endpoint", only: { [LEDGER]: "2.0.0" } };

test(
  "pnpm installs through the server; a teammate's install costs no metadata; an outsider's is refused",
  async (context) => {
    const pnpm = await program("pnpm-12.21", context);
    await using scene = await stand();
    const install = async (user: string): Promise<Installed> =>
      scene.installs(pnpm, { user, project: "endpoint" });

    await using alice = await install("alice");
    expect(alice).toMatchObject({ code: 0 });
    expect(alice.said).not.toContain("locally");
    expect(await alice.read(`node_modules/${LEDGER}/index.js`)).toContain(scene.canaryOf(LEDGER));
    expect(await alice.read("node_modules/express/package.json")).toContain('"name":"express"');
    const cold = scene.ground.heard();
    expect(metadataOf(cold, "npm").length).toBeGreaterThan(200);
    expect(metadataOf(cold, "acme").length).toBeGreaterThan(0);

    await using bob = await install("bob");
    expect(bob).toMatchObject({ code: 0 });
    expect(await bob.read(`node_modules/${LEDGER}/index.js`)).toContain(scene.canaryOf(LEDGER));
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
    const pnpm = await program("pnpm-12.21", context);
    const oracle = await program("pnpm-11.26", context);
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
    const pnpm = await program("pnpm-12.21", context);
    await using scene = await stand();
    await using alice = await scene.installs(pnpm, { user: "alice", project: "backend" });
    expect(alice).toMatchObject({ code: 0 });
    expect(await alice.read(`node_modules/${LEDGER}/index.js`)).toContain(scene.canaryOf(LEDGER));
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
    const pnpm = await program("pnpm-12.21", context);
    await using scene = await stand();
    await using alice = await scene.installs(pnpm, { user: "alice", project: "endpoint" });
    const lockfile = await alice.read("pnpm-lock.yaml");
    const frozen = { project: "endpoint", lockfile, flags: ["--frozen-lockfile"] };
    await using bob = await scene.installs(pnpm, { user: "bob", ...frozen });
    expect(bob).toMatchObject({ code: 0 });
    expect(await bob.read(`node_modules/${LEDGER}/index.js`)).toContain(scene.canaryOf(LEDGER));
    await using mallory = await scene.installs(pnpm, { user: "mallory", ...frozen });
    expect(mallory.code).toBeGreaterThan(0);
    // Her lockfile came with her; what she must not come by is what stands in the package.
    expect(mallory.said).not.toContain(scene.canaryOf(LEDGER));
    expect(await treeText(mallory.root)).not.toContain(scene.canaryOf(LEDGER));
  },
  SLOW_MS,
);

test(
  "an older pnpm, which wants to be told that its extensions were heeded, installs too",
  async (context) => {
    const pnpm = await program("pnpm-12.6", context);
    const oracle = await program("pnpm-11.26", context);
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
    const npm = await program("npm-11", context);
    await using scene = await stand();
    await using alice = await scene.installs(npm, { user: "alice", ...ledger });
    expect(alice).toMatchObject({ code: 0 });
    expect(await alice.read(`node_modules/${LEDGER}/index.js`)).toContain(scene.canaryOf(LEDGER));
    expect(await alice.read("node_modules/pg/package.json")).toContain('"name":"pg"');
    const registry = `--registry=${scene.session.origins.client}/`;
    expect(await alice.run(npm, ["whoami", registry])).toEqual({ code: 0, said: "alice\n" });

    for (const user of ["mallory", null]) {
      await using outsider = await scene.installs(npm, { user, ...ledger });
      expect(outsider.code).toBeGreaterThan(0);
      expect(await scene.toldBy(outsider)).toEqual([]);
    }
    await using nobody = await scene.opens({ user: null, only: {} });
    expect((await nobody.run(npm, ["whoami", registry])).code).toBeGreaterThan(0);
    await using bob = await scene.installs(npm, { user: "bob", ...ledger });
    expect(bob).toMatchObject({ code: 0 });
  },
  SLOW_MS,
);

async function program(name: PeerName, context: TestContext): Promise<Command> {
  return client(name, context, process.env);
}

async function stand(): Promise<Scene> {
  const world = worlds["backend"];
  if (world === undefined) throw new Error("there is no world named backend");
  return standScene(world, { path: process.env["PATH"] ?? "" });
}
