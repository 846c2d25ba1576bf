import { deliver } from "./deliver.ts";
import { WireError } from "./message.ts";
import type { Handler, Send } from "./message.ts";

/** Origins answered by handlers instead of sockets: everything that a wire can do, and no port. */
export interface Switchboard {
  readonly send: Send;
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
      return deliver(await abortable(handler(message, signal), signal), signal);
    },
  };
}

/** A caller that went away gets its own reason at once, whatever the handler is still doing. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(signal.reason as Error);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
