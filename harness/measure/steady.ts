import { connect } from "node:net";
import type { Socket } from "node:net";

export interface Steady {
  readonly perSecond: number;
  /** Of one reply, head and all. */
  readonly replyBytes: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * Asks the same thing over and over on a few connections, each as soon as it was answered, for so long. The
 * client does nothing but count bytes, so that it is the server which is measured. Throws when a reply is no
 * 200, or has no length.
 */
export async function steadily(
  origin: string,
  request: Buffer,
  { connections, forMs }: { readonly connections: number; readonly forMs: number },
): Promise<Steady> {
  const { hostname, port } = new URL(origin);
  const until = performance.now() + forMs;
  const began = performance.now();
  const ends = await Promise.all(
    Array.from({ length: connections }, () =>
      exchangeUntil(connect(Number(port), hostname), request, until),
    ),
  );
  const took = performance.now() - began;
  const count = ends.reduce((sum, { count: one }) => sum + one, 0);
  return { perSecond: (count / took) * 1000, replyBytes: ends[0]?.replyBytes ?? 0 };
}

async function exchangeUntil(
  socket: Socket,
  request: Buffer,
  until: number,
): Promise<{ readonly count: number; readonly replyBytes: number }> {
  let count = 0;
  let replyBytes = 0;
  let seen = 0;
  let wanted = 0;
  socket.setNoDelay(true);
  socket.write(request);
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      if (wanted === 0) wanted = lengthOf(chunk);
      seen += chunk.byteLength;
      if (seen < wanted) continue;
      count += 1;
      replyBytes = wanted;
      [seen, wanted] = [0, 0];
      if (performance.now() >= until) break;
      socket.write(request);
    }
  } finally {
    socket.destroy();
  }
  return { count, replyBytes };
}

/** The length of a whole reply, by its head, which comes in one piece. */
function lengthOf(chunk: Buffer): number {
  const end = chunk.indexOf(HEAD_END);
  const head = chunk.toString("latin1", 0, Math.max(end, 0));
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith("HTTP/1.1 200") || length === undefined) {
    throw new Error(`not the reply that was to be measured: ${chunk.toString("latin1", 0, 200)}`);
  }
  return end + HEAD_END.byteLength + Number(length);
}
