import type { RouteName, World } from "../../fixtures/world.ts";
import type { Mood } from "../../fixtures/mood.ts";
import type { OracleState } from "./state.ts";

/** How an upstream's moods get in the way of one route. */
export interface Trouble {
  /** The upstream says no: nothing that was kept may stand in for it. */
  readonly denies: boolean;
  /** The upstream says nothing that could be used, so that only what was kept could be served. */
  readonly barren: boolean;
}

export type Kind = "packument" | "tarball";

/** What stands between a route and an answer that needs such things of it; null where nothing does. */
export function troubleOf(
  state: OracleState,
  route: RouteName,
  kinds: readonly Kind[],
): Trouble | null {
  const troubles = kinds.flatMap((kind): Trouble[] => {
    const mood = moodOf(state, route, kind);
    const isPrivate = route.via !== "hosted" && "alias" in route.via;
    const trouble = mood === undefined ? null : troubleBy(mood, kind, kinds, isPrivate);
    return trouble === null ? [] : [trouble];
  });
  if (troubles.length === 0) return null;
  return {
    denies: troubles.some(({ denies }) => denies),
    barren: troubles.some(({ barren }) => barren),
  };
}

/** Upstreams that the moods of another send its askers to, where they may be followed. */
export function ledTo(state: OracleState, route: RouteName, kinds: readonly Kind[]): string[] {
  return kinds.flatMap((kind) => {
    const mood = moodOf(state, route, kind);
    const place =
      mood?.mood === "redirect"
        ? mood.to
        : mood?.mood === "tarballs-at" && kinds.includes("tarball")
          ? mood.base
          : "";
    const upstream = /^\{([a-z-]+)\}/.exec(place)?.[1] ?? "";
    return isAllowed(state.world, upstream) ? [upstream] : [];
  });
}

export function upstreamOf({ world }: OracleState, { via }: RouteName): string | null {
  if (via === "hosted") return null;
  if ("public" in via) return via.public;
  return "unknown" in via ? via.unknown : (world.aliases[via.alias]?.upstream ?? null);
}

/** The upstream at whose host a route's tarballs are. */
export function tarballHostOf(state: OracleState, route: RouteName): string | null {
  const upstream = upstreamOf(state, route);
  if (upstream === null) return null;
  return state.world.upstreams[upstream]?.tarballs?.at ?? upstream;
}

function moodOf(state: OracleState, route: RouteName, kind: Kind): Mood | undefined {
  const upstream = kind === "tarball" ? tarballHostOf(state, route) : upstreamOf(state, route);
  return state.moods.findLast(
    ({ upstream: name, of }) =>
      name === upstream &&
      (of.package === undefined || of.package === route.package) &&
      (of.kind === undefined || of.kind === kind),
  )?.mood;
}

function troubleBy(
  mood: Mood,
  kind: Kind,
  kinds: readonly Kind[],
  isPrivate: boolean,
): Trouble | null {
  switch (mood.mood) {
    case "status": {
      const { status } = mood;
      const denies = status === 401 || status === 403 || (status === 404 && isPrivate);
      return { denies, barren: status >= 400 };
    }
    case "hang":
    case "reset":
      return BARREN;
    case "garbled":
      return kind === "packument" ? BARREN : null;
    case "misnamed":
      return kind === "packument" ? SHAKY : null;
    case "tarballs-at":
      return kind === "packument" && kinds.includes("tarball") ? SHAKY : null;
    case "corrupt":
      return kind === "tarball" ? SHAKY : null;
    case "flap":
    case "slow":
    case "trickle":
    case "truncate":
    case "redirect":
      return SHAKY;
  }
}

const BARREN: Trouble = { denies: false, barren: true };

/** What is asked for may come all the same. */
const SHAKY: Trouble = { denies: false, barren: false };

/** Whether any rule of the operator's leads to an upstream, so that a fetch may be led there as well. */
export function isAllowed(world: World, upstream: string): boolean {
  const there = world.upstreams[upstream];
  if (there === undefined) return false;
  return (
    world.settings.unknownRoutes === "anonymous" ||
    world.settings.probeHosts.includes(upstream) ||
    (there.official === true && world.settings.builtInPublic !== "off") ||
    world.publicRoutes.some((rule) => rule.upstream === upstream) ||
    Object.values(world.aliases).some(
      (alias) => alias.upstream === upstream || alias.tarballOrigins?.includes(upstream) === true,
    )
  );
}
