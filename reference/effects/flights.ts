/**
 * Work in flight that several requests wait for, by key. The work has its own abort signal, which fires
 * only when everyone who waited has gone away: one who leaves never ends it for the others.
 */
export interface Flights {
  join<T>(
    key: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<{ readonly value: T; readonly led: boolean }>;
  /** How much work is under way. */
  count(): number;
}

export function createFlights(): Flights {
  const flying = new Map<string, Flight>();
  return {
    count: () => flying.size,
    async join<T>(
      key: string,
      signal: AbortSignal,
      start: (signal: AbortSignal) => Promise<T>,
    ): Promise<{ readonly value: T; readonly led: boolean }> {
      signal.throwIfAborted();
      const found = flying.get(key);
      const flight = found ?? takeOff(flying, key, start);
      flight.aboard += 1;
      const leave = (): void => {
        flight.aboard -= 1;
        if (flight.aboard > 0) return;
        if (flying.get(key) === flight) flying.delete(key);
        flight.abort.abort(signal.reason);
      };
      const left = Promise.withResolvers<never>();
      const onAbort = (): void => {
        leave();
        left.reject(signal.reason as Error);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        const value = (await Promise.race([flight.landing, left.promise])) as T;
        return { value, led: found === undefined };
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}

interface Flight {
  readonly landing: Promise<unknown>;
  readonly abort: AbortController;
  aboard: number;
}

function takeOff(
  flying: Map<string, Flight>,
  key: string,
  start: (signal: AbortSignal) => Promise<unknown>,
): Flight {
  const abort = new AbortController();
  const landing = start(abort.signal).finally(() => {
    if (flying.get(key) === flight) flying.delete(key);
  });
  const flight: Flight = { landing, abort, aboard: 0 };
  // Someone always waits for a landing, but perhaps not any more when it fails.
  landing.catch(() => undefined);
  flying.set(key, flight);
  return flight;
}
