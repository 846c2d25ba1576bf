import { discard } from "./message.ts";
import type { Body } from "./message.ts";

/**
 * A stream that may be read once and that ends with the signal's reason, as a socket's does; bytes stay as
 * they are.
 */
export function once(body: Body, signal: AbortSignal): Body {
  if (body instanceof Uint8Array) return body;
  let taken = false;
  return {
    [Symbol.asyncIterator]: () => {
      if (taken) throw new TypeError("this body has been read already");
      taken = true;
      const pieces = body[Symbol.asyncIterator]();
      return {
        next: async () => {
          try {
            signal.throwIfAborted();
            return await abortable(pieces.next(), signal);
          } catch (error) {
            // A reader never lets go of what threw; a source that only the reader gave up on must hear of it.
            pieces.return?.().catch(() => undefined);
            throw error;
          }
        },
        return: async () => {
          await pieces.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** Whoever goes away gets its own reason at once, whatever the work is still doing. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(signal.reason as Error);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** The pieces of a body, up to `sizeBytes` of them. */
export async function* firstBytes(body: Body, sizeBytes: number): AsyncGenerator<Uint8Array> {
  let left = sizeBytes;
  if (left === 0) return discard(body);
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    const part = piece.subarray(0, left);
    left -= part.byteLength;
    yield part;
    if (left === 0) return;
  }
}
