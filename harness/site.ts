import type { World } from "../fixtures/world.ts";
import { listen } from "../wire/listen.ts";
import type { Listening } from "../wire/listen.ts";
import { jsonReply } from "../wire/message.ts";
import type { Handler, Send } from "../wire/message.ts";
import { createSender } from "../wire/send.ts";
import { createSwitchboard } from "../wire/switchboard.ts";

/** Where the upstreams of a world stand. */
export interface Site {
  /** Upstream name to its base URL, without a trailing slash. */
  readonly places: Readonly<Record<string, string>>;
  /** Reaches an upstream by its origin. */
  readonly send: Send;
  /** Puts a handler at an upstream's place. */
  open(upstream: string, handler: Handler): void;
  close(): Promise<void>;
}

/** Places in a domain that is reserved for tests (RFC 2606), where a call answers. */
export function callSite(world: World): Site {
  const board = createSwitchboard();
  const origins = new Map(
    Object.keys(world.upstreams).map((name) => [name, `http://${name}.leakproof.test`]),
  );
  return {
    places: placesOf(world, origins),
    send: board.send,
    open: (name, handler) => {
      board.register(originOf(origins, name), handler);
    },
    close: async () => undefined,
  };
}

/** A loopback listener for each upstream. Throws with one line when there is no port to be had. */
export async function socketSite(world: World): Promise<Site> {
  const handlers = new Map<string, Handler>();
  const listeners: Listening[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(listeners.map((listening) => listening.close()));
  };
  const origins = new Map<string, string>();
  try {
    for (const name of Object.keys(world.upstreams)) {
      const listening = await listen(async (message, signal) => {
        const handler = handlers.get(name);
        return handler?.(message, signal) ?? jsonReply(503, { error: "not open yet" });
      });
      listeners.push(listening);
      origins.set(name, listening.origin);
    }
  } catch (error) {
    await closeAll();
    throw error;
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
      await closeAll();
    },
  };
}

function placesOf(world: World, origins: ReadonlyMap<string, string>): Record<string, string> {
  const bases = Object.entries(world.upstreams).map(
    ([name, { base = "" }]) => [name, `${originOf(origins, name)}${base}`] as const,
  );
  return Object.fromEntries(bases);
}

function originOf(origins: ReadonlyMap<string, string>, upstream: string): string {
  const origin = origins.get(upstream);
  if (origin === undefined) throw new RangeError(`the world has no upstream "${upstream}"`);
  return origin;
}
