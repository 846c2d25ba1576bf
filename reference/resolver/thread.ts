import { Worker } from "node:worker_threads";
import type { FetchedMetadata, Resolution, ResolveIo, ResolveJob } from "../ports.ts";
import type { FromThread, ThreadData, ToThread } from "./messages.ts";

/** One worker thread, with at most one job. */
export interface Thread {
  /** Throws `RangeError` when it is at work. */
  run(task: Task): void;
  /** Ends it with whatever it is doing. */
  stop(): Promise<void>;
}

export interface Task {
  readonly job: ResolveJob;
  readonly io: ResolveIo;
  readonly signal: AbortSignal;
  /** Both may be called again after the first time, to no effect. */
  resolve(resolution: Resolution): void;
  reject(reason: unknown): void;
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

type Heard = Extract<FromThread, { say: "ask" | "package" }>;

interface Running {
  readonly task: Task;
  hear(message: Heard): void;
  end(resolution: string | undefined): void;
  limit(limitMs: number, onLimit: () => void): void;
  dispose(): void;
}

function startTask(worker: Worker, task: Task): Running {
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const say = (message: ToThread, transfer: ArrayBuffer[] = []): void => {
    worker.postMessage(message, transfer);
  };
  /** The one who asked hears the very error; the thread need only stop. */
  const fail = (reason: unknown): void => {
    if (over) return;
    over = true;
    task.reject(reason);
    say({ say: "abort" });
  };
  const onAbort = (): void => {
    fail(task.signal.reason);
  };
  const answer = async ({ question, registry, name, full }: Extract<Heard, { say: "ask" }>) => {
    try {
      const fetched = await task.io.metadata(registry, name, full);
      if (!over) sayMetadata(say, question, fetched);
    } catch (error) {
      fail(error);
    }
  };

  task.signal.addEventListener("abort", onAbort, { once: true });
  say({ say: "job", job: { ...task.job, request: JSON.stringify(task.job.request) } });
  return {
    task,
    hear(message) {
      if (over) return;
      if (message.say === "ask") void answer(message);
      else {
        try {
          task.io.onPackage(message.frame);
        } catch (error) {
          fail(error);
        }
      }
    },
    end(resolution) {
      over = true;
      if (resolution !== undefined) task.resolve(JSON.parse(resolution) as Resolution);
    },
    limit(limitMs, onLimit) {
      timer ??= setTimeout(onLimit, limitMs);
    },
    dispose() {
      over = true;
      clearTimeout(timer);
      task.signal.removeEventListener("abort", onAbort);
    },
  };
}

/** The body is copied once and handed over; a clone would be copied twice, with all of the buffer around it. */
function sayMetadata(
  say: (message: ToThread, transfer: ArrayBuffer[]) => void,
  question: number,
  fetched: FetchedMetadata,
): void {
  const body = new Uint8Array(fetched.body);
  say({ say: "metadata", question, fetched: { ...fetched, body } }, [body.buffer]);
}
