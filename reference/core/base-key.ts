import { canonicalJson, sha256Hex } from "../../wire/digest.ts";

/**
 * The digest of everything that shapes a result, and of nothing else: neither the caller, nor a credential,
 * nor the policy enters. Objects are put in canonical order first, so the order of keys does not matter.
 */
export function baseKey(
  ask: "resolve" | "verify",
  honoured: Readonly<Record<string, unknown>>,
): string {
  return sha256Hex(canonicalJson({ ask, honoured }));
}
