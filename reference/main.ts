import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import pino from "pino";
import { listen } from "../wire/listen.ts";
import type { Listening } from "../wire/listen.ts";
import type { Handler } from "../wire/message.ts";
import { createSender } from "../wire/send.ts";
import { ANNOTATED_CONFIG } from "./annotated-config.ts";
import { ConfigError, loadConfig } from "./config.ts";
import type { Config } from "./config.ts";
import { PARTS } from "./core/parts.ts";
import { openStores } from "./effects/stores/open.ts";
import type { CredentialSource, Lateness, Log, Ports } from "./ports.ts";
import { poolResolver } from "./resolver/pool.ts";
import { needsRestart } from "./restart.ts";
import { createReference } from "./server.ts";
import type { Reference } from "./server.ts";
import type { OperatorDeeds } from "./surfaces/operator.ts";
import { connectCheck } from "./effects/addresses.ts";

const DEFAULT_CONFIG = "leakproof.yaml";

/**
 * Runs the reference server in the foreground until SIGINT or SIGTERM. A mistake of the user's ends it with
 * one line and exit code 3.
 */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await serve(configFile(args));
  } catch (error) {
    process.stderr.write(`leakproof: ${messageOf(error)}\n`);
    process.exitCode = 3;
  }
}

/** The config that the arguments name; a first run without one writes an annotated one and uses it. */
function configFile(args: readonly string[]): string {
  const { values } = parseArgs({ args: [...args], options: { config: { type: "string" } } });
  if (values.config !== undefined) return values.config;
  if (!existsSync(DEFAULT_CONFIG)) {
    writeFirstConfig();
    process.stdout.write(
      `leakproof: wrote ${path.resolve(DEFAULT_CONFIG)}: edit it, it explains itself\n`,
    );
  }
  return DEFAULT_CONFIG;
}

function writeFirstConfig(): void {
  try {
    writeFileSync(DEFAULT_CONFIG, ANNOTATED_CONFIG, { flag: "wx" });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "error";
    const where = path.resolve(DEFAULT_CONFIG);
    throw new ConfigError(`${where}: cannot be written (${code}); name a config with --config`);
  }
}

async function serve(file: string): Promise<void> {
  const config = loadConfig(file);
  const log = logTo(pino({ redact: ["authorization", "token", "password"] }, pino.destination(2)));
  const clock = adjustableClock();
  const inForce = { config };
  const outbound = createSender({
    connectMs: config.limits.connectMs,
    headersMs: config.limits.responseMs,
    checkAddress: (address, origin) => connectCheck(inForce.config)(address, origin),
  });
  const ports = portsFor(config, await openStores(config.data), {
    clock,
    log,
    send: outbound.send,
  });
  const reference = await createReference(config, ports, PARTS);
  const reload = async (): Promise<string[]> => {
    const next = loadConfig(file);
    await reference.reload(next);
    inForce.config = next;
    return needsRestart(config, next);
  };
  const onError = (error: unknown): void => {
    log("handler-failed", { error: String(error) });
  };
  const signals = listenForSignals();
  signals.onHangup(() => {
    reload().then(
      (waiting) => {
        log("reloaded", { needsRestart: waiting });
      },
      (error: unknown) => {
        log("reload-refused", { error: messageOf(error) });
      },
    );
  });
  const listeners = await openListeners(config, reference, onError, {
    reload,
    ...(config.operator?.testClock === true ? { advance: clock.advance } : {}),
  });
  const upkeep = setInterval(() => {
    reference.tidyUp().catch(onError);
  }, config.cache.tidySeconds * 1000);
  process.stdout.write(`leakproof: serving at ${listeners[0]?.origin ?? ""}\n`);
  await signals.stop;
  clearInterval(upkeep);
  await windDown(listeners, inForce.config.limits.drainMs, signals.stopNow);
  await reference.close();
  await ports.stores.close();
  await outbound.close();
}

function logTo(logger: pino.Logger): Log {
  return (event, facts) => {
    logger.info(facts, event);
  };
}

