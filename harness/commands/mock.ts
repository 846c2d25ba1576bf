import { worlds } from "../../fixtures/worlds.ts";
import { startMock } from "../../mocks/main.ts";
import type { ExitCode } from "../../reports/record.ts";
import { UsageError } from "../select.ts";
import type { Surroundings } from "./surroundings.ts";

/** Runs a mock upstream until Ctrl-C. */
export async function mock(
  name: string,
  options: { readonly port: string; readonly world: string },
  { say, interrupted }: Surroundings,
): Promise<ExitCode> {
  if (name !== "npm") throw new UsageError(`there is no mock "${name}": choose npm`);
  const world = worlds[options.world];
  if (world === undefined) {
    throw new UsageError(`there is no world "${options.world}": \`leakproof list --worlds\``);
  }
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port ${options.port}: a number from 0 to 65535`);
  }
  const started = await startMock(world, port).catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  });
  say(started.text);
  const stop = Promise.withResolvers<undefined>();
  interrupted.addEventListener("abort", () => {
    stop.resolve(undefined);
  });
  await stop.promise;
  await started.close();
  return 0;
}
