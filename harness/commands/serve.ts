import { once } from "node:events";
import type { Command } from "commander";
import type { World } from "../../fixtures/world.ts";
import { worlds } from "../../fixtures/worlds.ts";
import { UsageError } from "../select.ts";
import type { Surroundings } from "./surroundings.ts";

interface ServeOptions {
  readonly config?: string;
  readonly world?: string;
}

export function addServe(leakproof: Command, surroundings: Surroundings): void {
  leakproof
    .command("serve")
    .description("run the reference server in the foreground")
    .option("--config <file>", "its config; without one, leakproof.yaml, written if need be")
    .option("--world <name>", "a world of the suite with its mocks, instead of a config")
    .addHelpText("after", "\nExample:\n  npx leakproof serve --config leakproof.yaml")
    .action(async (options: ServeOptions) => {
      await serve(options, surroundings);
    });
}

async function serve({ config, world }: ServeOptions, surroundings: Surroundings): Promise<void> {
  if (world === undefined) {
    const { serveReference } = await import("../targets/reference.ts");
    await serveReference(config === undefined ? [] : ["--config", config]);
    return;
  }
  if (config !== undefined) throw new UsageError("give --config or --world, not both");
  await serveWorld(worldNamed(world), surroundings);
}

/** Throws `UsageError` for a name that no world has. */
export function worldNamed(name: string): World {
  const world = worlds[name];
  if (world !== undefined) return world;
  throw new UsageError(
    `there is no world "${name}": choose from ${Object.keys(worlds).join(", ")}`,
  );
}

/** The reference as a process, in a world whose upstreams stand beside it. */
async function serveWorld(world: World, { say, interruption }: Surroundings): Promise<void> {
  const { standWorld } = await import("../ground.ts");
  const { startProcess } = await import("../targets/spawned.ts");
  const ground = await standWorld(world, { seed: 1, transport: "sockets" });
  const { placed } = ground;
  const session = await startProcess(placed);
  const { origins } = session;
  say(`leakproof: serving world ${world.name} at ${origins.client} (Ctrl-C ends it)`);
  if (origins.operator !== undefined) say(`  operator: ${origins.operator}`);
  for (const [name, base] of Object.entries(placed.places)) say(`  upstream ${name}: ${base}/`);
  say("tokens of this world, good for nothing else:");
  for (const [user, { token }] of Object.entries(placed.accounts)) say(`  ${user}: ${token}`);
  await once(interruption("stopping"), "abort");
  await session.stop();
  await ground.stop();
}
