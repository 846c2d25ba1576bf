import { lookup } from "node:dns";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { Agent, errors } from "undici";
import { WireError } from "./message.ts";
import type { HeaderList, Message, Reply, Send } from "./message.ts";

export interface SenderOptions {
  /** Default: 5 s. */
  readonly connectMs?: number;
  /** From the request's last byte to the reply's head, and between two pieces of its body. Default: none. */
  readonly headersMs?: number;
  /** Asked with the IP address that a name came to, before it is connected to. */
  readonly checkAddress?: (address: string, origin: string) => boolean;
}

export interface Sender extends AsyncDisposable {
  readonly send: Send;
  close(): Promise<void>;
}

/**
 * Sends messages over real sockets: target and headers verbatim, no redirect followed, nothing decoded.
 * Every failure is a `WireError`, in the head or while the body is read.
 */
export function createSender(options: SenderOptions = {}): Sender {
  const agents = new Map<string, Agent>();
  const agentFor = (origin: string): Agent => {
    const known = agents.get(origin);
    if (known !== undefined) return known;
    const agent = createAgent(origin, options);
    agents.set(origin, agent);
    return agent;
  };
  const close = async (): Promise<void> => {
    await Promise.all([...agents.values()].map((agent) => agent.destroy()));
  };
  return {
    send: async (origin, message, signal) => {
      // A literal address is never looked up, so it is checked here.
      const host = new URL(origin).hostname.replace(/^\[(.*)\]$/, "$1");
      if (isIP(host) !== 0 && options.checkAddress?.(host, origin) === false) {
        throw new WireError("refused", `${host} may not be connected to`);
      }
      return request(agentFor(origin), origin, message, signal);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createAgent(origin: string, options: SenderOptions): Agent {
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
  return new Agent({
    connect: { timeout: connectMs, lookup: checked },
    headersTimeout: headersMs,
    bodyTimeout: headersMs,
    keepAliveTimeout: 10_000,
    pipelining: 1,
  });
}

async function request(
  agent: Agent,
  origin: string,
  message: Message,
  signal: AbortSignal,
): Promise<Reply> {
  signal.throwIfAborted();
  const whole = message.body instanceof Uint8Array ? message.body : null;
  try {
    const reply = await agent.request({
      origin,
      path: message.target,
      method: message.method as "GET",
      headers: message.headers.flatMap(([name, value]) => [name, value]),
      body: whole === null ? Readable.from(message.body) : whole.byteLength === 0 ? null : whole,
      signal,
      responseHeaders: "raw",
    });
    const headers = pairs(reply.headers as unknown as readonly string[]);
    return { status: reply.statusCode, headers, body: guarded(reply.body, signal) };
  } catch (error) {
    throw failureOf(error, signal);
  }
}

function pairs(raw: readonly string[]): HeaderList {
  return Array.from({ length: raw.length / 2 }, (_, at) => [
    String(raw[at * 2]),
    String(raw[at * 2 + 1]),
  ]);
}

async function* guarded(
  body: AsyncIterable<unknown>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) yield piece as Uint8Array;
  } catch (error) {
    throw failureOf(error, signal, "truncated");
  }
}

class AddressRefused extends Error {
  constructor(hostname: string) {
    super(`${hostname} leads to an address that may not be connected to`);
    this.name = "AddressRefused";
  }
}

/** The abort's own reason where the signal fired; otherwise a `WireError` of the fitting kind. */
function failureOf(error: unknown, signal: AbortSignal, midBody: "truncated" | null = null): Error {
  if (signal.aborted && signal.reason instanceof Error) return signal.reason;
  if (!(error instanceof Error)) return new WireError("malformed", String(error));
  const code = "code" in error ? String(error.code) : "";
  if (error instanceof AddressRefused) return new WireError("refused", error.message);
  if (error instanceof errors.ConnectTimeoutError) return new WireError("timeout", "no connection");
  if (error instanceof errors.HeadersTimeoutError) return new WireError("timeout", "no reply");
  if (error instanceof errors.BodyTimeoutError) return new WireError("timeout", "the body stopped");
  if (code === "ECONNREFUSED" || code === "EADDRNOTAVAIL")
    return new WireError("refused", "connection refused");
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return new WireError("unresolved", "no such host");
  if (code === "ECONNRESET" || code === "EPIPE") return new WireError("reset", "connection reset");
  if (code === "UND_ERR_SOCKET") return new WireError(midBody ?? "reset", "the peer closed early");
  if (code.startsWith("HPE_")) return new WireError("malformed", "not an HTTP reply");
  return new WireError(midBody ?? "malformed", error.message);
}
