import { acceptsGzip } from "../../../wire/encoding.ts";
import { header, jsonReply, utf8 } from "../../../wire/message.ts";
import type { HeaderList, Reply } from "../../../wire/message.ts";
import { encodeLine } from "../../../wire/ndjson.ts";
import type { Reason, Refusal } from "../../core/refusal.ts";
import { gzipStream } from "./gzip-stream.ts";

/** From reason to status: the one table of this surface. `frame` is a 200 with an `error` frame. */
const STATUS: Readonly<Record<Reason, number | "frame">> = {
  "two-credentials": 400,
  "bad-token": 401,
  "login-required": 401,
  malformed: 400,
  "wrong-method": 405,
  "inline-credentials": 400,
  "outside-allowlist": 403,
  "too-large": 413,
  "too-busy": 429,
  unsupported: "frame",
  "not-admitted": "frame",
  "read-only": 403,
  "upstream-denied": "frame",
  "upstream-down": "frame",
  "bad-tarball": "frame",
  "not-found": "frame",
  conflict: 409,
  "outdated-lockfile": "frame",
};

/** The `code` of an error frame. The one for a field that is not served makes clients resolve locally. */
const CODE: Readonly<Partial<Record<Reason, string>>> = {
  unsupported: "ERR_PNPR_UNSUPPORTED_REQUEST_FIELD",
  "not-admitted": "ERR_PNPR_NOT_ADMITTED",
  "upstream-denied": "ERR_PNPR_UPSTREAM_DENIED",
  "upstream-down": "ERR_PNPR_UPSTREAM_UNAVAILABLE",
  "outside-allowlist": "ERR_PNPR_OUTSIDE_ALLOWLIST",
  "bad-tarball": "ERR_PNPR_BAD_TARBALL",
  "not-found": "ERR_PNPR_NOT_FOUND",
  "outdated-lockfile": "ERR_PNPM_OUTDATED_LOCKFILE",
};

/** What every 4xx of this surface looks like. */
export function writeRefusal(refusal: Refusal): Reply {
  const status = STATUS[refusal.refused];
  if (status === "frame")
    return writeReady(frameOf(refusal), null, { headers: [], transforms: false });
  const extra: HeaderList =
    status === 401
      ? [["www-authenticate", 'Bearer realm="leakproof"']]
      : status === 429
        ? [["retry-after", "1"]]
        : status === 405
          ? [["allow", /only (\w+)/.exec(refusal.message)?.[1] ?? "GET"]]
          : [];
  return jsonReply(status, { error: refusal.message }, [...extra, ...PER_CALLER]);
}

/** The error frame that stands for a refusal, at any point of a stream. */
export function frameOf(refusal: Refusal): Uint8Array {
  const code = CODE[refusal.refused] ?? "ERR_PNPR_REFUSED";
  return encodeLine({ type: "error", message: refusal.message, code });
}

export function failureFrame(failure: { code: string; message: string }): Uint8Array {
  return encodeLine({ type: "error", message: failure.message, code: failure.code });
}

/** What a client asked for that shapes the head of its reply. */
export interface AskedHead {
  readonly headers: HeaderList;
  readonly transforms: boolean;
}

/** A reply of ready bytes: the terminal frame alone. Without `gzip` it is the same, zipped on its way. */
export function writeReady(identity: Uint8Array, gzip: Uint8Array | null, asked: AskedHead): Reply {
  const zipped = wantsGzip(asked);
  const headers = streamHeaders(asked, zipped);
  return { status: 200, headers, body: zipped ? (gzip ?? gzipStream([identity])) : identity };
}

/** A reply that streams while it is resolved. */
export function writeStream(body: AsyncIterable<Uint8Array>, asked: AskedHead): Reply {
  const zipped = wantsGzip(asked);
  return {
    status: 200,
    headers: streamHeaders(asked, zipped),
    body: zipped ? gzipStream(body) : body,
  };
}

function wantsGzip({ headers }: AskedHead): boolean {
  return acceptsGzip(header(headers, "accept-encoding"));
}

/** The same for a hit and for a miss: no header tells one from the other, nor does how they are framed. */
function streamHeaders({ transforms }: AskedHead, zipped: boolean): HeaderList {
  return [
    ["content-type", "application/x-ndjson"],
    ["transfer-encoding", "chunked"],
    ...(zipped ? ([["content-encoding", "gzip"]] as const) : []),
    ...PER_CALLER,
    ...(transforms ? ([["pnpr-project-transforms", "1"]] as const) : []),
  ];
}

const PER_CALLER: HeaderList = [
  ["cache-control", "private, no-store"],
  ["vary", "Authorization, Accept-Encoding"],
];

/** What this server speaks; only what is really served is announced. */
export const HANDSHAKE: Uint8Array = utf8(
  JSON.stringify({
    pnpr: {
      versions: [0],
      artifacts: [],
      protocols: {
        resolver: { versions: [0], features: ["projectTransforms", "fixLockfile"] },
      },
    },
  }),
);
