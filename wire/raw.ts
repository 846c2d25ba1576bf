import { connect } from "node:net";
import { WireError } from "./message.ts";
import type { HeaderList, Reply } from "./message.ts";

/**
 * Writes bytes that no HTTP client would, over a plain socket, and reads until the peer closes. Each piece is
 * a write of its own. Throws `WireError`, or the signal's reason.
 */
export async function sendRaw(
  origin: string,
  pieces: readonly (string | Uint8Array)[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port || 80), hostname.replace(/^\[(.*)\]$/, "$1"));
  const received: Uint8Array[] = [];
  const done = Promise.withResolvers<undefined>();
  const onAbort = (): void => {
    done.reject(signal.reason as Error);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  socket.on("data", (piece) => {
    received.push(piece);
    if (isWhole(Buffer.concat(received))) done.resolve(undefined);
  });
  socket.on("end", () => {
    done.resolve(undefined);
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    if (received.length > 0) done.resolve(undefined);
    else
      done.reject(
        new WireError(error.code === "ECONNREFUSED" ? "refused" : "reset", error.message),
      );
  });
  try {
    signal.throwIfAborted();
    for (const piece of pieces) socket.write(piece);
    await done.promise;
    return Buffer.concat(received);
  } finally {
    signal.removeEventListener("abort", onAbort);
    socket.destroy();
  }
}

/** Reads the first reply of a connection. Throws `WireError` where there is no whole head. */
export function parseReply(bytes: Uint8Array): Reply & { readonly body: Uint8Array } {
  const text = Buffer.from(bytes).toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = text.slice(0, Math.max(end, 0)).split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (end === -1 || status === undefined) throw new WireError("malformed", "no HTTP reply");
  const headers: HeaderList = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const body = Buffer.from(bytes).subarray(end + 4);
  const chunked = headers.some(
    ([name, value]) => /^transfer-encoding$/i.test(name) && /chunked/i.test(value),
  );
  return { status: Number(status), headers, body: chunked ? unchunked(body) : body };
}

/** Whether a reply that says its length has come to its end: such a connection may stay open. */
function isWhole(bytes: Buffer): boolean {
  const text = bytes.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return false;
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1];
  if (length !== undefined) return bytes.byteLength >= end + 4 + Number(length);
  return /^transfer-encoding:.*chunked/im.test(text.slice(0, end)) && text.endsWith("0\r\n\r\n");
}

function unchunked(body: Buffer): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = lineEnd === -1 ? 0 : Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(pieces);
    pieces.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
