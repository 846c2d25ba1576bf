import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import type { PackageMeta } from "@pnpm/resolving.npm-resolver";
import { getHeapStatistics } from "node:v8";
import type { FetchedMetadata, FetchedTarball, Resolution, ResolveIo } from "../ports.ts";
import { resolveJob } from "./engine.ts";
import { createMemo, type Memo } from "./memo.ts";
import type { FromThread, ThreadData, ToThread, WrittenJob } from "./messages.ts";

/** A thread of the pool: it resolves what it is given, and asks the pool for every packument. */
function serve(pool: MessagePort, { memoBytes }: ThreadData): void {
  const memo = createMemo<PackageMeta>(memoBytes);
  const waiting = new Map<number, (fetched: FetchedMetadata) => void>();
  const waitingTarballs = new Map<number, (fetched: FetchedTarball) => void>();
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
    tarball(url) {
      const question = ++questions;
      const { promise, resolve } = Promise.withResolvers<FetchedTarball>();
      waitingTarballs.set(question, resolve);
      say({ say: "ask-tarball", question, url });
      return promise;
    },
    onPackage(frame) {
      say({ say: "package", frame });
    },
  };
  const run = async (written: WrittenJob): Promise<void> => {
    current = new AbortController();
    try {
      const resolution = await resolveWritten(written, io, memo, current.signal);
      say({ say: "over", resolution: JSON.stringify(resolution) });
    } catch {
      // Nothing but an abort gets here: the pool knows why, and has told the one who asked.
      say({ say: "over" });
    } finally {
      waiting.clear();
      waitingTarballs.clear();
    }
  };

  pool.on("message", (message: ToThread) => {
    if (message.say === "job") void run(message.job);
    else if (message.say === "abort") current.abort();
    else if (message.say === "tarball") {
      waitingTarballs.get(message.question)?.(message.fetched);
    } else waiting.get(message.question)?.(message.fetched);
  });
  say({ say: "ready" });
}

async function resolveWritten(
  { request, ...rest }: WrittenJob,
  io: ResolveIo,
  memo: Memo<PackageMeta>,
  signal: AbortSignal,
): Promise<Resolution> {
  if (!fitsHeap(request)) {
    const message = "the request needs more memory than it may have";
    return { ok: false, code: "ERR_PNPR_RESOLVE_OUT_OF_MEMORY", message };
  }
  const parsed = JSON.parse(request) as Readonly<Record<string, unknown>>;
  return resolveJob({ ...rest, request: parsed }, io, memo, signal);
}

/**
 * Whether JSON of this text takes less than half the heap, by what each object, array and member may
 * cost.
 */
function fitsHeap(text: string): boolean {
  const half = getHeapStatistics().heap_size_limit / 2;
  if (text.length * 30 < half) return true;
  let sizeBytes = text.length * 2;
  for (const character of text) {
    if (character === "{" || character === "[") sizeBytes += 140;
    else if (character === ",") sizeBytes += 24;
  }
  return sizeBytes < half;
}

if (parentPort !== null) serve(parentPort, workerData as ThreadData);
