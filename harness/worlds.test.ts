import { describe, expect, test } from "vitest";
import { readFrames, resolveMessage } from "../clients/resolve.ts";
import type { RouteName, World } from "../fixtures/world.ts";
import { worlds } from "../fixtures/worlds.ts";
import { standWorld } from "./ground.ts";
import { mayUse } from "./oracle/access.ts";
import { fillPlaces } from "./places.ts";
import { referenceTarget } from "./targets/reference.ts";

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

function userFor(world: World, project: string): string | undefined {
  const closure = world.projects[project]?.closure ?? [];
  return world.users.concat("anonymous").find((user) => {
    if (user === "anonymous" && world.settings.anonymous === "refuse") return false;
    return closure.every((route) => mayUse(world, user, route));
  });
}

/** Each of them as `upstream name`, of what is not hosted: that is asked of nobody. */
function declared(world: World, project: string): string[] {
  const upstreamOf = ({ via }: RouteName): string | undefined => {
    if (via === "hosted") return undefined;
    if ("public" in via) return via.public;
    return "unknown" in via ? via.unknown : world.aliases[via.alias]?.upstream;
  };
  const asked = (world.projects[project]?.closure ?? []).flatMap((route) => {
    const upstream = upstreamOf(route);
    return upstream === undefined ? [] : [`${upstream} ${route.package}`];
  });
  return [...new Set(asked)].sort();
}

async function askedFor(world: World, project: string): Promise<string[]> {
  const ground = await standWorld(world, { seed: 1, transport: "switchboard" });
  const session = await referenceTarget().start(ground.placed, ground.send);
  try {
    const places = { ...ground.placed.places, self: session.origins.client };
    const credential = session.credential(userFor(world, project) ?? "");
    const request = fillPlaces(world.projects[project]?.request, places);
    const message = resolveMessage(request, credential?.authorization ?? null);
    const { terminal } = await readFrames(await session.send(message, AbortSignal.timeout(30_000)));
    expect(terminal).toMatchObject({ type: "done" });
    const heard = ground.heard().map(({ upstream, message: { target } }) => {
      const base = new URL(ground.placed.places[upstream] ?? "").pathname.replace(/\/$/, "");
      return `${upstream} ${decodeURIComponent(target.slice(base.length + 1))}`;
    });
    return [...new Set(heard)].sort();
  } finally {
    await session.stop();
    await ground.stop();
  }
}
