import type { FetchedMetadata, FetchedTarball, PackageFrame, ResolveJob } from "../ports.ts";

/** What the pool says to a thread. A thread has one job at a time. */
export type ToThread =
  | { readonly say: "job"; readonly job: WrittenJob }
  | { readonly say: "metadata"; readonly question: number; readonly fetched: FetchedMetadata }
  | { readonly say: "tarball"; readonly question: number; readonly fetched: FetchedTarball }
  /** The job is over for the one who asked: end it, and say so. */
  | { readonly say: "abort" };

/** What a thread says to the pool. */
export type FromThread =
  | { readonly say: "ready" }
  | {
      readonly say: "ask";
      readonly question: number;
      readonly registry: string;
      readonly name: string;
      readonly full: boolean;
    }
  | { readonly say: "ask-tarball"; readonly question: number; readonly url: string }
  | { readonly say: "package"; readonly frame: PackageFrame }
  /** A `Resolution` as JSON; without one the job was aborted. */
  | { readonly say: "over"; readonly resolution?: string };

/**
 * A job whose request is JSON: text crosses for a tenth of what an object costs the thread that
 * receives it.
 */
export interface WrittenJob extends Omit<ResolveJob, "request"> {
  readonly request: string;
}

/** What a thread is told when it starts. */
export interface ThreadData {
  readonly memoBytes: number;
}
