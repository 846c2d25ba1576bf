import type { Caller } from "../core/caller.ts";
import type { CandidateEntry } from "../core/candidates.ts";
import type { Footprint } from "../core/footprint.ts";
import type { Refusal } from "../core/refusal.ts";
import type { ResolveRequest } from "../core/request.ts";
import type { PackageFrame } from "../ports.ts";
import type { Running } from "../running.ts";

/** How one resolve or verification ended: bytes that may be replayed, or why there are none. */
export type Answer =
  | { readonly kind: "terminal"; readonly identity: Uint8Array; readonly gzip: Uint8Array | null }
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** One caller's question, checked and within the boundary. */
export interface Question {
  readonly caller: Caller;
  readonly request: ResolveRequest;
  readonly signal: AbortSignal;
  /** Who asked, asked again: a token may have been revoked while the answer was made. */
  readonly stillKnown: () => Promise<Caller | Refusal>;
  /** Hears of each package while a miss is resolved; a hit is silent. */
  readonly onPackage: (frame: PackageFrame) => void;
  /** Hears the base key of a question that a candidate may answer, now or another time. */
  readonly onKey: (baseKey: string) => void;
}

/** What a resolve left behind: its answer, and what has to be passed before anyone is given it. */
export interface Landed {
  readonly answer: Answer;
  readonly entry: CandidateEntry;
}

/** What stands for an outcome in every decision about it. */
export function entryOf(
  { ports, rules }: Running,
  caller: Caller,
  baseKey: string,
  footprint: Footprint,
): CandidateEntry {
  const now = ports.clock.now();
  return {
    id: Buffer.from(ports.random.bytes(12)).toString("hex"),
    baseKey,
    policy: rules.policy.digest,
    footprint: [...footprint.descriptors.values()],
    routes: [...footprint.routes.values()],
    owner: caller.user ?? "",
    sizeBytes: 0,
    storedAt: now,
    usedAt: now,
  };
}
