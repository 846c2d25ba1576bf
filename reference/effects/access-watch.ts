import type { Body } from "../../wire/message.ts";
import { WireError } from "../../wire/message.ts";
import type { Caller } from "../core/caller.ts";
import type { Parts } from "../core/parts.ts";
import type { Policy } from "../core/policy.ts";

/** The rules of this moment: a reload replaces them while a reply is under way. */
export interface Live {
  readonly parts: Pick<Parts, "viewOf" | "passes">;
  readonly rules: { readonly policy: Policy };
}

/**
 * Tells whether a caller may still use every one of these descriptors, as under the rules of `since`. To ask
 * costs nothing while no rules have changed; access that was lost once is not found again.
 */
export function watchAccess(
  live: Live,
  caller: Caller,
  descriptors: readonly string[],
  since: Live["rules"],
): () => boolean {
  let seen = since;
  let open = true;
  return () => {
    if (live.rules === seen) return open;
    seen = live.rules;
    const view = new Set(live.parts.viewOf(live.parts, seen.policy, caller));
    open &&= descriptors.every((digest) => view.has(digest));
    return open;
  };
}

/** A body that breaks off when its reader's access ends: what has been sent is sent, and no more follows. */
export async function* whileOpen(
  body: Exclude<Body, Uint8Array>,
  isOpen: () => boolean,
): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    if (!isOpen()) throw new WireError("reset", "access ended while the reply was under way");
    yield piece;
  }
}
