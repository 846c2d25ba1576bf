import { once } from "node:events";
import type { Command } from "commander";
import type { World } from "../../fixtures/world.ts";
import { worlds } from "../../fixtures/worlds.ts";
import { listen } from "../../wire/listen.ts";
import { UsageError } from "../select.ts";
import type { Session } from "../targets/target.ts";
import type { PlacedWorld } from "../world.ts";
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
  const interrupted = interruption("stopping");
  const { standWorld } = await import("../ground.ts");
  const { startProcess } = await import("../targets/spawned.ts");
  const ground = await standWorld(world, { seed: 1, transport: "sockets" });
  const control = await listen(ground.control);
  const session = await startProcess(ground.placed);
  say(textFor(ground.placed, session, control.origin));
  if (!interrupted.aborted) await once(interrupted, "abort");
  await session.stop();
  await control.close();
  await ground.stop();
}

function textFor(placed: PlacedWorld, { origins }: Session, control: string): string {
  const { world, places, accounts } = placed;
  return [
    `leakproof: serving world ${world.name} at ${origins.client} (Ctrl-C ends it)`,
    ...(origins.operator === undefined ? [] : [`  operator: ${origins.operator}`]),
    ...Object.entries(places).map(([name, base]) => `  upstream ${name}: ${base}/`),
    `  control of the upstreams: ${control}/ lists the orders that it takes`,
    "tokens of this world, good for nothing else:",
    ...Object.entries(accounts).map(([user, { token }]) => `  ${user}: ${token}`),
  ].join("\n");
}
