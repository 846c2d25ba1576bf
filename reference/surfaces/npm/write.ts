import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { sha256Hex } from "../../../wire/digest.ts";
import { acceptsGzip } from "../../../wire/encoding.ts";
import { headerAll, jsonReply, NO_BODY } from "../../../wire/message.ts";
import type { HeaderList, Message, Reply } from "../../../wire/message.ts";
import type { Caller } from "../../core/caller.ts";
import { refuse } from "../../core/refusal.ts";
import type { Reason, Refusal } from "../../core/refusal.ts";
import type { JsonDocument, OpenedTarball } from "../../effects/packages.ts";
import type { WrongMethod } from "./read.ts";

/** From reason to status: the one table of this surface. */
const STATUS: Readonly<Record<Reason, number>> = {
  "two-credentials": 400,
  "bad-token": 401,
  "login-required": 401,
  malformed: 400,
  "wrong-method": 405,
  "inline-credentials": 400,
  "outside-allowlist": 404,
  "too-large": 413,
  "too-busy": 429,
  unsupported: 400,
  "not-admitted": 404,
  "read-only": 403,
  "upstream-denied": 404,
  "upstream-down": 502,
  "bad-tarball": 502,
  "not-found": 404,
  conflict: 409,
  "outdated-lockfile": 400,
};

const HIDING: ReadonlySet<Reason> = new Set([
  "not-admitted",
  "not-found",
  "upstream-denied",
  "outside-allowlist",
]);

/**
 * What a caller hears of a package that it cannot have: one thing, whether the package is missing, is
 * another's, or was denied upstream. Whoever has not logged in is told to, whatever there is.
 */
export function hidden(caller: Caller, refusal: Refusal): Refusal {
  if (!HIDING.has(refusal.refused)) return refusal;
  return caller.user === null
    ? refuse("login-required", "log in first")
    : refuse("not-found", "not found");
}

export function writeNpmRefusal(refusal: Refusal | WrongMethod): Reply {
  const headers = [...extraHeaders(refusal), ...PER_CALLER];
  return jsonReply(STATUS[refusal.refused], { error: refusal.message }, headers);
}

function extraHeaders(refusal: Refusal | WrongMethod): HeaderList {
  if ("allow" in refusal) return [["allow", refusal.allow.join(", ")]];
  switch (STATUS[refusal.refused]) {
    case 401:
      return [["www-authenticate", 'Bearer realm="leakproof"']];
    case 429:
      return [["retry-after", "1"]];
    default:
      return [];
  }
}

/** A JSON document with its validator: 304 where the client has it, gzip where it can read it. */
export async function writeDocument(
  { headers }: Pick<Message, "headers">,
  { bytes, contentType }: JsonDocument,
): Promise<Reply> {
  // Weak: the plain bytes and the gzipped ones share it.
  const etag = `W/"${sha256Hex(bytes).slice(0, 32)}"`;
  const validators: HeaderList = [["etag", etag], ...PER_CALLER];
  if (knows(headerAll(headers, "if-none-match"), etag)) {
    return { status: 304, headers: validators, body: NO_BODY };
  }
  const zipped = acceptsGzip(headerAll(headers, "accept-encoding").join(","));
  const encoding: HeaderList = zipped ? [["content-encoding", "gzip"]] : [];
  return {
    status: 200,
    headers: [["content-type", contentType], ...encoding, ...validators],
    body: zipped ? await promisify(gzip)(bytes) : bytes,
  };
}

/** A tarball's bytes, or a stream of them as the upstream sends it. */
export function writeTarball({ body, lengthBytes, encoding }: OpenedTarball): Reply {
  const said: [string, string | undefined][] = [
    ["content-length", lengthBytes],
    ["content-encoding", encoding],
  ];
  const passed = said.filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    status: 200,
    headers: [["content-type", "application/octet-stream"], ...passed, ...PER_CALLER],
    body,
  };
}

export function writeJson(status: number, value: unknown): Reply {
  return jsonReply(status, value, PER_CALLER);
}

function knows(ifNoneMatch: readonly string[], etag: string): boolean {
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, "");
  return ifNoneMatch
    .flatMap((value) => value.split(","))
    .some((one) => one.trim() === "*" || opaque(one) === opaque(etag));
}

/**
 * On every reply, also of packages that everyone may read: a wrong token is told apart even there, and a
 * policy may change before a shared cache forgets.
 */
const PER_CALLER: HeaderList = [
  ["cache-control", "private, no-store"],
  ["vary", "Authorization, Accept, Accept-Encoding"],
];
