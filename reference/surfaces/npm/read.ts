import { isPackageName } from "../../core/names.ts";
import { refuse } from "../../core/refusal.ts";
import type { Refusal } from "../../core/refusal.ts";

/** What a request to the registry surface is for. `alias` null: the packages that this server hosts. */
export type NpmIntent =
  | { readonly want: "ping" }
  | { readonly want: "login"; readonly user: string }
  | { readonly want: "whoami" }
  | { readonly want: "tokens" }
  | { readonly want: "revoke-key"; readonly key: string }
  | { readonly want: "revoke-token"; readonly token: string }
  | { readonly want: "gateway"; readonly sealed: string }
  | { readonly want: "packument"; readonly alias: string | null; readonly name: string }
  | {
      readonly want: "manifest";
      readonly alias: string | null;
      readonly name: string;
      readonly version: string;
    }
  | {
      readonly want: "tarball";
      readonly alias: string | null;
      readonly name: string;
      readonly file: string;
    }
  | { readonly want: "publish"; readonly name: string }
  | { readonly want: "unpublish"; readonly name: string }
  | { readonly want: "unpublish-tarball"; readonly name: string; readonly file: string }
  | { readonly want: "tags"; readonly name: string }
  | { readonly want: "put-tag"; readonly name: string; readonly tag: string }
  | { readonly want: "drop-tag"; readonly name: string; readonly tag: string };

/** Reads method and target. The path is never normalised: what would have to be is refused. */
export function readNpm(method: string, target: string): NpmIntent | Refusal {
  const segments = segmentsOf(target);
  if (segments === null) return refuse("malformed", "the path cannot be read");
  if (segments[0] === "-") return readOwn(method, segments.slice(1));
  const alias = segments[0]?.startsWith("~") === true ? segments[0].slice(1) : null;
  return readPackage(method, alias, alias === null ? segments : segments.slice(1));
}

/** Each segment decoded once. Null for dot segments, empty ones, encoded slashes outside a scope, and NUL. */
function segmentsOf(target: string): string[] | null {
  if (!target.startsWith("/") || target.length > 2048) return null;
  const raw = target
    .replace(/[?#].*$/s, "")
    .slice(1)
    .split("/");
  if (raw.at(-1) === "" && raw.length > 1) raw.pop();
  const segments: string[] = [];
  for (const part of raw) {
    const [scope, name] = /^(@[^%]+|%40[^%]+)%2f([^%]+)$/i.exec(part)?.slice(1) ?? [];
    for (const piece of scope === undefined || name === undefined ? [part] : [scope, name]) {
      const text = decodedSegment(piece);
      if (text === null) return null;
      segments.push(text);
    }
  }
  return segments;
}

function decodedSegment(piece: string): string | null {
  let text: string;
  try {
    text = decodeURIComponent(piece);
  } catch {
    return null;
  }
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text === "" || /^\.{1,2}$|[\u0000-\u001f\u007f/\\]/.test(text) ? null : text;
}

/** Paths under `/-/`: this server's own. */
function readOwn(method: string, [head, ...rest]: readonly string[]): NpmIntent | Refusal {
  const key = `${method} ${[head, ...rest].join("/")}`;
  if (/^(?:GET|HEAD) ping$/.test(key)) return { want: "ping" };
  if (/^GET whoami$/.test(key)) return { want: "whoami" };
  if (/^GET npm\/v1\/tokens$/.test(key)) return { want: "tokens" };
  const user = /^PUT user\/org\.couchdb\.user:([A-Za-z0-9][A-Za-z0-9._-]{0,99})$/.exec(key)?.[1];
  if (user !== undefined) return { want: "login", user };
  const token = /^DELETE user\/token\/([^/]+)$/.exec(key)?.[1];
  if (token !== undefined) return { want: "revoke-token", token };
  const tokenKey = /^DELETE npm\/v1\/tokens\/token\/([^/]+)$/.exec(key)?.[1];
  if (tokenKey !== undefined) return { want: "revoke-key", key: tokenKey };
  const sealed = /^(?:GET|HEAD) gateway\/([A-Za-z0-9_-]+)\/[^/]+$/.exec(key)?.[1];
  if (sealed !== undefined) return { want: "gateway", sealed };
  return head === "package" ? readTags(method, rest) : NOT_FOUND;
}

function readTags(method: string, segments: readonly string[]): NpmIntent | Refusal {
  const [name, rest] = nameFrom(segments);
  if (name === null || rest[0] !== "dist-tags" || rest.length > 2) return NOT_FOUND;
  const tag = rest[1];
  if (tag === undefined) return method === "GET" ? { want: "tags", name } : WRONG_METHOD;
  if (method === "PUT" || method === "POST") return { want: "put-tag", name, tag };
  return method === "DELETE" ? { want: "drop-tag", name, tag } : WRONG_METHOD;
}

function readPackage(
  method: string,
  alias: string | null,
  segments: readonly string[],
): NpmIntent | Refusal {
  const [name, rest] = nameFrom(segments);
  if (name === null) return NOT_FOUND;
  const reads = method === "GET" || method === "HEAD";
  const [dash, file, rev] = rest;
  if (rest.length === 0) {
    if (reads) return { want: "packument", alias, name };
    return method === "PUT" && alias === null ? { want: "publish", name } : WRONG_METHOD;
  }
  if (dash === "-" && file !== undefined) {
    if (rest.length === 2 && reads) return { want: "tarball", alias, name, file };
    const removes = method === "DELETE" && rev === "-rev" && rest.length === 4 && alias === null;
    return removes ? { want: "unpublish-tarball", name, file } : NOT_FOUND;
  }
  if (dash === "-rev" && rest.length === 2 && alias === null) {
    if (method === "PUT") return { want: "publish", name };
    return method === "DELETE" ? { want: "unpublish", name } : WRONG_METHOD;
  }
  return rest.length === 1 && reads && dash !== undefined && dash !== "-"
    ? { want: "manifest", alias, name, version: dash }
    : NOT_FOUND;
}

/** The package's name, scope and all, and what follows it. */
function nameFrom(segments: readonly string[]): [string | null, readonly string[]] {
  const [first = "", second] = segments;
  const scoped = first.startsWith("@") && second !== undefined;
  const name = scoped ? `${first}/${second}` : first;
  return [isPackageName(name) ? name : null, segments.slice(scoped ? 2 : 1)];
}

const NOT_FOUND: Refusal = refuse("not-found", "not found");
const WRONG_METHOD: Refusal = refuse("wrong-method", "only GET is answered here");
