import { homedir } from "node:os";
import { expect, test } from "vitest";
import type { TestContext } from "vitest";
import { worlds } from "../../fixtures/worlds.ts";
import { client } from "../peers/for-test.ts";
import { fetchedPeer, peerCacheFolder } from "../peers.ts";
import { metadataOf, standScene } from "../scene.ts";
import type { Scene, SceneOptions } from "../scene.ts";
import { pnprTarget } from "../targets/pnpr/target.ts";

// The newest pnpm that the published server can serve, through it and through the reference.
const SLOW_MS = 180_000;
const LEDGER = "@acme/ledger";

test.for(["the reference", "the published server"] as const)(
  "pnpm 12.18 installs through %s, a teammate's costs no metadata, an outsider's is refused",
  { timeout: SLOW_MS },
  async (subject, context) => {
    const pnpm = await client("pnpm-12.18", context, process.env);
    await using scene = await stand(subject, context);
    const install = (user: string) => scene.installs(pnpm, { user, project: "backend" });

    await using alice = await install("alice");
    expect(alice).toMatchObject({ code: 0 });
    expect(alice.said).not.toContain("locally");
    expect(await alice.read(`node_modules/${LEDGER}/index.js`)).toContain(scene.canaryOf(LEDGER));
    const lockfile = await alice.read("pnpm-lock.yaml");
    expect(lockfile).toContain(`tarball: ${scene.session.origins.client}/~acme/${LEDGER}/-/`);
    expect(lockfile).not.toContain(scene.ground.placed.places["acme"]);
    expect(metadataOf(scene.ground.heard(), "acme").length).toBeGreaterThan(0);

    await using bob = await install("bob");
    expect(bob).toMatchObject({ code: 0 });
    expect(await bob.read("pnpm-lock.yaml")).toBe(lockfile);
    const warm = scene.ground.heard();
    expect([...metadataOf(warm, "npm"), ...metadataOf(warm, "acme")]).toEqual([]);

    await using mallory = await install("mallory");
    expect(mallory.code).toBeGreaterThan(0);
    // The upstream's address stands in her own .npmrc; what she must not come by is what it keeps.
    expect(await scene.toldBy(mallory)).toEqual([scene.ground.placed.places["acme"]]);
    await using again = await install("bob");
    expect(again).toMatchObject({ code: 0 });
  },
);

async function stand(subject: string, context: TestContext): Promise<Scene> {
  const world = worlds["backend"];
  if (world === undefined) throw new Error("there is no world named backend");
  const options: SceneOptions = { path: process.env["PATH"] ?? "" };
  if (subject === "the reference") return standScene(world, options);
  await client("pnpr", context, process.env);
  const published = await fetchedPeer("pnpr", peerCacheFolder(process.env, homedir()));
  if (published === null) throw new Error("what was just fetched is not there");
  const target = pnprTarget(published);
  const nowhere = () => Promise.reject(new Error("it has sockets of its own"));
  return standScene(world, { ...options, starts: (placed) => target.start(placed, nowhere) });
}
