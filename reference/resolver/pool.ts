import path from "node:path";
import type { Resolution, Resolver } from "../ports.ts";
import type { Task } from "./task.ts";
import { startThread, type Thread } from "./thread.ts";
import { createTurns } from "./turns.ts";

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
  // One thread is always left for somebody else.
  const turns = createTurns<Task>(Math.max(1, limits.workers - 1));
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
    while (!closed && (free.length > 0 || threads.size < limits.workers)) {
      const task = turns.take();
      if (task === undefined) return;
      // The thread that was free last is the warmest.
      const thread = free.pop() ?? start();
      thread.run(task);
    }
  };

  return {
    async resolve(job, io, signal) {
      signal.throwIfAborted();
      if (closed) return failure("ERR_PNPR_RESOLVER_CLOSED", "the resolver is closed");
      const busy = free.length === 0 && threads.size >= limits.workers;
      if (busy && turns.waiting >= limits.queueLimit) {
        return failure("ERR_PNPR_RESOLVER_BUSY", "too many resolves are waiting");
      }
      const { promise, resolve, reject } = Promise.withResolvers<Resolution>();
      const task: Task = { job, io, signal, resolve, reject };
      const onAbort = (): void => {
        if (turns.withdraw(job.owner, task)) reject(signal.reason as Error);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      turns.put(job.owner, task);
      next();
      try {
        return await promise;
      } finally {
        signal.removeEventListener("abort", onAbort);
        turns.finished(job.owner, task);
        next();
      }
    },
    load: () => ({ running: threads.size - free.length, waiting: turns.waiting }),
    async close() {
      closed = true;
      for (const task of turns.drain()) {
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
