import type { FetchedMetadata, PackageFrame, Resolution, ResolveJob } from "../ports.ts";

/** What the pool says to a thread. A thread has one job at a time. */
export type ToThread =
  | { readonly say: "job"; readonly job: ResolveJob }
  | { readonly say: "metadata"; readonly question: number; readonly fetched: FetchedMetadata }
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
  | { readonly say: "package"; readonly frame: PackageFrame }
  /** Without a resolution the job was aborted. */
  | { readonly say: "over"; readonly resolution?: Resolution };

/** What a thread is told when it starts. */
export interface ThreadData {
  readonly memoBytes: number;
}
