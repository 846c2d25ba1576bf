import path from "node:path";
import type { Resolution, Resolver } from "../ports.ts";
import type { Task } from "./task.ts";
import { startThread, type Thread } from "./thread.ts";

export interface PoolLimits {
  /** How many threads there may be; each starts when it is first needed. */
  readonly workers: number;
  /** How much memory a thread may have before its job fails. */
  readonly memoryLimitMb: number;
  /** How long a job may take, waiting for upstreams included. */
  readonly timeLimitMs: number;
  /** How many jobs may wait for a thread. */
  readonly queueLimit: number;
}

/**
 * The resolver on threads of its own: a resolve that thinks for a second keeps nobody else waiting. A thread
 * that dies or takes too long fails its job with a code, and another takes its place.
 */
export function poolResolver(limits: PoolLimits, program: URL = workerProgram()): Resolver {
  const threads = new Set<Thread>();
  const free: Thread[] = [];
  const queue: Task[] = [];
  let closed = false;

  const start = (): Thread => {
    const thread = startThread(program, limits, {
      onFree() {
        free.push(thread);
        next();
      },
      onGone() {
        threads.delete(thread);
        const index = free.indexOf(thread);
        if (index !== -1) free.splice(index, 1);
        next();
      },
    });
    threads.add(thread);
    return thread;
  };
  const next = (): void => {
    while (queue.length > 0 && !closed) {
      // The thread that was free last is the warmest.
      const thread = free.pop() ?? (threads.size < limits.workers ? start() : undefined);
      if (thread === undefined) return;
      const task = queue.shift();
      if (task !== undefined) thread.run(task);
    }
  };

  return {
    async resolve(job, io, signal) {
      signal.throwIfAborted();
      if (closed) return failure("ERR_PNPR_RESOLVER_CLOSED", "the resolver is closed");
      const busy = free.length === 0 && threads.size >= limits.workers;
      if (busy && queue.length >= limits.queueLimit) {
        return failure("ERR_PNPR_RESOLVER_BUSY", "too many resolves are waiting");
      }
      const { promise, resolve, reject } = Promise.withResolvers<Resolution>();
      const task: Task = { job, io, signal, resolve, reject };
      const onAbort = (): void => {
        const index = queue.indexOf(task);
        if (index === -1) return;
        queue.splice(index, 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      queue.push(task);
      next();
      try {
        return await promise;
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
    load: () => ({ running: threads.size - free.length, waiting: queue.length }),
    async close() {
      closed = true;
      for (const task of queue.splice(0)) {
        task.resolve(failure("ERR_PNPR_RESOLVER_CLOSED", "the resolver was closed"));
      }
      await Promise.all([...threads].map((thread) => thread.stop()));
    },
  };
}

/**
 * Beside this file, in the form that this file has: `.ts` in the repository and `.js` where it was
 * built.
 */
function workerProgram(): URL {
  return new URL(`./worker${path.extname(import.meta.url)}`, import.meta.url);
}

function failure(code: string, message: string): Resolution {
  return { ok: false, code, message };
}
