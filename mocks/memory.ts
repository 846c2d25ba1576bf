import { bytesOf } from "../wire/message.ts";
import type { Handler, Message, Reply } from "../wire/message.ts";

/** One request and its reply, whole. A reply is null while it is held, or when the asker left first. */
export interface RememberedExchange {
  readonly message: Message & { readonly body: Uint8Array };
  reply: (Reply & { readonly body: Uint8Array }) | null;
}

export interface Memory {
  /** Everything since the last call, in the order in which it was asked. */
  take(): RememberedExchange[];
  /** Everything that was not taken yet. */
  peek(): readonly RememberedExchange[];
}

/** A handler that remembers all it hears and says. */
export function remembering(handler: Handler): {
  readonly handler: Handler;
  readonly memory: Memory;
} {
  let exchanges: RememberedExchange[] = [];
  return {
    handler: async (message, signal) => {
      const heard = { ...message, body: await bytesOf(message.body) };
      const exchange: RememberedExchange = { message: heard, reply: null };
      exchanges.push(exchange);
      const reply = await handler(heard, signal);
      const said = { ...reply, body: await bytesOf(reply.body) };
      exchange.reply = said;
      return said;
    },
    memory: {
      take: () => {
        const taken = exchanges;
        exchanges = [];
        return taken;
      },
      peek: () => exchanges,
    },
  };
}
