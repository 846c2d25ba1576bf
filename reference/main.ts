import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import pino from "pino";
import { listen } from "../wire/listen.ts";
import type { Listening } from "../wire/listen.ts";
import { createSender } from "../wire/send.ts";
import { ANNOTATED_CONFIG } from "./annotated-config.ts";
import { ConfigError, loadConfig } from "./config.ts";
import type { Config } from "./config.ts";
import { PARTS } from "./core/parts.ts";
import { openStores } from "./effects/stores/open.ts";
import type { CredentialSource, Lateness, Log, Ports } from "./ports.ts";
import { poolResolver } from "./resolver/pool.ts";
import { createReference } from "./server.ts";
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
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`leakproof: ${message}\n`);
    process.exitCode = 3;
  }
}

/** The config that the arguments name; a first run without one writes an annotated one and uses it. */
function configFile(args: readonly string[]): string {
  const { values } = parseArgs({ args: [...args], options: { config: { type: "string" } } });
  if (values.config !== undefined) return values.config;
  if (!existsSync(DEFAULT_CONFIG)) {
    writeFileSync(DEFAULT_CONFIG, ANNOTATED_CONFIG, { flag: "wx" });
    process.stdout.write(
      `leakproof: wrote ${path.resolve(DEFAULT_CONFIG)}: edit it, it explains itself\n`,
    );
  }
  return DEFAULT_CONFIG;
}

async function serve(file: string): Promise<void> {
  let config = loadConfig(file);
  const logger = pino({ redact: ["authorization", "token", "password"] }, pino.destination(2));
  const log: Log = (event, facts) => {
    logger.info(facts, event);
  };
  const clock = adjustableClock();
  const { limits } = config;
  const outbound = createSender({
    connectMs: limits.connectMs,
    headersMs: limits.responseMs,
    checkAddress: (address, origin) => connectCheck(config)(address, origin),
  });
  const ports: Ports = {
    clock,
    random: { bytes: (count) => randomBytes(count) },
    outbound: outbound.send,
    stores: await openStores(config.data),
    resolver: poolResolver({
      workers: limits.workers,
      memoryLimitMb: limits.workerMemoryMb,
      timeLimitMs: limits.resolveMs,
      queueLimit: limits.queue,
    }),
    log,
    lateness: lateness(),
    credential: (source) => readCredential(source),
  };
  const reference = await createReference(config, ports, PARTS);
  const reload = async (): Promise<void> => {
    const next = loadConfig(file);
    await reference.reload(next);
    config = next;
  };
  const onError = (error: unknown): void => {
    log("handler-failed", { error: String(error) });
  };
  const client = await listen(reference.client, { ...addressOf(config.listen), onError });
  const deeds =
    config.operator?.testClock === true ? { reload, advance: clock.advance } : { reload };
  const operator =
    config.operator === undefined
      ? null
      : await listen(reference.operator(deeds), { ...addressOf(config.operator.listen), onError });
  process.on("SIGHUP", () => {
    reload().catch(onError);
  });
  process.stdout.write(`leakproof: serving at ${client.origin}\n`);
  await stopSignal();
  await close([client, operator], reference, ports);
  await outbound.close();
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

async function stopSignal(): Promise<void> {
  const stop = Promise.withResolvers<undefined>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop.resolve(undefined);
    });
  }
  await stop.promise;
}

async function close(
  listeners: readonly (Listening | null)[],
  reference: { close(): Promise<void> },
  ports: Ports,
): Promise<void> {
  for (const listener of listeners) await listener?.close();
  await reference.close();
  await ports.stores.close();
}

if (import.meta.main) await main(process.argv.slice(2));
