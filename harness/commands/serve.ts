import { worlds } from "../../fixtures/worlds.ts";
import { standWorld } from "../ground.ts";
import { UsageError } from "../select.ts";
import { serveReference } from "../targets/reference.ts";
import { startProcess } from "../targets/spawned.ts";

/** Runs the reference in the foreground, from a config or in one of the suite's worlds. */
export async function serve(options: { config?: string; world?: string }): Promise<void> {
  if (options.world === undefined) {
    await serveReference(options.config === undefined ? [] : ["--config", options.config]);
    return;
  }
  if (options.config !== undefined) throw new UsageError("give either --config or --world");
  const world = worlds[options.world];
  if (world === undefined) {
    throw new UsageError(`there is no world "${options.world}": \`leakproof list --worlds\``);
  }
  const ground = await standWorld(world, { seed: 1, transport: "sockets" });
  const session = await startProcess(ground.placed);
  const tokens = Object.entries(ground.placed.accounts).map(
    ([user, { token }]) => `  ${user}: ${token}`,
  );
  process.stdout.write(
    [
      `leakproof: world ${world.name} at ${session.origins.client} (Ctrl-C ends it)`,
      ...Object.entries(ground.placed.places).map(([name, base]) => `  upstream ${name}: ${base}/`),
      "tokens of this world, good for nothing else:",
      ...tokens,
      "",
    ].join("\n"),
  );
  const stop = Promise.withResolvers<undefined>();
  process.removeAllListeners("SIGINT");
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop.resolve(undefined);
    });
  }
  await stop.promise;
  await session.stop();
  await ground.stop();
}
