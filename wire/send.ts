import { lookup } from "node:dns";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { Pool } from "undici";
import { once } from "./body.ts";
import { WireError } from "./message.ts";
import type { HeaderList, Message, Reply, Send, WireFailure } from "./message.ts";

export interface SenderOptions {
  /** Default: 5 s. */
  readonly connectMs?: number;
  /**
   * From the request's last byte to the reply's head, and between two pieces of its body; noticed up to a
   * second late. Default: none.
   */
  readonly headersMs?: number;
  /** Asked with every IP address that a name came to, before it is connected to. */
  readonly checkAddress?: (address: string, origin: string) => boolean;
}

export interface Sender extends AsyncDisposable {
  /**
   * Throws `WireError`, here or while the body is read, and the signal's reason when it aborts. A body that
   * is not wanted is let go with `discard`, or its connection stays taken.
   */
  readonly send: Send;
  /** Ends every connection, busy or not. */
  close(): Promise<void>;
}

/** Sends messages over real sockets: target and headers verbatim, no redirect followed, nothing decoded. */
export function createSender(options: SenderOptions = {}): Sender {
  const pools = new Map<string, Pool>();
  const poolFor = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const pool = createPool(origin, options);
    pools.set(origin, pool);
    return pool;
  };
  const close = async (): Promise<void> => {
    await Promise.all([...pools.values()].map((pool) => pool.destroy()));
  };
  return {
    send: async (origin, message, signal) => {
      signal.throwIfAborted();
      // A literal address is never looked up, so it is checked here.
      const host = new URL(origin).hostname.replace(/^\[(.*)\]$/, "$1");
      if (isIP(host) !== 0 && options.checkAddress?.(host, origin) === false) {
        throw new WireError("refused", `${host} may not be connected to`);
      }
      return request(poolFor(origin), message, signal);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** One pool an origin, since a look-up is told the host name alone and the check wants the origin. */
function createPool(origin: string, options: SenderOptions): Pool {
  const { connectMs = 5_000, headersMs = 0, checkAddress } = options;
  const checked: LookupFunction = (hostname, lookupOptions, done) => {
    lookup(hostname, { ...lookupOptions, all: true }, (error, found) => {
      if (error !== null) {
        done(error, "", 4);
        return;
      }
      const fit = found.filter(({ address }) => checkAddress?.(address, origin) ?? true);
      const [first] = fit;
      if (first === undefined) done(new AddressRefused(hostname), "", 4);
      else if (lookupOptions.all === true) done(null, fit);
      else done(null, first.address, first.family);
    });
  };
  return new Pool(origin, {
    // HTTP/2 would lower-case header names and fold repeated ones.
    allowH2: false,
    connect: { timeout: connectMs, lookup: checked },
    headersTimeout: headersMs,
    bodyTimeout: headersMs,
    keepAliveTimeout: 10_000,
    pipelining: 1,
  });
}

async function request(pool: Pool, message: Message, signal: AbortSignal): Promise<Reply> {
  const whole = message.body instanceof Uint8Array ? message.body : null;
  try {
    const reply = await pool.request({
      path: message.target,
      method: message.method,
      headers: message.headers.flatMap(([name, value]) => [name, value]),
      body: whole === null ? Readable.from(message.body) : whole.byteLength === 0 ? null : whole,
      signal,
      responseHeaders: "raw",
    });
    const headers = pairs(reply.headers as unknown as readonly string[]);
    return { status: reply.statusCode, headers, body: once(readable(reply.body), signal) };
  } catch (error) {
    signal.throwIfAborted();
    throw failureOf(error);
  }
}

function pairs(flat: readonly string[]): HeaderList {
  return Array.from({ length: flat.length / 2 }, (_, at) => [
    String(flat[at * 2]),
    String(flat[at * 2 + 1]),
  ]);
}

/** The body with our errors. Letting go of it before its end, or before its start, ends the connection. */
function readable(body: Readable): AsyncIterable<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  body.on("error", () => undefined);
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        try {
          return await pieces.next();
        } catch (error) {
          throw failureOf(error);
        }
      },
      return: async () => {
        body.destroy();
        return { done: true, value: undefined };
      },
    }),
  };
}

class AddressRefused extends Error {
  readonly code = "ADDRESS_REFUSED";

  constructor(hostname: string) {
    super(`${hostname} leads to an address that may not be connected to`);
    this.name = "AddressRefused";
  }
}

/** By error code. What stands in no row could not be read as a reply, or not be said as a message. */
const FAILURES: readonly (readonly [codes: RegExp, kind: WireFailure, message: string | null])[] = [
  [/^ADDRESS_REFUSED$/, "refused", null],
  [/^(ECONNREFUSED|EADDRNOTAVAIL|EACCES)$/, "refused", "connection refused"],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/, "refused", "no way to that host"],
  [/^UND_ERR_(CLOSED|DESTROYED)$/, "refused", "the sender is closed"],
  [/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/, "refused", null],
  [/^(ENOTFOUND|EAI_.*)$/, "unresolved", "no such host"],
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, "timeout", "no connection in time"],
  [/^UND_ERR_HEADERS_TIMEOUT$/, "timeout", "no reply in time"],
  [/^UND_ERR_BODY_TIMEOUT$/, "timeout", "the body stopped coming"],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, "reset", "connection reset"],
  [/^UND_ERR_(SOCKET|RES_CONTENT_LENGTH_MISMATCH)$/, "truncated", "the peer closed early"],
];

function failureOf(error: unknown): WireError {
  if (error instanceof WireError) return error;
  if (!(error instanceof Error)) return new WireError("malformed", String(error));
  const code = "code" in error ? String(error.code) : "";
  const [, kind, message] = FAILURES.find(([codes]) => codes.test(code)) ?? ["", "malformed", null];
  return new WireError(kind, message ?? error.message);
}
