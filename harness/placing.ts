import type { World } from "../fixtures/world.ts";
import { canariesOf, packageCanary } from "./canaries.ts";
import type { Mint, Stock } from "./canaries.ts";
import type { PlacedWorld } from "./world.ts";

/** A world with its secrets and canaries, for upstreams that stand at `places` and have these stocks. */
export function placeWorld(
  world: World,
  mint: Mint,
  places: Readonly<Record<string, string>>,
  stocks: ReadonlyMap<string, Stock>,
): PlacedWorld {
  const accounts = world.users.map((user) => {
    const token = `lp_${mint.secret(`token ${user}`)}`;
    return [user, { token, password: mint.secret(`password ${user}`) }] as const;
  });
  const planted = Object.keys(world.hosted).map(
    (name) => [name, packageCanary(mint, "hosted", name)] as const,
  );
  const placed = {
    ...{ world, places, credentials: credentialsOf(world, mint) },
    accounts: Object.fromEntries(accounts),
    serverSecret: `lps_${mint.secret("server secret")}`,
    hostedCanaries: Object.fromEntries(planted),
  };
  return { ...placed, canaries: canariesOf(placed, mint, stocks) };
}

/**
 * The `authorization` values that an upstream lets in: the present ones of the aliases in front of it, and of
 * those whose tarballs it keeps.
 */
export function admittedAt(world: World, mint: Mint, upstream: string): string[] | null {
  if (world.upstreams[upstream]?.auth !== "bearer") return null;
  const credentials = credentialsOf(world, mint);
  const inFront = Object.entries(world.aliases).filter(
    ([, alias]) =>
      alias.upstream === upstream || world.upstreams[alias.upstream]?.tarballs?.at === upstream,
  );
  return inFront.map(([alias]) => `Bearer ${credentials[alias] ?? ""}`);
}

/** Another credential for each edition of an alias's. */
function credentialsOf(world: World, mint: Mint): Record<string, string> {
  const credentials = Object.entries(world.aliases).map(
    ([alias, { generation, edition = generation }]) =>
      [alias, `lpu_${mint.secret(`alias ${alias} ${edition}`)}`] as const,
  );
  return Object.fromEntries(credentials);
}
