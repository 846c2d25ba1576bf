import { describe, expect, test } from "vitest";
import { worlds } from "../fixtures/worlds.ts";
import { syntheticWorld } from "../fixtures/worlds/synthetic.ts";
import { askedFor, declared, userFor } from "./closures.ts";

/** What nobody can resolve: its point is that something is missing. */
const UNRESOLVABLE: ReadonlySet<string> = new Set([
  "private-default-registry orphan",
  "two-teams-probing nowhere",
]);

/**
 * What a recording has because it took the highest match everywhere. A resolver is content with a version
 * that something else asks for already, and never comes to what the highest one would have needed.
 */
const SPARED: Readonly<Record<string, readonly string[]>> = {
  framework: ["npm @fastify/deepmerge"],
};

describe.each(Object.values(worlds))("$name", (world) => {
  const projects = Object.keys(world.projects).filter(
    (name) => userFor(world, name) !== undefined && !UNRESOLVABLE.has(`${world.name} ${name}`),
  );
  test.each(projects)("the declared closure of %s is what a resolve asks for", async (name) => {
    const asked = await askedFor(world, name);
    const spared = SPARED[world.name] ?? [];
    expect([...asked, ...spared].sort()).toEqual(declared(world, name));
  });
});

test.each([1, 50, 500])(
  "a made-up world of %d packages is resolved as a whole",
  async (packages) => {
    const world = syntheticWorld({
      seed: 7,
      packages,
      privateShare: 0.2,
      cycles: true,
      peers: true,
    });
    for (const name of ["everything", "public"]) {
      expect(await askedFor(world, name)).toEqual(declared(world, name));
    }
  },
);
