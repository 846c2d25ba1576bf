/**
 * Ends a resolve from within: the library runs on after an error, and swallows errors of optional
 * dependencies.
 */
export interface Breaker {
  /** Rejects with the reason, once there is one. */
  readonly broken: Promise<never>;
  /** Whether anything may still be asked or told. */
  readonly open: boolean;
  /** Remembers the first reason; later ones change nothing. */
  trip(reason: unknown): void;
  /** Throws the reason, if there is one. */
  check(): void;
  /** Ends it without a reason of its own, and lets go of the signal. */
  close(): void;
}

export function createBreaker(signal: AbortSignal): Breaker {
  const { promise, reject } = Promise.withResolvers<never>();
  // The race that listens may be over before the reason comes.
  promise.catch(() => undefined);
  let first: { readonly reason: unknown } | undefined;

  const breaker: Breaker = {
    broken: promise,
    get open() {
      return first === undefined;
    },
    trip(reason) {
      if (first !== undefined) return;
      first = { reason };
      reject(reason);
    },
    check() {
      if (first !== undefined) throw first.reason;
    },
    close() {
      signal.removeEventListener("abort", onAbort);
      breaker.trip(new Error("the resolve is over"));
    },
  };
  const onAbort = (): void => {
    breaker.trip(signal.reason);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return breaker;
}
