import { readFrames, resolveMessage } from "../clients/resolve.ts";
import type { RouteName, World } from "../fixtures/world.ts";
import { standWorld } from "./ground.ts";
import { mayUse } from "./oracle/access.ts";
import { fillPlaces } from "./places.ts";
import { referenceTarget } from "./targets/reference.ts";

/** Somebody who may use all that a project needs. */
export function userFor(world: World, project: string): string | undefined {
  const closure = world.projects[project]?.closure ?? [];
  return world.users.concat("anonymous").find((user) => {
    if (user === "anonymous" && world.settings.anonymous === "refuse") return false;
    return closure.every((route) => mayUse(world, user, route));
  });
}

/** A project's closure, each of it as `upstream name`, of what is not hosted: that is asked of nobody. */
export function declared(world: World, project: string): string[] {
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

/** What upstreams are asked when the reference resolves a project for the first time, in the same form. */
export async function askedFor(world: World, project: string): Promise<string[]> {
  const ground = await standWorld(world, { seed: 1, transport: "switchboard" });
  const session = await referenceTarget().start(ground.placed, ground.send);
  try {
    const places = { ...ground.placed.places, self: session.origins.client };
    const credential = session.credential(userFor(world, project) ?? "");
    const request = fillPlaces(world.projects[project]?.request, places);
    const message = resolveMessage(request, credential?.authorization ?? null);
    const { terminal } = await readFrames(await session.send(message, AbortSignal.timeout(30_000)));
    if (terminal?.type !== "done") throw new Error(JSON.stringify(terminal));
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
