import { createMemo } from "../resolver/memo.ts";

/**
 * What the very bytes of a body came to, so that they need not be read again: under the same policy they were
 * within the boundary then, and are now.
 */
export interface Seen {
  readonly baseKey: string;
  /** Whether the reply says that project transforms were applied. */
  readonly transforms: boolean;
}

/** By the digest of a body, what was asked of it and the policy's digest. Holds nothing of the body. */
export interface SeenBodies {
  get(key: string): Seen | undefined;
  put(key: string, seen: Seen): void;
}

/** About what one entry takes, keys and all. */
const ENTRY_BYTES = 512;

/** Remembers so many bodies, and forgets first which was asked for longest ago. */
export function seenBodies(count: number): SeenBodies {
  const memo = createMemo<Seen>(count * ENTRY_BYTES);
  return {
    get: (key) => memo.get(key),
    put: (key, seen) => {
      memo.put(key, seen, ENTRY_BYTES);
    },
  };
}
