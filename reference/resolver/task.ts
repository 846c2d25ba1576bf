import type { Worker } from "node:worker_threads";
import type { FetchedMetadata, Resolution, ResolveIo, ResolveJob } from "../ports.ts";
import type { FromThread, ToThread } from "./messages.ts";
import { inTurns } from "./questions.ts";

export interface Task {
  readonly job: ResolveJob;
  readonly io: ResolveIo;
  readonly signal: AbortSignal;
  /** Both may be called again after the first time, to no effect. */
  resolve(resolution: Resolution): void;
  reject(reason: unknown): void;
}

type Asked = Extract<FromThread, { say: "ask" | "ask-tarball" }>;
type Heard = Extract<FromThread, { say: "ask" | "ask-tarball" | "package" }>;

/** A task on its thread, as this side of it sees it. */
export interface Running {
  readonly task: Task;
  hear(message: Heard): void;
  end(resolution: string | undefined): void;
  limit(limitMs: number, onLimit: () => void): void;
  dispose(): void;
}

/** Throws `DataCloneError` for a job that cannot cross to a thread. */
export function startTask(worker: Worker, task: Task): Running {
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
  const answerTarball = async ({ question, url }: Extract<Heard, { say: "ask-tarball" }>) => {
    try {
      const fetched = await task.io.tarball(url);
      if (!over) say({ say: "tarball", question, fetched });
    } catch (error) {
      fail(error);
    }
  };

  const answerInTurns = inTurns(async (message: Asked) => {
    if (over) return;
    await (message.say === "ask" ? answer(message) : answerTarball(message));
  });

  task.signal.addEventListener("abort", onAbort, { once: true });
  say({ say: "job", job: { ...task.job, request: JSON.stringify(task.job.request) } });
  return {
    task,
    hear(message) {
      if (over) return;
      if (message.say !== "package") answerInTurns(message);
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

/**
 * The body is copied once and handed over; a clone would be copied twice, with all of the buffer
 * around it.
 */
function sayMetadata(
  say: (message: ToThread, transfer: ArrayBuffer[]) => void,
  question: number,
  fetched: FetchedMetadata,
): void {
  const body = new Uint8Array(fetched.body);
  say({ say: "metadata", question, fetched: { ...fetched, body } }, [body.buffer]);
}
