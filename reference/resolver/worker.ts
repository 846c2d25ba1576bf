import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import type { PackageMeta } from "@pnpm/resolving.npm-resolver";
import type { FetchedMetadata, ResolveIo, ResolveJob } from "../ports.ts";
import { resolveJob } from "./engine.ts";
import { createMemo } from "./memo.ts";
import type { FromThread, ThreadData, ToThread } from "./messages.ts";

/** A thread of the pool: it resolves what it is given, and asks the pool for every packument. */
function serve(pool: MessagePort, { memoBytes }: ThreadData): void {
  const memo = createMemo<PackageMeta>(memoBytes);
  const waiting = new Map<number, (fetched: FetchedMetadata) => void>();
  let questions = 0;
  let current = new AbortController();

  const say = (message: FromThread): void => {
    pool.postMessage(message);
  };
  const io: ResolveIo = {
    metadata(registry, name, full) {
      const question = ++questions;
      const { promise, resolve } = Promise.withResolvers<FetchedMetadata>();
      waiting.set(question, resolve);
      say({ say: "ask", question, registry, name, full });
      return promise;
    },
    onPackage(frame) {
      say({ say: "package", frame });
    },
  };
  const run = async (job: ResolveJob): Promise<void> => {
    current = new AbortController();
    try {
      say({ say: "over", resolution: await resolveJob(job, io, memo, current.signal) });
    } catch {
      // Nothing but an abort gets here: the pool knows why, and has told the one who asked.
      say({ say: "over" });
    } finally {
      waiting.clear();
    }
  };

  pool.on("message", (message: ToThread) => {
    if (message.say === "job") void run(message.job);
    else if (message.say === "abort") current.abort();
    else waiting.get(message.question)?.(message.fetched);
  });
  say({ say: "ready" });
}

if (parentPort !== null) serve(parentPort, workerData as ThreadData);
