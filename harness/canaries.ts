import { hmacTuple } from "../wire/digest.ts";
import type { NpmRegistry } from "../mocks/npm.ts";
import { claimantOf } from "./claims.ts";
import { hostedRelease } from "./hosting.ts";
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

/** What stands in the signed URLs of an upstream's tarballs. */
export function signatureAt(mint: Mint, upstream: string): string {
  return mint.secret(`signature ${upstream}`);
}

/** What an upstream's registry has, as far as canaries are concerned. */
export type Stock = Pick<NpmRegistry, "contents" | "tarball">;

/**
 * Every canary of a world in its place: what was planted, and what can only have come from there. Packages
 * that were published since the world was placed have theirs as well.
 */
export function canariesOf(
  placed: Omit<PlacedWorld, "canaries">,
  mint: Mint,
  stocks: ReadonlyMap<string, Stock>,
): Canary[] {
  return [
    ...secretCanaries(placed),
    ...aliasCanaries(placed, mint),
    ...[...stocks].flatMap(([upstream, stock]) => upstreamCanaries(placed, mint, upstream, stock)),
    ...hostedCanaries(placed),
  ];
}

function secretCanaries(placed: Omit<PlacedWorld, "canaries">): Canary[] {
  const { credentials, accounts, serverSecret } = placed;
  return [
    { value: serverSecret, of: { kind: "server-secret" } },
    ...Object.entries(credentials).map(([alias, value]): Canary => ({
      value,
      of: { kind: "alias-credential", alias },
    })),
    ...Object.entries(accounts).flatMap(([user, { token, password }]): Canary[] => [
      { value: token, of: { kind: "caller-credential", user } },
      { value: password, of: { kind: "caller-credential", user } },
    ]),
  ];
}

/** Where an alias's registry and its tarballs are, and the signature that gives whoever has it the latter. */
function aliasCanaries({ world, places }: Omit<PlacedWorld, "canaries">, mint: Mint): Canary[] {
  return Object.entries(world.aliases).flatMap(([alias, { upstream, tarballOrigins = [] }]) => {
    const host = world.upstreams[upstream]?.tarballs;
    const hosts = host === undefined ? [] : [host.at];
    const raw = [...new Set([upstream, ...hosts, ...tarballOrigins])].flatMap(
      (name) => places[name] ?? [],
    );
    const signed = host?.signed === true ? [signatureAt(mint, upstream)] : [];
    return [
      ...raw.map((value): Canary => ({ value, of: { kind: "upstream-url", alias } })),
      ...signed.map((value): Canary => ({ value, of: { kind: "alias-credential", alias } })),
    ];
  });
}

function upstreamCanaries(
  { world }: Omit<PlacedWorld, "canaries">,
  mint: Mint,
  upstream: string,
  stock: Stock,
): Canary[] {
  return [...stock.contents()].flatMap(([name, versions]): Canary[] => {
    const via = claimantOf(world, upstream, name);
    if (via === null) return [];
    const of = { kind: "package", via, package: name } as const;
    const tarballs = versions.flatMap((version) => stock.tarball(name, version) ?? []);
    return [
      { value: packageCanary(mint, via, name), of },
      { value: name, of: { ...of, kind: "name" } },
      ...tarballs.flatMap(({ integrity, shasum }): Canary[] => [
        { value: integrity, of },
        { value: shasum, of },
      ]),
    ];
  });
}

/** What everybody may have is no secret, until an operator restricts it. */
function hostedCanaries(placed: Omit<PlacedWorld, "canaries">): Canary[] {
  return Object.entries(placed.world.hosted).flatMap(([name, { access, versions }]): Canary[] => {
    const canary = placed.hostedCanaries[name];
    if (canary === undefined || access.includes("$all")) return [];
    const of = { kind: "package", via: "hosted", package: name } as const;
    const releases = Object.entries(versions).map(
      ([version, manifest]) => hostedRelease(name, version, manifest, canary).tarball,
    );
    return [
      { value: canary, of },
      { value: name, of: { ...of, kind: "name" } },
      ...releases.flatMap(({ integrity, shasum }): Canary[] => [
        { value: integrity, of },
        { value: shasum, of },
      ]),
    ];
  });
}
