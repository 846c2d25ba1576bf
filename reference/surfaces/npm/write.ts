import { sha256Hex } from "../../../wire/digest.ts";
import { acceptsGzip } from "../../../wire/encoding.ts";
import { header, jsonReply } from "../../../wire/message.ts";
import type { Body, HeaderList, Message, Reply } from "../../../wire/message.ts";
import { gzipSync } from "node:zlib";
import type { Reason, Refusal } from "../../core/refusal.ts";

/**
 * From reason to status: the one table of this surface. A name that is not for the caller and a name that
 * does not exist have one answer.
 */
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
  "upstream-denied": 404,
  "upstream-down": 502,
  "not-found": 404,
  conflict: 403,
  "outdated-lockfile": 400,
};

/** Hidden and missing say the same two words: a caller without access cannot tell them apart. */
const HIDING: ReadonlySet<Reason> = new Set([
  "not-admitted",
  "not-found",
  "upstream-denied",
  "outside-allowlist",
]);

export function writeNpmRefusal(refusal: Refusal): Reply {
  const status = STATUS[refusal.refused];
  const error = HIDING.has(refusal.refused) ? "not found" : refusal.message;
  const extra: HeaderList =
    status === 401
      ? [["www-authenticate", 'Bearer realm="leakproof"']]
      : status === 405
        ? [["allow", "GET, HEAD"]]
        : [];
  return jsonReply(status, { error }, [...extra, ...PER_CALLER]);
}

/** A JSON document with its validators: 304 where the client has it, gzip where it can read it. */
export function writeDocument(
  message: Message,
  document: { readonly bytes: Uint8Array; readonly contentType: string },
): Reply {
  const etag = `"${sha256Hex(document.bytes).slice(0, 32)}"`;
  const validators: HeaderList = [["etag", etag], ...PER_CALLER];
  if (knows(header(message.headers, "if-none-match"), etag)) {
    return { status: 304, headers: validators, body: new Uint8Array(0) };
  }
  const gzip = acceptsGzip(header(message.headers, "accept-encoding"));
  const encoding: HeaderList = gzip ? [["content-encoding", "gzip"]] : [];
  return {
    status: 200,
    headers: [["content-type", document.contentType], ...encoding, ...validators],
    body: gzip ? gzipSync(document.bytes) : document.bytes,
  };
}

/** A tarball's bytes, or a stream of them with the upstream's own length. */
export function writeTarball(body: Body, lengthBytes: string | undefined): Reply {
  const length: HeaderList = lengthBytes === undefined ? [] : [["content-length", lengthBytes]];
  return {
    status: 200,
    headers: [["content-type", "application/octet-stream"], ...length, ...PER_CALLER],
    body,
  };
}

export function writeJson(status: number, value: unknown): Reply {
  return jsonReply(status, value, PER_CALLER);
}

function knows(ifNoneMatch: string | undefined, etag: string): boolean {
  return (
    ifNoneMatch?.split(",").some((one) => one.trim().replace(/^W\//, "") === etag) === true ||
    ifNoneMatch?.trim() === "*"
  );
}

const PER_CALLER: HeaderList = [
  ["cache-control", "private, no-store"],
  ["vary", "Authorization, Accept, Accept-Encoding"],
];
