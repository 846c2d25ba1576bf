/** What a request to a registry is about. */
export type Place =
  | { readonly kind: "ping" }
  | { readonly kind: "advisories" }
  | { readonly kind: "packument"; readonly name: string }
  | { readonly kind: "manifest"; readonly name: string; readonly version: string }
  | { readonly kind: "tarball"; readonly name: string; readonly file: string };

/**
 * Reads a target such as `/base/@scope%2fname` or `/base/@scope/name/-/name-1.0.0.tgz`; `basePath` has no
 * trailing slash. Null for all else: a slash may be encoded inside a scoped name and nowhere else.
 */
export function placeOf(basePath: string, target: string): Place | null {
  const path = target.replace(/[?#].*$/s, "");
  if (!path.startsWith(`${basePath}/`)) return null;
  const [first = "", ...rest] = path.slice(basePath.length + 1).split("/");
  if (first === "-") return serviceAt(rest.join("/"));
  const name = decoded(first);
  if (isScoped(name)) return packageAt(name, rest);
  const [second = "", ...others] = rest;
  return name.startsWith("@")
    ? packageAt(`${name}/${decoded(second)}`, others)
    : packageAt(name, rest);
}

function serviceAt(path: string): Place | null {
  if (path === "ping") return { kind: "ping" };
  return path === "npm/v1/security/advisories/bulk" ? { kind: "advisories" } : null;
}

function packageAt(name: string, rest: readonly string[]): Place | null {
  if (!isScoped(name) && !UNSCOPED.test(name)) return null;
  const [first, second, ...others] = rest.map(decoded);
  if (first === undefined) return { kind: "packument", name };
  if (first === "" || others.length > 0) return null;
  if (second === undefined)
    return first === "-" ? null : { kind: "manifest", name, version: first };
  return first === "-" && second !== "" ? { kind: "tarball", name, file: second } : null;
}

function isScoped(name: string): boolean {
  return /^@[^/@]+\/[^/@]+$/.test(name);
}

const UNSCOPED = /^[^/@.-][^/@]*$/;

/** Text that is no encoding of anything stands for itself. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