function portsFor(
  { limits }: Config,
  stores: Ports["stores"],
  given: { readonly clock: Ports["clock"]; readonly log: Log; readonly send: Ports["outbound"] },
): Ports {
  return {
    clock: given.clock,
    random: { bytes: (count) => randomBytes(count) },
    outbound: given.send,
    stores,
    resolver: poolResolver({
      workers: limits.workers,
      memoryLimitMb: limits.workerMemoryMb,
      timeLimitMs: limits.resolveMs,
      queueLimit: limits.queue,
    }),
    log: given.log,
    lateness: lateness(),
    credential: (source) => readCredential(source),
  };
}

/** The clients' listener, and the operator's where there is one: both, or none. */
async function openListeners(
  config: Config,
  reference: Reference,
  onError: (error: unknown) => void,
  deeds: OperatorDeeds,
): Promise<Listening[]> {
  const { headBytes, headMs } = config.limits;
  const how = { headLimitBytes: headBytes, headTimeoutMs: headMs, onError };
  const open = (handler: Handler, at: string, field: string): Promise<Listening> =>
    listen(handler, { ...addressOf(at), ...how }).catch((error: unknown) => {
      throw new ConfigError(`${messageOf(error)}: end what is there, or change \`${field}\``);
    });
  const client = await open(reference.client, config.listen, "listen");
  if (config.operator === undefined) return [client];
  try {
    const at = config.operator.listen;
    return [client, await open(reference.operator(deeds), at, "operator.listen")];
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** Lets requests under way come to their end, for a time, or until somebody has no more patience. */
async function windDown(
  listeners: readonly Listening[],
  graceMs: number,
  stopNow: Promise<undefined>,
): Promise<void> {
  process.stdout.write(
    `leakproof: stopping; what is under way has ${graceMs / 1000} s (Ctrl-C again ends it now)\n`,
  );
  const drained = Promise.all(listeners.map((listener) => listener.drain(graceMs)));
  await Promise.race([drained, stopNow]);
  await Promise.all(listeners.map((listener) => listener.close()));
}

/** Watches the event loop from now on, and forgets what it saw when it was told. */
function lateness(): () => Lateness {
  const delays = monitorEventLoopDelay({ resolution: WATCH_MS });
  delays.enable();
  // A delay is measured from one look to the next, which are so far apart when nothing is late.
  const lateMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - WATCH_MS);
  return () => {
    const seen = { p99Ms: lateMs(delays.percentile(99)), mostMs: lateMs(delays.max) };
    delays.reset();
    return seen;
  };
}

const WATCH_MS = 5;

/** The system's time, moved on by a test clock's orders. */
function adjustableClock(): { now(): number; advance: (ms: number) => void } {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    advance: (ms) => {
      aheadMs += ms;
    },
  };
}

function readCredential({ env, file }: CredentialSource): string {
  if (env !== undefined) {
    const value = process.env[env];
    if (value === undefined || value === "") {
      throw new ConfigError(`the environment variable ${env}, which the config names, is not set`);
    }
    return value;
  }
  try {
    return readFileSync(file ?? "", "utf8").trim();
  } catch {
    throw new ConfigError(
      `the credential file ${file ?? ""}, which the config names, cannot be read`,
    );
  }
}

function addressOf(listenAt: Config["listen"]): { host: string; port: number } {
  const colon = listenAt.lastIndexOf(":");
  const host = listenAt.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  return { host, port: Number(listenAt.slice(colon + 1)) };
}

/** Heard from the beginning: a signal that comes while the server starts is not lost. */
function listenForSignals() {
  const first = Promise.withResolvers<undefined>();
  const second = Promise.withResolvers<undefined>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    let heard = 0;
    process.on(signal, () => {
      heard += 1;
      (heard === 1 ? first : second).resolve(undefined);
    });
  }
  return {
    stop: first.promise,
    stopNow: second.promise,
    onHangup: (act: () => void): void => {
      process.on("SIGHUP", act);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (import.meta.main) await main(process.argv.slice(2));
