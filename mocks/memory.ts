import { bytesOf, NO_BODY } from "../wire/message.ts";
import type { Handler, Message, Reply } from "../wire/message.ts";

/** One request to an upstream and its reply, whole. */
export interface RememberedExchange {
  readonly upstream: string;
  readonly message: Message & { readonly body: Uint8Array };
  /** Null while it is held, when the asker left first, and when no head was ever said. */
  readonly reply: (Reply & { readonly body: Uint8Array }) | null;
}

/** What several upstreams heard and said, in one order. */
export interface Memory {
  /** A handler that remembers all it hears and says, under the upstream's name. */
  remembering(upstream: string, handler: Handler): Handler;
  /** Everything since the last call, in the order in which it was asked. A reply may still come in. */
  take(): RememberedExchange[];
  /** Everything that was not taken yet. */
  peek(): readonly RememberedExchange[];
}

export function createMemory(): Memory {
  let exchanges: RememberedExchange[] = [];
  return {
    remembering: (upstream, handler) => async (message, signal) => {
      const heard = { ...message, body: await bytesOf(message.body) };
      const exchange: Writable = { upstream, message: heard, reply: null };
      exchanges.push(exchange);
      const reply = await handler(heard, signal);
      if (reply.body instanceof Uint8Array) {
        if (isHeadSaid(reply)) exchange.reply = { ...reply, body: reply.body };
        return reply;
      }
      if (isHeadSaid(reply)) exchange.reply = { ...reply, body: NO_BODY };
      return { ...reply, body: remembered(exchange, reply.body) };
    },
    take: () => {
      const taken = exchanges;
      exchanges = [];
      return taken;
    },
    peek: () => exchanges,
  };
}

type Writable = { -readonly [K in keyof RememberedExchange]: RememberedExchange[K] };

/** Of a body in pieces as much is remembered as was said so far. */
async function* remembered(
  exchange: Writable,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { reply } = exchange;
  let said: Uint8Array = NO_BODY;
  for await (const piece of body) {
    said = Buffer.concat([said, piece]);
    if (reply !== null) exchange.reply = { ...reply, body: said };
    yield piece;
  }
}

function isHeadSaid({ cut }: Reply): boolean {
  return cut === undefined || cut.afterBytes !== undefined;
}
