import type { Access, RouteName, World } from "../../fixtures/world.ts";
import { claimantsOf } from "../claims.ts";
import type { Canary } from "../world.ts";

/** Whether an access list lets a principal in. `anonymous` is nobody's name. */
export function lets(world: World, actor: string, access: Access): boolean {
  return access.some((who) => {
    if (who === "$all") return true;
    if (actor === "anonymous" || !world.users.includes(actor)) return false;
    if (who === "$authenticated" || who === actor) return true;
    return who.startsWith("team:") && (world.teams[who.slice(5)]?.includes(actor) ?? false);
  });
}

/** What a record has itself: names come from cases, and may be those of what every object has. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Whether a principal may use a route as the world stands. */
export function mayUse(world: World, actor: string, route: RouteName): boolean {
  const { via } = route;
  if (via === "hosted") return mayUseVia(world, actor, "hosted", route.package);
  if ("public" in via) return true;
  if ("unknown" in via) {
    return world.settings.unknownRoutes === "anonymous" || isFoundPublic(world, via.unknown);
  }
  return mayUseVia(world, actor, via.alias, route.package);
}

/** Whether a probe of an upstream that no rule names finds it open to everybody. */
export function isFoundPublic({ settings, upstreams }: World, upstream: string): boolean {
  return settings.probeHosts.includes(upstream) && upstreams[upstream]?.auth === "none";
}

/** The same, by an alias's name or `hosted`. A package declared public is everybody's. */
export function mayUseVia(world: World, actor: string, via: string, name: string): boolean {
  if (via === "hosted") return lets(world, actor, own(world.hosted, name)?.access ?? []);
  const alias = own(world.aliases, via);
  if (alias === undefined) return false;
  if (isDeclaredPublic(world, alias.upstream, name)) return true;
  return lets(world, actor, alias.packages?.[name] ?? alias.access);
}

function isDeclaredPublic(world: World, upstream: string, name: string): boolean {
  return world.publicRoutes.some((rule) => {
    const patterns = rule.packages ?? ["*"];
    return rule.upstream === upstream && patterns.some((pattern) => fits(pattern, name));
  });
}

function fits(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/**
 * Whether a canary may appear in what a principal is told. Secrets may not, to anyone; a caller's own
 * credential may, to that caller; what belongs to a package may, to whoever may use the package.
 */
export function mayKnow(world: World, actor: string, { of }: Canary): boolean {
  switch (of.kind) {
    case "package":
      return mayUseSomehow(world, actor, of);
    case "name":
      return mayUseSomehow(world, actor, of) || isNamedTo(world, actor, of.package);
    case "caller-credential":
      return of.user === actor;
    case "upstream-url":
    case "alias-credential":
    case "server-secret":
      return false;
  }
}

/** Aliases that claim a package alike serve the same of it, each by its own endpoint. */
function mayUseSomehow(
  world: World,
  actor: string,
  { via, package: name }: { readonly via: string; readonly package: string },
): boolean {
  const upstream = world.aliases[via]?.upstream;
  const ways = upstream === undefined ? [via] : [via, ...claimantsOf(world, upstream, name)];
  return ways.some((way) => mayUseVia(world, actor, way, name));
}

/** Whether a manifest that the principal may see, such as a public one, names this package. */
function isNamedTo(world: World, actor: string, name: string): boolean {
  const open = Object.values(world.upstreams).filter(({ auth }) => auth === "none");
  const visible = [
    ...open.flatMap(({ packages }) => Object.entries(packages)),
    ...Object.entries(world.aliases).flatMap(([alias, { upstream }]) =>
      Object.entries(world.upstreams[upstream]?.packages ?? {}).filter(([pkg]) =>
        mayUseVia(world, actor, alias, pkg),
      ),
    ),
    ...Object.entries(world.hosted).filter(([pkg]) => mayUseVia(world, actor, "hosted", pkg)),
  ];
  return visible.some(([, { versions }]) =>
    Object.values(versions).some(({ dependencies, optionalDependencies, peerDependencies }) => {
      const named = { ...dependencies, ...optionalDependencies, ...peerDependencies };
      const isAliased = (spec: string): boolean => spec.startsWith(`npm:${name}@`);
      return Object.hasOwn(named, name) || Object.values(named).some(isAliased);
    }),
  );
}
