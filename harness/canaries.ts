import { hmacTuple } from "../wire/digest.ts";
import type { World } from "../fixtures/world.ts";
import type { NpmRegistry } from "../mocks/npm.ts";
import type { Canary, PlacedWorld } from "./world.ts";

/** Secrets and canaries of one seed: unguessable for the subject, the same again for a replay. */
export interface Mint {
  secret(label: string): string;
}

export function createMint(seed: number): Mint {
  return { secret: (label) => hmacTuple(`leakproof seed ${seed}`, [label]).slice(0, 40) };
}

/** What is planted in every byte of a package's own: `via` is an alias's name or `hosted`. */
export function packageCanary(mint: Mint, via: string, name: string): string {
  return `canary-${mint.secret(`package ${via} ${name}`)}`;
}

/** Every canary of a world in its place: what was planted, and what can only have come from there. */
export function canariesOf(
  world: World,
  mint: Mint,
  placed: Omit<PlacedWorld, "canaries">,
  registries: ReadonlyMap<string, NpmRegistry>,
): Canary[] {
  const canaries: Canary[] = [
    { value: placed.serverSecret, of: { kind: "server-secret" } },
    ...Object.entries(placed.credentials).map(([alias, value]): Canary => ({
      value,
      of: { kind: "alias-credential", alias },
    })),
    ...Object.entries(placed.accounts).flatMap(([user, { token, password }]): Canary[] => [
      { value: token, of: { kind: "caller-credential", user } },
      { value: password, of: { kind: "caller-credential", user } },
    ]),
  ];
  for (const [alias, { upstream, claims }] of Object.entries(world.aliases)) {
    const url = placed.places[upstream];
    if (url !== undefined) canaries.push({ value: url, of: { kind: "upstream-url", alias } });
    for (const [name, { versions }] of Object.entries(world.upstreams[upstream]?.packages ?? {})) {
      if (!(claims ?? ["*"]).some((claim) => name.startsWith(claim.replace(/\*$/, "")))) continue;
      const of = { kind: "package", via: alias, package: name } as const;
      canaries.push({ value: packageCanary(mint, alias, name), of });
      canaries.push({ value: name, of: { ...of, kind: "name" } });
      for (const version of Object.keys(versions)) {
        const tarball = registries.get(upstream)?.tarball(name, version);
        if (tarball === undefined) continue;
        canaries.push({ value: tarball.integrity, of }, { value: tarball.shasum, of });
      }
    }
  }
  for (const [name, { access }] of Object.entries(world.hosted)) {
    if (access.includes("$all")) continue;
    const of = { kind: "package", via: "hosted", package: name } as const;
    canaries.push({ value: packageCanary(mint, "hosted", name), of });
    canaries.push({ value: name, of: { ...of, kind: "name" } });
  }
  return canaries;
}
