/** A refusal is a value: why, and one sentence that echoes no secret. Surfaces turn it into a status. */
export interface Refusal {
  readonly refused: Reason;
  readonly message: string;
}

/** Closed: each surface has one table from reason to status and body. */
export type Reason =
  | "two-credentials"
  | "bad-token"
  | "login-required"
  | "malformed"
  | "wrong-method"
  | "inline-credentials"
  | "outside-allowlist"
  | "too-large"
  | "too-busy"
  | "unsupported"
  | "not-admitted"
  /** May read it, and may not do this to it. */
  | "read-only"
  | "upstream-denied"
  | "upstream-down"
  /** Came whole, and is no package's tarball or too large to be one. */
  | "bad-tarball"
  | "not-found"
  | "conflict"
  | "outdated-lockfile";

export function refuse(refused: Reason, message: string): Refusal {
  return { refused, message };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "refused" in value;
}
