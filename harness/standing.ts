import { readFrames, resolveMessage } from "../clients/resolve.ts";
import type { World } from "../fixtures/world.ts";
import type { Case } from "../suites/case.ts";
import { WireError } from "../wire/message.ts";
import { standWorld } from "./ground.ts";
import { fillPlaces } from "./places.ts";
import type { Target } from "./targets/target.ts";

/** What is known of a server that somebody else runs: whether it answers at all, and in which worlds. */
export interface Standing {
  /** Why a case cannot say anything, or null where it can. */
  missing(text: Case): Promise<string | null>;
  /** A case found nobody there: those that follow need not wait as long for the same. */
  doubt(text: Case): void;
}

interface StandingOptions {
  readonly seed: number;
  readonly worlds: Readonly<Record<string, World>>;
  readonly requestMs?: number;
}

/** Subjects that the harness starts itself stand in their world because it put them there. */
export function createStanding(target: Target, options: StandingOptions): Standing {
  const checked = new Map<string, string | null>();
  let silent = false;
  return {
    missing: async (text) => {
      if (target.profile !== "url") return null;
      if (silent) return `nothing answers at ${target.name}`;
      if (text.wireOnly) return null;
      const known = checked.get(text.world);
      if (known !== undefined) return known;
      const world = options.worlds[text.world];
      const found = world === undefined ? null : await absence(target, world, options);
      checked.set(text.world, found);
      return found;
    },
    doubt: (text) => {
      silent ||= text.wireOnly && target.profile === "url";
    },
  };
}

/** Asks for one project as somebody who may have it: only a server in this world can answer that. */
async function absence(
  target: Target,
  world: World,
  options: StandingOptions,
): Promise<string | null> {
  const absent = `${target.name} does not serve the world "${world.name}"`;
  const ground = await standWorld(world, { seed: options.seed, transport: target.upstreams });
  const session = await target.start(ground.placed, ground.send);
  try {
    const user = world.users.find((name) => session.credential(name) !== null);
    const project = Object.values(world.projects)[0];
    if (project === undefined) return absent;
    const places = { ...ground.placed.places, self: session.origins.client };
    const authorization = user === undefined ? null : session.credential(user);
    const message = resolveMessage(
      fillPlaces(project.request, places),
      authorization?.authorization ?? null,
    );
    const reply = await session.send(message, AbortSignal.timeout(options.requestMs ?? 10_000));
    const { terminal } = await readFrames(reply);
    return terminal?.type === "done" && ground.heard().length > 0 ? null : absent;
  } catch (error) {
    if (error instanceof WireError || error instanceof DOMException) return absent;
    throw error;
  } finally {
    await session.stop();
    await ground.stop();
  }
}
