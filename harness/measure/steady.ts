import { connect } from "node:net";
import type { Socket } from "node:net";

export interface Steady {
  readonly perSecond: number;
  /** Of one reply, head and all. */
  readonly replyBytes: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("\r\n0\r\n\r\n");

/**
 * Asks the same thing over and over on a few connections, each as soon as it was answered, for so long. The
 * client does nothing but look for the end, so that it is the server which is measured. Throws when a reply
 * is no 200.
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
  let isWhole: IsWhole | null = null;
  socket.setNoDelay(true);
  socket.write(request);
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      isWhole ??= wholeBy(chunk);
      seen += chunk.byteLength;
      if (!isWhole(chunk, seen)) continue;
      count += 1;
      replyBytes = seen;
      [seen, isWhole] = [0, null];
      if (performance.now() >= until) break;
      socket.write(request);
    }
  } finally {
    socket.destroy();
  }
  return { count, replyBytes };
}

/** Whether a reply has all come, by its last piece and by how much of it there was. */
type IsWhole = (chunk: Buffer, seen: number) => boolean;

/** How to tell, by its head, which comes in one piece: after so many bytes, or after its last chunk. */
function wholeBy(first: Buffer): IsWhole {
  const end = first.indexOf(HEAD_END);
  const head = first.toString("latin1", 0, Math.max(end, 0));
  if (!head.startsWith("HTTP/1.1 200")) {
    throw new Error(`not the reply that was to be measured: ${first.toString("latin1", 0, 200)}`);
  }
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    return (_chunk, seen) => seen >= end + HEAD_END.byteLength + Number(length);
  }
  let tail = Buffer.alloc(0);
  return (chunk) => {
    tail = Buffer.concat([tail, chunk.subarray(-LAST_CHUNK.byteLength)]).subarray(
      -LAST_CHUNK.byteLength,
    );
    return tail.equals(LAST_CHUNK);
  };
}
