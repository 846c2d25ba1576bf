import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { StartFailed } from "./target.ts";

/** A subject that is a process of ours, and how to tell that it is ready. */
export interface Launch {
  /** What it is called in errors. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** In place of this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether what it has written so far says that it serves. */
  readonly isReady: (said: string) => boolean;
  /** Hears everything that it writes, to either stream. */
  readonly onText: (text: string) => void;
}

const START_MS = 20_000;

/** Starts it and waits until it is ready. Throws `StartFailed` with what it said instead. */
export async function launch({
  name,
  file,
  args,
  cwd,
  env,
  ...how
}: Launch): Promise<ChildProcess> {
  const child = adopted(
    spawn(file, [...args], {
      ...{ cwd, stdio: ["ignore", "pipe", "pipe"] },
      ...(env === undefined ? {} : { env }),
    }),
  );
  const ready = Promise.withResolvers<undefined>();
  let said = "";
  const hear = (chunk: Buffer): void => {
    const text = chunk.toString("utf8");
    how.onText(text);
    said += text;
    if (how.isReady(said)) ready.resolve(undefined);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  child.once("error", (error) => {
    ready.reject(new StartFailed(`${name} could not be started: ${error.message}`));
  });
  child.once("exit", (code) => {
    ready.reject(new StartFailed(`${name} ended with code ${code ?? "none"}: ${said.trim()}`));
  });
  const late = sleep(START_MS, undefined, { ref: false }).then(() => {
    throw new StartFailed(`${name} said nothing for ${START_MS / 1000} s`);
  });
  try {
    await Promise.race([ready.promise, late]);
    return child;
  } catch (error) {
    if (children.has(child)) await end(child, "SIGKILL");
    throw error;
  }
}

/** A child that goes with this process, whatever happens to it. */
export function adopted<C extends ChildProcess>(child: C): C {
  const forget = (): void => {
    children.delete(child);
  };
  children.add(child);
  child.once("exit", forget);
  child.once("error", forget);
  return child;
}

const children = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** Ends a child and waits for its end; one that does not go by itself in 5 s is killed. */
export async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = Promise.withResolvers<undefined>();
  child.once("exit", () => {
    ended.resolve(undefined);
  });
  child.kill(signal);
  const late = sleep(5_000, undefined, { ref: false }).then(() => child.kill("SIGKILL"));
  await Promise.race([ended.promise, late.then(() => ended.promise)]);
}

/**
 * Ports that were free a moment ago, from below the range that systems hand out by themselves: a connection
 * that anybody opens meanwhile takes none of them.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(10_000, 32_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = Promise.withResolvers<boolean>();
  server.once("error", () => {
    free.resolve(false);
  });
  server.listen(port, "127.0.0.1", () => {
    free.resolve(true);
  });
  const isListening = await free.promise;
  server.close();
  return isListening;
}
