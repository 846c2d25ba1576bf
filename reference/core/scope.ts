/**
 * Where a piece of metadata may be read and written. There is no way to ask a store for metadata without
 * naming one.
 */
export type Scope =
  | { readonly kind: "public" }
  /** `descriptor` is the HMAC of a private access descriptor's key input, in hex. */
  | { readonly kind: "private"; readonly descriptor: string }
  /** Request-local: neither read from nor written to anything shared. */
  | { readonly kind: "bypass" };

export type StoredScope = Exclude<Scope, { kind: "bypass" }>;

/** The scope as one key segment. Unambiguous: descriptors are hex. */
export function scopeKey(scope: StoredScope): string {
  return scope.kind === "public" ? "public" : `private-${scope.descriptor}`;
}
