import { refuse } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import type { Scope } from "./scope.ts";

/** What came back from an upstream, as far as the decision goes. */
export type UpstreamAnswer =
  | { readonly kind: "status"; readonly status: number }
  /** Refused connection, reset, truncation or timeout. */
  | { readonly kind: "failure" };

/** What to do with it, given whether a copy of the same scope is stored. */
export type Disposal =
  | { readonly act: "store" }
  | { readonly act: "revalidate" }
  | { readonly act: "serve-stale" }
  /** `drop`: the stored copy goes as well. */
  | { readonly act: "refuse"; readonly refusal: Refusal; readonly drop: boolean }
  | { readonly act: "absent" };

/**
 * Fails closed: a 401, a 403 or a private 404 is never answered from an older or broader copy. Only an
 * upstream that is down may be stood in for, by a copy of the same scope, within the freshness limit.
 */
export function disposeOf(
  scope: Scope,
  name: string,
  answer: UpstreamAnswer,
  stored: { readonly ageMs: number; readonly staleLimitMs: number } | null,
): Disposal {
  if (answer.kind === "status") {
    const { status } = answer;
    if (status === 200) return { act: "store" };
    if (status === 304 && stored !== null) return { act: "revalidate" };
    if (status === 401 || status === 403) return denied(name);
    if (status === 404 || status === 410) {
      return scope.kind === "public" ? { act: "absent" } : denied(name);
    }
    if (status !== 429 && status < 500) return unusable(name, `answered ${status}`);
  }
  if (stored !== null && stored.ageMs < stored.staleLimitMs) return { act: "serve-stale" };
  return unusable(
    name,
    answer.kind === "status" ? `answered ${answer.status}` : "cannot be reached",
  );
}

function denied(name: string): Disposal {
  const refusal = refuse(
    "upstream-denied",
    `the registry of "${name}" refused or does not have it`,
  );
  return { act: "refuse", refusal, drop: true };
}

function unusable(name: string, how: string): Disposal {
  const refusal = refuse("upstream-down", `the registry of "${name}" ${how}`);
  return { act: "refuse", refusal, drop: false };
}
