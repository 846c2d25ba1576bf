import { stringify } from "yaml";
import type { Access, Alias, World } from "../../../fixtures/world.ts";
import { PUBLISHER } from "../../hosting.ts";
import type { PlacedWorld } from "../../world.ts";

/** The registry of what the subject hosts, at its own base. */
const HOSTED = "hosted";

/** The config of pnpr 0.1.0-alpha.8 for a world, as the text of its file; paths are relative to that. */
export function writeConfig(placed: PlacedWorld): string {
  const { world, places, credentials } = placed;
  const aliases = Object.entries(world.aliases).map(([name, alias]) => {
    const url = `${places[alias.upstream] ?? ""}/`;
    const auth = { type: "bearer", token: credentials[name] ?? "" };
    return [name, { type: "upstream", url, auth, ...maxage(world), ...admission(world, alias) }];
  });
  const hosted = { type: "hosted", teams: world.teams, packages: hostedPackages(world) };
  return stringify({
    storage: "./storage",
    cache: "./cache",
    secret: placed.serverSecret,
    auth: { htpasswd: { file: "./htpasswd", max_users: MAX_USERS } },
    registries: { ...(Object.fromEntries(aliases) as object), [HOSTED]: hosted },
    routes: { public: publicRoutes(placed) },
    defaultRegistry: HOSTED,
    log: { type: "stdout", format: "json", level: "http" },
  });
}

/** More than any world has. */
const MAX_USERS = 1000;

function maxage({ settings }: World): { readonly maxage: string } {
  return { maxage: `${Math.ceil(settings.metadataTtlMs / 1000)}s` };
}

/**
 * Who may use a registry, and for which names: those that match no pattern are not served. A registry's own
 * list stands above those of its packages, so it has everybody whom any of them admits.
 */
function admission(world: World, { upstream, access, claims = ["**"], packages = {} }: Alias) {
  const names = Object.keys(world.upstreams[upstream]?.packages ?? {});
  const claimed = claims
    .flatMap((claim) => spelledOut(claim, names))
    .map((pattern) => [pattern, { access }] as const);
  const single = Object.entries(packages).map(([name, who]) => [name, { access: who }] as const);
  const everybody = new Set([...access, ...Object.values(packages).flat()]);
  return {
    teams: world.teams,
    access: [...everybody],
    // A later pattern of the same name would replace what stands before it, so the single ones come first.
    packages: Object.fromEntries([...single, ...claimed]) as Record<string, { access: Access }>,
  };
}

/** It has no pattern narrower than a scope: such a one is written as the names that it fits in this world. */
function spelledOut(claim: string, names: readonly string[]): readonly string[] {
  if (!claim.endsWith("*") || claim === "**" || /^@[^/]+\/\*$/.test(claim)) return [claim];
  return names.filter((name) => name.startsWith(claim.slice(0, -1)));
}

/** Whoever publishes has to have access as well. */
function hostedPackages(world: World) {
  const rules = Object.entries(world.hosted).map(([name, { access }]) => {
    const publishers = { publish: [PUBLISHER], unpublish: [PUBLISHER] };
    const rule = { access: [...access, PUBLISHER], ...publishers };
    return [name, rule] as const;
  });
  return Object.fromEntries(rules);
}

/** A pattern without a slash fits unscoped names alone. */
function publicRoutes({ world, places }: PlacedWorld) {
  const at = (upstream: string): string => `${places[upstream] ?? ""}/`;
  const official = Object.keys(world.upstreams).find((name) => world.upstreams[name]?.official);
  const builtIn = { unscoped: ["*"], host: ["**"], off: [] }[world.settings.builtInPublic];
  const declared = world.publicRoutes.flatMap(({ upstream, packages = ["**"] }) =>
    packages.map((pattern) => ({ registry: at(upstream), package: pattern })),
  );
  const known = builtIn.map((pattern) => ({ registry: at(official ?? ""), package: pattern }));
  return [...(official === undefined ? [] : known), ...declared];
}
