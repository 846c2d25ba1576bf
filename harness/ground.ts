import { loadRecorded } from "../fixtures/packages/recorded.ts";
import { applyChange } from "../fixtures/world.ts";
import type { Upstream, World } from "../fixtures/world.ts";
import { npmRegistry } from "../mocks/npm.ts";
import type { MockPackage, NpmRegistry } from "../mocks/npm.ts";
import type { UpstreamDeed } from "../suites/case.ts";
import { listen } from "../wire/listen.ts";
import type { Listening } from "../wire/listen.ts";
import type { Handler } from "../wire/message.ts";
import { createSender } from "../wire/send.ts";
import { createSwitchboard } from "../wire/switchboard.ts";
import { canariesOf, createMint, packageCanary } from "./canaries.ts";
import type { Mint } from "./canaries.ts";
import type { Ground, PlacedWorld, UpstreamExchange } from "./world.ts";

export interface GroundOptions {
  /** Secrets and canaries follow from it. */
  readonly seed: number;
  readonly transport: "switchboard" | "sockets";
}

/** Stands up the upstreams of a world, with fresh secrets and canaries, behind calls or real sockets. */
export async function standWorld(world: World, options: GroundOptions): Promise<Ground> {
  const mint = createMint(options.seed);
  const site = options.transport === "sockets" ? await socketSite(world) : callSite(world);
  const registries = new Map(
    Object.entries(world.upstreams).map(([name, upstream]) => {
      const registry = registryFor(world, mint, name, upstream, site.places[name] ?? "");
      site.open(name, registry.handler);
      return [name, registry] as const;
    }),
  );
  let placed = placeWorld(world, mint, site.places, registries);
  return {
    get placed() {
      return placed;
    },
    send: site.send,
    deed: (upstream, deed) => {
      const registry = registries.get(upstream);
      if (registry === undefined) throw new RangeError(`the world has no upstream "${upstream}"`);
      doDeed(placed.world, mint, registry, upstream, deed);
    },
    change: (change) => {
      placed = placeWorld(applyChange(placed.world, change), mint, site.places, registries);
      if (change.change === "rotate") readmit(placed, registries);
      return placed;
    },
    heard: () => heardBy(registries),
    stop: site.close,
  };
}

interface Site {
  readonly places: Readonly<Record<string, string>>;
  readonly send: Ground["send"];
  open(upstream: string, handler: Handler): void;
  close(): Promise<void>;
}

/** Origins in a reserved domain, answered by calls. */
function callSite(world: World): Site {
  const board = createSwitchboard();
  const origins = new Map(
    Object.keys(world.upstreams).map((name) => [name, `http://${name}.leakproof.test`]),
  );
  return {
    places: placesOf(world, origins),
    send: board.send,
    open: (name, handler) => {
      board.register(origins.get(name) ?? "", handler);
    },
    close: async () => undefined,
  };
}

/** A loopback listener for each upstream. */
async function socketSite(world: World): Promise<Site> {
  const handlers = new Map<string, Handler>();
  const listeners: Listening[] = [];
  const origins = new Map<string, string>();
  for (const name of Object.keys(world.upstreams)) {
    const listening = await listen(async (message, signal) => {
      const handler = handlers.get(name);
      if (handler === undefined) throw new Error(`the upstream ${name} is not open yet`);
      return handler(message, signal);
    });
    listeners.push(listening);
    origins.set(name, listening.origin);
  }
  const sender = createSender();
  return {
    places: placesOf(world, origins),
    send: sender.send,
    open: (name, handler) => {
      handlers.set(name, handler);
    },
    close: async () => {
      await sender.close();
      await Promise.all(listeners.map((listening) => listening.close()));
    },
  };
}

function placesOf(world: World, origins: ReadonlyMap<string, string>): Record<string, string> {
  const bases = Object.entries(world.upstreams).map(([name, { base }]) => [
    name,
    `${origins.get(name) ?? ""}${base ?? ""}`,
  ]);
  return Object.fromEntries(bases) as Record<string, string>;
}

