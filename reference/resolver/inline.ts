import type { PackageMeta } from "@pnpm/resolving.npm-resolver";
import type { Resolver } from "../ports.ts";
import { resolveJob } from "./engine.ts";
import { createMemo } from "./memo.ts";

/** The resolver on the caller's own thread: schedulable in tests, and it blocks while it thinks. */
export function inlineResolver(): Resolver {
  const memo = createMemo<PackageMeta>(64 * 1024 * 1024);
  return {
    resolve: (job, io, signal) => resolveJob(job, io, memo, signal),
    close: () => Promise.resolve(),
  };
}
