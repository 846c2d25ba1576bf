/** Whether a string can be a package name at all: scope and name of safe characters, no dot segments. */
export function isPackageName(name: string): boolean {
  if (name.length > 214) return false;
  return /^(?:@[a-z0-9~_-][a-z0-9._~-]*\/)?[a-z0-9~_-][a-z0-9._~-]*$/i.test(name);
}

/** `@scope` of a scoped name, or null. */
export function scopeOf(name: string): string | null {
  return name.startsWith("@") ? name.slice(0, name.indexOf("/")) : null;
}

/** Patterns are a whole name, `@scope/*`, or a prefix ending in `*`. */
export function nameMatches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** How closely a pattern fits: a whole name before any prefix, a longer prefix before a shorter one. */
export function specificity(pattern: string): number {
  return pattern.endsWith("*") ? pattern.length - 1 : Number.MAX_SAFE_INTEGER;
}

/** The most specific of the patterns that match, with the earlier one first among equals. */
export function bestMatch<T>(
  entries: readonly T[],
  name: string,
  patternsOf: (entry: T) => readonly string[],
): T | undefined {
  let best: { readonly entry: T; readonly fit: number } | undefined;
  for (const entry of entries) {
    for (const pattern of patternsOf(entry)) {
      if (!nameMatches(pattern, name)) continue;
      const fit = specificity(pattern);
      if (best === undefined || fit > best.fit) best = { entry, fit };
    }
  }
  return best?.entry;
}