function registryFor(
  world: World,
  mint: Mint,
  name: string,
  upstream: Upstream,
  baseUrl: string,
): NpmRegistry {
  const alias = Object.keys(world.aliases).find((one) => world.aliases[one]?.upstream === name);
  const packages = Object.entries(upstream.packages).map(([pkg, { versions, tags }]) => {
    const canary = alias === undefined ? {} : { canary: packageCanary(mint, alias, pkg) };
    const planted = Object.entries(versions).map(([version, manifest]) => [
      version,
      { ...manifest, ...canary },
    ]);
    return [
      pkg,
      { versions: Object.fromEntries(planted) as MockPackage["versions"], tags },
    ] as const;
  });
  const recorded = (upstream.recorded ?? []).flatMap((set) =>
    Object.entries(loadRecorded(set).packages),
  );
  return npmRegistry({
    baseUrl,
    packages: Object.fromEntries<MockPackage>([...recorded, ...packages]),
    admitted: upstream.auth === "none" ? null : admittedAt(world, mint, name),
    denies: upstream.denies,
  });
}

/** An upstream lets in the present credential of every alias in front of it, and no older one. */
function admittedAt(world: World, mint: Mint, upstream: string): string[] {
  return Object.entries(world.aliases)
    .filter(([, alias]) => alias.upstream === upstream)
    .map(([name, { generation }]) => `Bearer ${credentialOf(mint, name, generation)}`);
}

function credentialOf(mint: Mint, alias: string, generation: number): string {
  return `lpu_${mint.secret(`alias ${alias} ${generation}`)}`;
}

function placeWorld(
  world: World,
  mint: Mint,
  places: Readonly<Record<string, string>>,
  registries: ReadonlyMap<string, NpmRegistry>,
): PlacedWorld {
  const credentials = Object.entries(world.aliases).map(([name, { generation }]) => [
    name,
    credentialOf(mint, name, generation),
  ]);
  const accounts = world.users.map((user) => [
    user,
    { token: `lp_${mint.secret(`token ${user}`)}`, password: mint.secret(`password ${user}`) },
  ]);
  const placed = {
    world,
    places,
    credentials: Object.fromEntries(credentials) as PlacedWorld["credentials"],
    accounts: Object.fromEntries(accounts) as PlacedWorld["accounts"],
    serverSecret: `lps_${mint.secret("server secret")}`,
    hostedCanaries: Object.fromEntries(
      Object.keys(world.hosted).map((name) => [name, packageCanary(mint, "hosted", name)]),
    ),
  };
  return { ...placed, canaries: canariesOf(world, mint, placed, registries) };
}

function readmit(placed: PlacedWorld, registries: ReadonlyMap<string, NpmRegistry>): void {
  for (const [name, { auth }] of Object.entries(placed.world.upstreams)) {
    if (auth === "none") continue;
    const admitted = Object.entries(placed.world.aliases)
      .filter(([, { upstream }]) => upstream === name)
      .map(([alias]) => `Bearer ${placed.credentials[alias] ?? ""}`);
    registries.get(name)?.admit(admitted);
  }
}

function doDeed(
  world: World,
  mint: Mint,
  registry: NpmRegistry,
  upstream: string,
  deed: UpstreamDeed,
): void {
  switch (deed.deed) {
    case "behave":
      registry.moods.set(deed.mood, deed.of ?? {});
      return;
    case "recover":
      registry.moods.recover();
      return;
    case "hold":
      registry.moods.hold(deed.of ?? {});
      return;
    case "release":
      registry.moods.release();
      return;
    case "publish": {
      const alias = Object.keys(world.aliases).find(
        (one) => world.aliases[one]?.upstream === upstream,
      );
      const planted =
        alias === undefined ? {} : { canary: packageCanary(mint, alias, deed.package) };
      registry.publish(deed.package, deed.version, { ...deed.manifest, ...planted });
      return;
    }
    case "unpublish":
      registry.unpublish(deed.package);
  }
}

function heardBy(registries: ReadonlyMap<string, NpmRegistry>): UpstreamExchange[] {
  return [...registries].flatMap(([upstream, { memory }]) =>
    memory.take().map((exchange) => ({ upstream, ...exchange })),
  );
}
