import type { Access, RouteName, World } from "../../fixtures/world.ts";
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
  if (via === "hosted") return lets(world, actor, world.hosted[name]?.access ?? []);
  const alias = world.aliases[via];
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
      return mayUseVia(world, actor, of.via, of.package);
    case "name":
      return mayUseVia(world, actor, of.via, of.package) || isNamedTo(world, actor, of.package);
    case "caller-credential":
      return of.user === actor;
    case "upstream-url":
    case "alias-credential":
    case "server-secret":
      return false;
  }
}

/** Whether the manifest of a package that the principal may see names this one as a dependency. */
function isNamedTo(world: World, actor: string, name: string): boolean {
  const visible = [
    ...Object.entries(world.aliases).flatMap(([alias, { upstream }]) =>
      Object.entries(world.upstreams[upstream]?.packages ?? {}).filter(([pkg]) =>
        mayUseVia(world, actor, alias, pkg),
      ),
    ),
    ...Object.entries(world.hosted).filter(([pkg]) => mayUseVia(world, actor, "hosted", pkg)),
  ];
  return visible.some(([, { versions }]) =>
    Object.values(versions).some(
      ({ dependencies, optionalDependencies, peerDependencies }) =>
        name in { ...dependencies, ...optionalDependencies, ...peerDependencies },
    ),
  );
}
