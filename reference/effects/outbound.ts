import { decoded } from "../../wire/encoding.ts";
import { bytesOf, discard, header, NO_BODY, WireError } from "../../wire/message.ts";
import type { HeaderList, Message, Reply } from "../../wire/message.ts";
import type { Route } from "../core/classify.ts";
import { normalUrl } from "../core/registry-url.ts";
import type { NormalUrl } from "../core/registry-url.ts";
import type { Running } from "../running.ts";

/** A GET that one route makes. */
export interface UpstreamRequest {
  readonly url: string;
  readonly headers: HeaderList;
  /** The alias's credential and the only origins that it may go to. */
  readonly credential: UpstreamCredential | null;
  /** For the metrics. Default: `proxied` with a credential, else `public`. */
  readonly routeClass?: Route["class"];
}

export interface UpstreamCredential {
  readonly authorization: string;
  readonly origins: readonly string[];
}

export interface UpstreamReply {
  readonly status: number;
  readonly headers: HeaderList;
  /** Without content-encoding. */
  readonly body: Uint8Array;
}

const RETRIED = new Set([429, 500, 502, 503, 504]);

/**
 * Asks an upstream and reads the whole reply, trying again when it is down. Throws `WireError` when no try
 * brought one.
 */
export async function askUpstream(
  running: Running,
  request: UpstreamRequest,
  signal: AbortSignal,
): Promise<UpstreamReply> {
  const { tries, responseMs, packumentBytes } = running.rules.config.limits;
  for (let attempt = 1; ; attempt += 1) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(responseMs)]);
    try {
      const reply = await openUpstream(running, request, limit);
      const raw = await bytesOf(reply.body, packumentBytes);
      if (attempt < tries && RETRIED.has(reply.status)) continue;
      const encoding = header(reply.headers, "content-encoding");
      return { ...reply, body: await decoded(raw, encoding, packumentBytes) };
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= tries) throw asWireError(error, limit);
    }
  }
}

/**
 * Opens one reply, its body unread. Every redirect hop is held against the allowlist, and no credential
 * crosses a redirect. Throws `WireError`.
 */
export async function openUpstream(
  running: Running,
  request: UpstreamRequest,
  signal: AbortSignal,
): Promise<Reply> {
  let url = allowedUrl(running, request.url);
  let credential = request.credential;
  for (let hop = 0; hop <= running.rules.config.limits.redirects; hop += 1) {
    const authorized =
      credential?.origins.includes(url.origin) === true ? credential.authorization : null;
    const headers: HeaderList = [
      ["host", new URL(url.href).host],
      ...request.headers,
      ...(authorized === null ? [] : ([["authorization", authorized]] as const)),
    ];
    const message = { method: "GET", target: url.target, headers, body: NO_BODY };
    const reply = await countedReply(running, request, url.origin, message, signal);
    const location = header(reply.headers, "location");
    if (reply.status < 300 || reply.status > 399 || reply.status === 304) return reply;
    if (location === undefined) return reply;
    await discard(reply.body);
    url = allowedUrl(running, new URL(location, url.href).href);
    credential = null;
  }
  throw new WireError("malformed", "too many redirects");
}

async function countedReply(
  { ports, metrics }: Running,
  { credential, routeClass }: UpstreamRequest,
  origin: string,
  message: Message,
  signal: AbortSignal,
): Promise<Reply> {
  const counted = routeClass ?? (credential === null ? "public" : "proxied");
  try {
    const reply = await ports.outbound(origin, message, signal);
    metrics.upstream(counted, reply.status);
    return reply;
  } catch (error) {
    metrics.upstream(counted, "failed");
    throw error;
  }
}

/** What is asked for has its query: a host that signs its URLs would give nothing without. */
function allowedUrl(running: Running, text: string): NormalUrl & { readonly target: string } {
  const url = normalUrl(text);
  if (typeof url === "string" || !running.parts.isAllowed(running.rules.policy, url)) {
    throw new WireError("refused", "an upstream led outside the allowlist");
  }
  return { ...url, target: `${url.path}${new URL(text).search}` };
}

function asWireError(error: unknown, limit: AbortSignal): WireError {
  if (error instanceof WireError) return error;
  return limit.aborted
    ? new WireError("timeout", "the upstream took too long")
    : new WireError("malformed", "the upstream's reply could not be read");
}
