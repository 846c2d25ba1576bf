import { headerAll } from "../../../wire/message.ts";
import type { Message } from "../../../wire/message.ts";
import { isPackageName } from "../../core/names.ts";
import { refuse } from "../../core/refusal.ts";
import type { Refusal } from "../../core/refusal.ts";

/** What a request to the registry surface is for. */
export type NpmIntent = ServerIntent | ReadIntent | WriteIntent;

export type ServerIntent =
  | { readonly want: "ping" }
  | { readonly want: "login"; readonly user: string }
  | { readonly want: "whoami" }
  | { readonly want: "tokens" }
  | { readonly want: "revoke-key"; readonly key: string }
  | { readonly want: "revoke-token"; readonly token: string }
  | { readonly want: "gateway"; readonly sealed: string };

/** Of a package: by an alias's endpoint, or (`alias` null) at this server's own base. */
export type ReadIntent = { readonly alias: string | null; readonly name: string } & (
  | { readonly want: "packument"; readonly full: boolean }
  | { readonly want: "manifest"; readonly version: string }
  | { readonly want: "tarball"; readonly file: string }
  | { readonly want: "tags" }
);

/** To a package that this server hosts. */
export type WriteIntent = { readonly name: string } & (
  | { readonly want: "publish" }
  | { readonly want: "narrow"; readonly revision: string }
  | { readonly want: "unpublish"; readonly revision: string }
  | { readonly want: "unpublish-tarball"; readonly file: string }
  | { readonly want: "put-tag"; readonly tag: string }
  | { readonly want: "drop-tag"; readonly tag: string }
);

/** The path is known, and something else is done there. */
export interface WrongMethod extends Refusal {
  readonly refused: "wrong-method";
  readonly allow: readonly string[];
}

/** The head of a message: what an intent is read from. Its body is read later, if the caller may say it. */
export type Head = Pick<Message, "method" | "target" | "headers">;

/** Reads a request's head. The path is never normalised: what would have to be is refused. */
export function readNpm(head: Head): NpmIntent | WrongMethod | Refusal {
  const segments = segmentsOf(head.target);
  if (segments === null) return refuse("malformed", "the path cannot be read");
  const offers = offersAt(segments, wantsFull(head));
  if (offers === null) return refuse("not-found", "not found");
  return offered(offers, head.method) ?? wrongMethod(offers);
}

/** What each method wants at one path. `HEAD` is answered wherever `GET` is. */
interface Offers {
  readonly GET?: NpmIntent;
  readonly PUT?: NpmIntent;
  readonly DELETE?: NpmIntent;
}

function offered(offers: Offers, method: string): NpmIntent | undefined {
  switch (method) {
    case "GET":
    case "HEAD":
      return offers.GET;
    case "PUT":
      return offers.PUT;
    case "DELETE":
      return offers.DELETE;
    default:
      return undefined;
  }
}

function wrongMethod(offers: Offers): WrongMethod {
  const allow = Object.keys(offers).flatMap((method) =>
    method === "GET" ? ["GET", "HEAD"] : [method],
  );
  const message = `only ${allow.join(", ")} is answered here`;
  return { refused: "wrong-method", message, allow };
}

const ABBREVIATED = "application/vnd.npm.install-v1+json";

/** Installers name the abbreviated form in `Accept`; everybody else gets the full one. */
function wantsFull({ headers }: Head): boolean {
  return !headerAll(headers, "accept").some((value) => value.toLowerCase().includes(ABBREVIATED));
}

const TARGET_LIMIT = 2_048;

/**
 * The path's segments, each decoded once; a scope that is joined to its name by `%2F` makes two. Null for
 * what a proxy or a file system might read otherwise: dot segments in any spelling, empty segments,
 * slashes and backslashes inside one, control characters, escapes that are none.
 */
