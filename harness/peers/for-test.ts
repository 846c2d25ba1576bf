import { homedir } from "node:os";
import type { TestContext } from "vitest";
import { peer, peerCacheFolder, PeerMissing } from "../peers.ts";
import type { Command, PeerName } from "./pinned.ts";

/** A pinned client's command. Where it cannot be had, the test is skipped and says what is missing. */
export async function client(
  name: PeerName,
  context: TestContext,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Command> {
  try {
    const found = await peer(name, peerCacheFolder(environment, homedir()));
    return found.command;
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    process.stderr.write(`skipped: "${context.task.name}": ${error.message}\n`);
    return context.skip(error.message);
  }
}
