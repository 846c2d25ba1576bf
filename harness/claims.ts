import type { World } from "../fixtures/world.ts";

/**
 * The alias whose packages an upstream's package counts among: of those in front of it, the one with the most
 * specific claim, and of equals the one that the world names first. Null where no alias claims it.
 */
export function claimantOf(world: World, upstream: string, name: string): string | null {
  return claimantsOf(world, upstream, name)[0] ?? null;
}

/** All whose claim is as specific: each serves the package by an endpoint of its own. */
export function claimantsOf(world: World, upstream: string, name: string): string[] {
  const claims = Object.entries(world.aliases)
    .filter(([, alias]) => alias.upstream === upstream)
    .map(([alias, { claims = ["*"] }]) => ({
      alias,
      specificity: Math.max(...claims.map((claim) => specificityOf(claim, name))),
    }))
    .filter(({ specificity }) => specificity > NO_CLAIM);
  const best = Math.max(...claims.map(({ specificity }) => specificity));
  return claims.filter(({ specificity }) => specificity === best).map(({ alias }) => alias);
}

/** Longer patterns are more specific, and a whole name is more so than any pattern. */
function specificityOf(claim: string, name: string): number {
  if (claim === name) return Infinity;
  const prefix = claim.slice(0, -1);
  return claim.endsWith("*") && name.startsWith(prefix) ? prefix.length : NO_CLAIM;
}

const NO_CLAIM = -1;
