import { once } from "node:events";
import type { Command } from "commander";
import { worldNamed } from "./serve.ts";
import { UsageError } from "../select.ts";
import type { Surroundings } from "./surroundings.ts";

interface MockOptions {
  readonly port: string;
  readonly world: string;
}

export function addMock(leakproof: Command, surroundings: Surroundings): void {
  leakproof
    .command("mock <name>")
    .description("run a mock upstream (npm) until Ctrl-C, its control API on a port of its own")
    .option("--port <port>", "where the first registry listens; 0 is any", "0")
    .option("--world <name>", "whose upstreams are served", "two-teams")
    .addHelpText("after", "\nExample:\n  npx leakproof mock npm --world two-teams --port 4880")
    .action(async (name: string, options: MockOptions) => {
      await mock(name, options, surroundings);
    });
}

async function mock(name: string, options: MockOptions, surroundings: Surroundings): Promise<void> {
  if (name !== "npm") throw new UsageError(`there is no mock "${name}": the one there is, is npm`);
  const world = worldNamed(options.world);
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port ${options.port}: give a whole number from 0 to 65535`);
  }
  const { startMock } = await import("../../mocks/main.ts");
  const started = await startMock(world, port).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--port ${port}: ${why}`);
  });
  surroundings.say(started.text);
  await once(surroundings.interruption("stopping"), "abort");
  await started.close();
}
