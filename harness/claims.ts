import type { World } from "../fixtures/world.ts";

/**
 * The alias whose packages an upstream's package counts among: of those in front of it, the one with the most
 * specific claim, and of equals the one that the world names first. Null where no alias claims it.
 */
export function claimantOf(world: World, upstream: string, name: string): string | null {
  let best: { readonly alias: string; readonly specificity: number } | null = null;
  for (const [alias, { upstream: behind, claims = ["*"] }] of Object.entries(world.aliases)) {
    if (behind !== upstream) continue;
    const specificity = Math.max(...claims.map((claim) => specificityOf(claim, name)));
    if (specificity > (best?.specificity ?? NO_CLAIM)) best = { alias, specificity };
  }
  return best?.alias ?? null;
}

/** Longer patterns are more specific, and a whole name is more so than any pattern. */
function specificityOf(claim: string, name: string): number {
  if (claim === name) return Infinity;
  const prefix = claim.slice(0, -1);
  return claim.endsWith("*") && name.startsWith(prefix) ? prefix.length : NO_CLAIM;
}

const NO_CLAIM = -1;
