import type { Body, Reply } from "../../wire/message.ts";
import type { Caller } from "../core/caller.ts";
import { refuse } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";

/** Who is inside, so that one caller's crowd is turned away before it slows others down. */
export interface Crowd {
  /** Runs the work, and keeps its place until the reply's body was read or the asker went away. */
  admit(
    caller: Caller,
    limit: number,
    signal: AbortSignal,
    work: () => Promise<Reply>,
  ): Promise<Reply | Refusal>;
  /** How many requests are being answered. */
  count(): number;
}

export function createCrowd(): Crowd {
  const inside = new Map<string | null, number>();
  return {
    count: () => inside.values().reduce((sum, present) => sum + present, 0),
    admit: async ({ user }, limit, signal, work) => {
      const present = inside.get(user) ?? 0;
      if (present >= limit) {
        return refuse("too-busy", "too many requests of this caller are being answered");
      }
      inside.set(user, present + 1);
      const leave = once(signal, () => {
        const left = (inside.get(user) ?? 1) - 1;
        if (left === 0) inside.delete(user);
        else inside.set(user, left);
      });
      try {
        const reply = await work();
        if (reply.body instanceof Uint8Array) leave();
        return reply.body instanceof Uint8Array
          ? reply
          : { ...reply, body: until(reply.body, leave) };
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}

/** Does it once: when called, or when the signal aborts. */
function once(signal: AbortSignal, act: () => void): () => void {
  let done = false;
  const leave = (): void => {
    if (done) return;
    done = true;
    signal.removeEventListener("abort", leave);
    act();
  };
  signal.addEventListener("abort", leave);
  return leave;
}

/** The body, with word of its end: read out, failed, or let go of before anybody began to read it. */
function until(body: Exclude<Body, Uint8Array>, leave: () => void): Body {
  return {
    [Symbol.asyncIterator]: () => {
      const pieces = body[Symbol.asyncIterator]();
      return {
        next: async () => {
          try {
            const piece = await pieces.next();
            if (piece.done === true) leave();
            return piece;
          } catch (error) {
            leave();
            throw error;
          }
        },
        return: async () => {
          leave();
          await pieces.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
