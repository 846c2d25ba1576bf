import { packagesAt } from "../fixtures/packages/served.ts";
import { applyChange } from "../fixtures/world.ts";
import type { Manifest, Package, Upstream, World } from "../fixtures/world.ts";
import { createControl } from "../mocks/control.ts";
import { createMemory } from "../mocks/memory.ts";
import type { Memory } from "../mocks/memory.ts";
import { npmRegistry } from "../mocks/npm.ts";
import type { NpmRegistry } from "../mocks/npm.ts";
import type { MockManifest } from "../mocks/npm/shelf.ts";
import { tarballHosting } from "../mocks/npm/tarball-hosts.ts";
import type { UpstreamDeed } from "../suites/case.ts";
import { createMint, packageCanary, signatureAt } from "./canaries.ts";
import type { Mint } from "./canaries.ts";
import { claimantOf } from "./claims.ts";
import { admittedAt, placeWorld } from "./placing.ts";
import { callSite, socketSite } from "./site.ts";
import type { Ground } from "./world.ts";

export interface GroundOptions {
  /** Secrets and canaries follow from it. */
  readonly seed: number;
  readonly transport: "switchboard" | "sockets";
}

/** Stands up the upstreams of a world, with fresh secrets and canaries, behind calls or real sockets. */
export async function standWorld(world: World, options: GroundOptions): Promise<Ground> {
  const mint = createMint(options.seed);
  // Once for all upstreams, so that what they hear stays in one order.
  const memory = createMemory();
  const site = options.transport === "sockets" ? await socketSite(world) : callSite(world);
  const registries = new Map<string, NpmRegistry>();
  for (const [name, upstream] of Object.entries(world.upstreams)) {
    const hosting = tarballHosting(world.upstreams, name, {
      place: (other) => site.places[other] ?? "",
      signature: (other) => signatureAt(mint, other),
      tarball: (other, pkg, version) => registries.get(other)?.tarball(pkg, version) ?? null,
    });
    const baseUrl = site.places[name] ?? "";
    const registry = registryFor({ world, mint, memory, hosting }, name, upstream, baseUrl);
    registries.set(name, registry);
    site.open(name, registry.handler);
  }
  let placed = placeWorld(world, mint, site.places, registries);
  return {
    get placed() {
      return placed;
    },
    send: site.send,
    deed: (upstream, deed) => {
      const registry = registries.get(upstream);
      if (registry === undefined) throw new RangeError(`the world has no upstream "${upstream}"`);
      doDeed(registry, deed, (name, manifest) =>
        planted(placed.world, mint, upstream, name, manifest),
      );
      // What was published has canaries of its own.
      if (deed.deed === "publish") {
        placed = placeWorld(placed.world, mint, site.places, registries);
      }
    },
    change: (change) => {
      placed = placeWorld(applyChange(placed.world, change), mint, site.places, registries);
      for (const [name, registry] of registries) {
        const admitted = admittedAt(placed.world, mint, name);
        if (admitted !== null) registry.admit(admitted);
      }
      return placed;
    },
    heard: () => memory.take(),
    control: createControl(memory, registries),
    stop: () => site.close(),
  };
}

interface Making {
  readonly world: World;
  readonly mint: Mint;
  readonly memory: Memory;
  readonly hosting: ReturnType<typeof tarballHosting>;
}

function registryFor(
  { world, mint, memory, hosting }: Making,
  name: string,
  upstream: Upstream,
  baseUrl: string,
): NpmRegistry {
  const packages = Object.entries(packagesAt(upstream)).map(([pkg, found]) => {
    const versions = Object.entries(found.versions).map(
      ([version, manifest]) => [version, planted(world, mint, name, pkg, manifest)] as const,
    );
    return [pkg, { ...found, versions: Object.fromEntries(versions) } satisfies Package] as const;
  });
  return npmRegistry({
    ...{ name, baseUrl, memory, denies: upstream.denies, ...hosting },
    packages: Object.fromEntries(packages),
    admitted: admittedAt(world, mint, name),
  });
}

/** A manifest with its package's canary, where an alias stands in front of it. */
function planted(
  world: World,
  mint: Mint,
  upstream: string,
  name: string,
  manifest: Manifest,
): MockManifest {
  const alias = claimantOf(world, upstream, name);
  return alias === null ? manifest : { ...manifest, canary: packageCanary(mint, alias, name) };
}

function doDeed(
  registry: NpmRegistry,
  deed: UpstreamDeed,
  plant: (name: string, manifest: Manifest) => MockManifest,
): void {
  const { moods } = registry;
  switch (deed.deed) {
    case "behave":
      moods.set(deed.mood, deed.of ?? {});
      return;
    case "recover":
      moods.recover();
      return;
    case "hold":
      moods.hold(deed.of ?? {});
      return;
    case "release":
      moods.release();
      return;
    case "publish":
      registry.publish(deed.package, deed.version, plant(deed.package, deed.manifest));
      return;
    case "unpublish":
      registry.unpublish(deed.package);
  }
}
