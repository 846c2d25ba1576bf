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
const table: (readonly [feature: string, client: string, came: string])[] = [];

beforeAll(async () => {
  const world = worlds["backend"];
  if (world === undefined) throw new Error("there is no world named backend");
  scene = await standScene(world, { path: process.env["PATH"] ?? "" });
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
  "the lockfile is the one of a direct install: $name",
  { timeout: SLOW_MS },
  async (feature, context) => {
    const pnpm = await program("pnpm-12.21", context);
    const oracle = await program("pnpm-11.26", context);
    const second = await program("pnpm-12.6", context);
    const seed = await seedFor(feature, oracle);
    const direct = { ...wishFor(feature, seed), direct: true };
    const expected = await lockfileOf(oracle, direct);
    scene.ground.heard();
    const ours = await lockfileOf(pnpm, wishFor(feature, seed));
    expect(askedByClients(scene.ground.heard())).toEqual([]);
    table.push([feature.name, "pnpm 11.26", ours === expected ? "equal" : "DIFFERENT"]);
    table.push([feature.name, "pnpm 12.6", await beside(ours, second, direct)]);
    table.push([feature.name, "pnpm 12.21", await beside(ours, pnpm, direct)]);
    expect(ours).toBe(expected);
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

/** What another version makes of the same; where that is another lockfile, ours has to do for it. */
async function beside(served: string, command: Command, direct: Wish): Promise<string> {
  if ((await lockfileOf(command, direct)) === served) return "equal";
  const flags = ["--frozen-lockfile", "--lockfile-only"];
  await using frozen = await scene.installs(command, { ...direct, lockfile: served, flags });
  expect(frozen.code, frozen.said).toBe(0);
  expect(await frozen.read(LOCKFILE)).toBe(served);
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

async function lockfileOf(command: Command, wish: Wish): Promise<string> {
  await using installed = await scene.installs(command, wish);
  expect(installed.code, installed.said).toBe(0);
  return await installed.read(LOCKFILE);
}

async function program(name: PeerName, context: TestContext): Promise<Command> {
  return client(name, context, process.env);
}