function segmentsOf(target: string): string[] | null {
  if (!target.startsWith("/") || target.length > TARGET_LIMIT || target.includes("#")) return null;
  const segments: string[] = [];
  for (const part of target.replace(/\?.*$/s, "").slice(1).split("/")) {
    const [scope, name] = /^((?:@|%40)[^%]+)%2f([^%]+)$/i.exec(part)?.slice(1) ?? [];
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

/** What can be done at a path, or null where there is nothing. */
function offersAt(segments: readonly string[], full: boolean): Offers | null {
  const [first = "", ...rest] = segments;
  if (first === "-") return rest[0] === "package" ? tagOffers(rest.slice(1)) : ownOffers(rest);
  return first.startsWith("~")
    ? readOffers(first.slice(1), rest, full)
    : hostedOffers(segments, full);
}

const USER = /^org\.couchdb\.user:([A-Za-z0-9][A-Za-z0-9._-]{0,99})$/;

/** Paths under `/-/`: this server's own. */
function ownOffers([head, ...rest]: readonly string[]): Offers | null {
  const [one = "", two = "", three = "", four = ""] = rest;
  switch (`${head ?? ""} ${rest.length}`) {
    case "ping 0":
      return { GET: { want: "ping" } };
    case "whoami 0":
      return { GET: { want: "whoami" } };
    case "user 1": {
      const user = USER.exec(one)?.[1];
      return user === undefined ? null : { PUT: { want: "login", user } };
    }
    case "user 2":
      return one === "token" ? { DELETE: { want: "revoke-token", token: two } } : null;
    case "npm 2":
      return one === "v1" && two === "tokens" ? { GET: { want: "tokens" } } : null;
    case "npm 4":
      return one === "v1" && two === "tokens" && three === "token"
        ? { DELETE: { want: "revoke-key", key: four } }
        : null;
    case "gateway 2":
      return /^[\w-]+$/.test(one) ? { GET: { want: "gateway", sealed: one } } : null;
    default:
      return null;
  }
}

/** `/-/package/NAME/dist-tags` and below. */
function tagOffers(segments: readonly string[]): Offers | null {
  const [name, rest] = nameFrom(segments);
  if (name === null || rest[0] !== "dist-tags" || rest.length > 2) return null;
  const tag = rest[1];
  if (tag === undefined) return { GET: { want: "tags", alias: null, name } };
  return { PUT: { want: "put-tag", name, tag }, DELETE: { want: "drop-tag", name, tag } };
}

/** What can be done with a package at this server's own base. */
function hostedOffers(segments: readonly string[], full: boolean): Offers | null {
  const [name, rest] = nameFrom(segments);
  if (name === null) return null;
  const [one, two = "", three, four] = rest;
  if (rest.length === 2 && one === "-rev") {
    return {
      PUT: { want: "narrow", name, revision: two },
      DELETE: { want: "unpublish", name, revision: two },
    };
  }
  if (rest.length === 4 && one === "-" && three === "-rev" && four !== undefined) {
    return { DELETE: { want: "unpublish-tarball", name, file: two } };
  }
  const reads = readOffers(null, segments, full);
  return rest.length === 0 && reads !== null ? { ...reads, PUT: { want: "publish", name } } : reads;
}

/** What can be read of a package. */
function readOffers(
  alias: string | null,
  segments: readonly string[],
  full: boolean,
): Offers | null {
  const [name, rest] = nameFrom(segments);
  if (name === null || alias === "") return null;
  const [one = "", two = ""] = rest;
  if (rest.length === 0) return { GET: { want: "packument", alias, name, full } };
  if (rest.length === 2 && one === "-") return { GET: { want: "tarball", alias, name, file: two } };
  return rest.length === 1 && !one.startsWith("-")
    ? { GET: { want: "manifest", alias, name, version: one } }
    : null;
}

/** The package's name, scope and all, and what follows it. No name starts with a dash. */
function nameFrom(segments: readonly string[]): [string | null, readonly string[]] {
  const [first = "", second] = segments;
  const scoped = first.startsWith("@") && second !== undefined;
  const name = scoped ? `${first}/${second}` : first;
  const fits = isPackageName(name) && !first.startsWith("-");
  return [fits ? name : null, segments.slice(scoped ? 2 : 1)];
}
