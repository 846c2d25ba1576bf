import { Worker } from "node:worker_threads";
import type { FromThread, ThreadData } from "./messages.ts";
import { startTask, type Running, type Task } from "./task.ts";

/** One worker thread, with at most one job. */
export interface Thread {
  /** Throws `RangeError` when it is at work. */
  run(task: Task): void;
  /** Ends it with whatever it is doing. */
  stop(): Promise<void>;
}

export interface ThreadLimits {
  readonly memoryLimitMb: number;
  readonly timeLimitMs: number;
}

/** `onFree` hears that it may have another job, and `onGone`, once, that it will never do any more. */
export function startThread(
  program: URL,
  limits: ThreadLimits,
  hears: { onFree(): void; onGone(): void },
): Thread {
  const worker = startWorker(program, limits);
  let ready = false;
  let gone = false;
  let current: Running | undefined;

  const release = (): void => {
    current?.dispose();
    current = undefined;
    worker.unref();
  };
  const die = ([code, message]: Death): void => {
    if (gone) return;
    gone = true;
    current?.task.resolve({ ok: false, code, message });
    release();
    hears.onGone();
    void worker.terminate();
  };
  const startClock = (): void => {
    current?.limit(limits.timeLimitMs, () => {
      die(["ERR_PNPR_RESOLVE_TIMED_OUT", `the resolve took longer than ${limits.timeLimitMs} ms`]);
    });
  };

  worker.on("message", (message: FromThread) => {
    if (gone) return;
    if (message.say === "ready") {
      ready = true;
      startClock();
    } else if (message.say === "over") {
      current?.end(message.resolution);
      release();
      hears.onFree();
    } else current?.hear(message);
  });
  worker.on("error", (error: unknown) => {
    die(deathBy(error));
  });
  worker.on("exit", () => {
    die(CRASH);
  });

  return {
    run(task) {
      if (current !== undefined || gone) throw new RangeError("the thread is not free");
      worker.ref();
      try {
        current = startTask(worker, task);
        if (ready) startClock();
      } catch (error) {
        // A job that cannot be sent is no fault of the thread.
        task.reject(error);
        release();
        hears.onFree();
      }
    },
    async stop() {
      die(["ERR_PNPR_RESOLVER_CLOSED", "the resolver was closed"]);
      await worker.terminate();
    },
  };
}

type Death = readonly [code: string, message: string];

const CRASH: Death = ["ERR_PNPR_RESOLVER_CRASHED", "the resolver ended before the resolve"];

function deathBy(error: unknown): Death {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "ERR_WORKER_OUT_OF_MEMORY") return CRASH;
  return ["ERR_PNPR_RESOLVE_OUT_OF_MEMORY", "the resolve needed more memory than it may have"];
}

function startWorker(program: URL, { memoryLimitMb }: ThreadLimits): Worker {
  const data: ThreadData = { memoBytes: (memoryLimitMb * 1024 * 1024) / 8 };
  return new Worker(program, {
    workerData: data,
    // The library has no business with any of these.
    env: {},
    argv: [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
  });
}
