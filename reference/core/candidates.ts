import type { Descriptor } from "./descriptor.ts";
import type { RouteUse } from "./footprint.ts";

/** A stored candidate without its bytes: all that a decision needs. Plain JSON. */
export interface CandidateEntry {
  readonly id: string;
  readonly baseKey: string;
  /** Digest of the policy under which its routes were last classified. */
  readonly policy: string;
  /** The private descriptors that its resolve touched. Empty means public. */
  readonly footprint: readonly Descriptor[];
  /** Every route that the resolve used, with its class then. */
  readonly routes: readonly RouteUse[];
  /** Whose request filled it: for the share per caller only, never for a match. */
  readonly owner: string;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
  readonly usedAt: number;
}

export interface Candidate extends CandidateEntry {
  /** The terminal frame with its final newline, ready to be written. */
  readonly identity: Uint8Array;
  readonly gzip: Uint8Array;
}
