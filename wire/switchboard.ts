import { abortable, once } from "./body.ts";
import { deliver } from "./deliver.ts";
import { WireError } from "./message.ts";
import type { Handler, Send } from "./message.ts";

/** Origins answered by handlers instead of sockets: everything that a wire can do, and no port. */
export interface Switchboard {
  /** Throws `WireError` where nothing is registered, and whatever a handler throws. */
  readonly send: Send;
  /** Puts a handler at an origin, in the place of the one that was there. */
  register(origin: string, handler: Handler): void;
}

export function createSwitchboard(): Switchboard {
  const handlers = new Map<string, Handler>();
  return {
    register: (origin, handler) => {
      handlers.set(origin, handler);
    },
    send: async (origin, message, signal) => {
      const handler = handlers.get(origin);
      if (handler === undefined) throw new WireError("refused", `nothing stands at ${origin}`);
      signal.throwIfAborted();
      const work = handler({ ...message, body: once(message.body, signal) }, signal);
      return deliver(await abortable(work, signal), signal, message.method);
    },
  };
}
