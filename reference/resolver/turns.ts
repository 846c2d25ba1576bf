/** Who is next: work waits by owner, and owners take turns. */
export interface Turns<T> {
  put(owner: string, work: T): void;
  /** The next work whose owner has not too much under way; it counts as under way until it is finished. */
  take(): T | undefined;
  /** Work that was never taken changes nothing. */
  finished(owner: string, work: T): void;
  /** Whether it was still waiting; it is not any more. */
  withdraw(owner: string, work: T): boolean;
  /** All that waits, which waits no more. */
  drain(): T[];
  readonly waiting: number;
}

/** `atOnce` is how much of one owner's work may be under way, so that nobody keeps all others waiting. */
export function createTurns<T>(atOnce: number): Turns<T> {
  // A map keeps the order of insertion: whoever had a turn goes to the end.
  const queues = new Map<string, T[]>();
  const underWay = new Map<string, Set<T>>();
  return {
    put: (owner, work) => {
      queues.set(owner, [...(queues.get(owner) ?? []), work]);
    },
    take: () => {
      for (const [owner, [first, ...rest]] of queues) {
        const busy = underWay.get(owner) ?? new Set();
        if (first === undefined || busy.size >= atOnce) continue;
        queues.delete(owner);
        if (rest.length > 0) queues.set(owner, rest);
        underWay.set(owner, busy.add(first));
        return first;
      }
      return undefined;
    },
    finished: (owner, work) => {
      const busy = underWay.get(owner);
      busy?.delete(work);
      if (busy?.size === 0) underWay.delete(owner);
    },
    withdraw: (owner, work) => {
      const queue = queues.get(owner) ?? [];
      const rest = queue.filter((one) => one !== work);
      if (rest.length === 0) queues.delete(owner);
      else queues.set(owner, rest);
      return rest.length < queue.length;
    },
    drain: () => {
      const all = [...queues.values()].flat();
      queues.clear();
      return all;
    },
    get waiting() {
      return [...queues.values()].reduce((sum, queue) => sum + queue.length, 0);
    },
  };
}
