import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestContext } from "vitest";
import { worlds } from "../../fixtures/worlds.ts";
import { client } from "../peers/for-test.ts";
import type { PeerName } from "../peers/pinned.ts";
import { askedByClients, standScene } from "../scene.ts";
import type { Command, Scene, Wish } from "../scene.ts";
import { declined, served } from "./features.ts";
import type { Feature } from "./features.ts";

// One lockfile, whoever makes it: pnpm itself from the registry, or the server for it.
const SLOW_MS = 180_000;
const LOCKFILE = "pnpm-lock.yaml";
const ONLY_LOCKFILE = ["--lockfile-only", "--no-frozen-lockfile"];

let scene: Scene;
const table: (readonly [project: string, client: string, came: string])[] = [];

beforeAll(async () => {
  scene = await stand("backend");
});

afterAll(async () => {
  await scene[Symbol.asyncDispose]();
  const lines = table.map((row) =>
    row.map((cell, at) => cell.padEnd([50, 12, 0][at] ?? 0)).join(""),
  );
  process.stdout.write(
    `\nlockfiles through the server, beside a direct install:\n${lines.sort().join("\n")}\n`,
  );
});

test.for(served(Date.now()))(
  "the lockfile is the one of a direct install: $name [resolve.routing.same-lockfile]",
  { timeout: SLOW_MS },
  async (feature, context) => {
    const seed = await seedFor(feature, await program("pnpm-11.26", context));
    await compare(context, scene, feature.name, wishFor(feature, seed));
  },
);

const recorded = ["backend", "front-end", "framework"].flatMap((world) =>
  ["public", "endpoint"].map((project) => [world, project] as const),
);

test.for(recorded)(
  "the lockfile is the one of a direct install, from the cache as well: recorded %s, %s",
  { timeout: SLOW_MS },
  async ([world, project], context) => {
    await using own = await stand(world);
    const wish = { user: "alice", project, flags: ONLY_LOCKFILE };
    const lockfile = await compare(context, own, `recorded ${world}, ${project}`, wish);
    own.ground.heard();
    const pnpm = await program("pnpm-12.21", context);
    expect(await lockfileOf(pnpm, { ...wish, user: "bob" }, own)).toBe(lockfile);
    expect(own.ground.heard()).toEqual([]);
  },
);

test.for(declined(Date.now()))(
  "pnpm is told that this is not served, and resolves by itself: $name",
  { timeout: SLOW_MS },
  async (feature, context) => {
    const pnpm = await program("pnpm-12.21", context);
    const direct = await lockfileOf(pnpm, { ...wishFor(feature, undefined), direct: true });
    scene.ground.heard();
    expect(await lockfileOf(pnpm, wishFor(feature, undefined))).toBe(direct);
    expect(askedByClients(scene.ground.heard())).not.toEqual([]);
  },
);

/** Has the same made through the server and directly, by every version, and says in the table what came. */
async function compare(context: TestContext, at: Scene, name: string, wish: Wish): Promise<string> {
  const pnpm = await program("pnpm-12.21", context);
  const direct = { ...wish, direct: true };
  const expected = await lockfileOf(await program("pnpm-11.26", context), direct, at);
  at.ground.heard();
  const ours = await lockfileOf(pnpm, wish, at);
  expect(askedByClients(at.ground.heard())).toEqual([]);
  table.push([name, "pnpm 11.26", ours === expected ? "equal" : "DIFFERENT"]);
  for (const version of ["pnpm-12.6", "pnpm-12.21"] as const) {
    const came = await beside(ours, await program(version, context), direct, at);
    table.push([name, version.replace("-", " "), came]);
  }
  expect(ours).toBe(expected);
  return ours;
}

/** What another version makes of the same; where that is another lockfile, ours has to do for it. */
async function beside(ours: string, command: Command, direct: Wish, at: Scene): Promise<string> {
  if ((await lockfileOf(command, direct, at)) === ours) return "equal";
  const flags = ["--frozen-lockfile", "--lockfile-only"];
  await using frozen = await at.installs(command, { ...direct, lockfile: ours, flags });
  expect(frozen.code, frozen.said).toBe(0);
  expect(await frozen.read(LOCKFILE)).toBe(ours);
  return "differs, and accepts ours as frozen";
}

async function seedFor(
  { before, breaks, ...feature }: Feature,
  oracle: Command,
): Promise<string | undefined> {
  if (before === undefined) return undefined;
  const first = { ...wishFor({ ...feature, files: before, flags: [] }, undefined), direct: true };
  const made = await lockfileOf(oracle, first);
  if (breaks === undefined) return made;
  const broken = breaks(made);
  expect(broken).not.toBe(made);
  return broken;
}

function wishFor({ files, workspace, flags }: Feature, lockfile: string | undefined): Wish {
  return {
    user: "alice",
    files,
    ...(workspace === undefined ? {} : { workspace }),
    ...(lockfile === undefined ? {} : { lockfile }),
    flags: [...ONLY_LOCKFILE, ...(flags ?? [])],
  };
}

async function lockfileOf(command: Command, wish: Wish, at = scene): Promise<string> {
  await using installed = await at.installs(command, wish);
  expect(installed.code, installed.said).toBe(0);
  return await installed.read(LOCKFILE);
}

async function stand(name: string): Promise<Scene> {
  const world = worlds[name];
  if (world === undefined) throw new Error(`there is no world named ${name}`);
  return standScene(world, { path: process.env["PATH"] ?? "" });
}

async function program(name: PeerName, context: TestContext): Promise<Command> {
  return client(name, context, process.env);
}
