import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readFrames, resolveMessage } from "../../clients/resolve.ts";
import { bytesOf, NO_BODY, textOf } from "../../wire/message.ts";
import { createSender } from "../../wire/send.ts";
import type { Message } from "../../wire/message.ts";
import { fillPlaces } from "../places.ts";
import { standWorld } from "../ground.ts";
import { end, launch } from "../targets/process.ts";
import { startProcess } from "../targets/spawned.ts";
import type { Session } from "../targets/target.ts";
import { largeWorld } from "./large-world.ts";
import { steadily } from "./steady.ts";

/**
 * Measures what a hit costs, as ratios within one run: against a static reply of the same bytes, and with a
 * login against without one. And what a resolve of 500 packages costs everybody else: how late the server's
 * event loop was meanwhile.
 */
async function main(): Promise<void> {
  const world = largeWorld();
  const ground = await standWorld(world, { seed: 1, transport: "sockets" });
  const session = await startProcess(ground.placed);
  const folder = await mkdtemp(path.join(tmpdir(), "leakproof-measure-"));
  try {
    const places = { ...ground.placed.places, self: session.origins.client };
    const request = (name: string, project: string): Message => {
      const filled = fillPlaces(world.projects[project]?.request, places);
      const token = name === "anonymous" ? undefined : ground.placed.accounts[name]?.token;
      return gzipped(resolveMessage(filled, token === undefined ? null : `Bearer ${token}`));
    };
    await eventLoop(session);
    await sleep(IDLE_MS);
    process.stdout.write("resolves of 500 packages, and how late the event loop was meanwhile:\n");
    const idle = await eventLoop(session);
    process.stdout.write(`  idle, for what the machine adds: ${lagText(idle)}\n`);
    const late: number[] = [];
    for (const round of ["cold", "warm", "warm", "warm"]) {
      const began = performance.now();
      await resolved(session, distinct(request("alice", "private"), began));
      const took = performance.now() - began;
      const lag = await eventLoop(session);
      late.push(lag.mostMs);
      process.stdout.write(`  ${round}: ${took.toFixed(0)} ms; ${lagText(lag)}\n`);
    }
    assertPrompt(Math.max(...late), idle.mostMs);
    await resolved(session, request("anonymous", "public"));
    await resolved(session, request("alice", "private"));
    await compare(session, folder, {
      anonymous: request("anonymous", "public"),
      "logged in": request("alice", "public"),
      private: request("alice", "private"),
    });
  } finally {
    await session.stop();
    await ground.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const IDLE_MS = 2_000;
const ROUNDS = 5;
const LOAD = { connections: 8, forMs: 1_500 } as const;

/** Takes turns, so that whatever else the machine does meanwhile falls on all alike. */
async function compare(
  session: Session,
  folder: string,
  asked: Readonly<Record<string, Message>>,
): Promise<void> {
  const [first] = Object.values(asked);
  if (first === undefined) return;
  const { origin, stop } = await staticServer(session, folder, first);
  const runs: [name: string, at: string, message: Message][] = [
    ["static", origin, first],
    ...Object.entries(asked).map(
      ([name, message]) => [name, session.origins.client, message] as [string, string, Message],
    ),
  ];
  const rates = new Map<string, number[]>();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, at, message] of runs) {
        const { perSecond } = await steadily(at, written(at, message), LOAD);
        rates.set(name, [...(rates.get(name) ?? []), perSecond]);
      }
    }
  } finally {
    await stop();
  }
  const rate = (name: string): number => median(rates.get(name) ?? []);
  process.stdout.write(`hits, ${LOAD.connections} connections, median of ${ROUNDS} rounds:\n`);
  for (const [name] of runs) {
    const ratio = (rate(name) / rate("static")).toFixed(2);
    process.stdout.write(`  ${name}: ${rate(name).toFixed(0)}/s, ${ratio} of static\n`);
  }
  const auth = (rate("logged in") / rate("anonymous")).toFixed(2);
  process.stdout.write(`  logged in against anonymous: ${auth}\n`);
}

/** A process that says what the hit says, and nothing else. */
async function staticServer(
  session: Session,
  folder: string,
  message: Message,
): Promise<{ readonly origin: string; readonly stop: () => Promise<void> }> {
  const reply = await session.send(message, AbortSignal.timeout(60_000));
  const file = path.join(folder, "reply.gz");
  await writeFile(file, await bytesOf(reply.body));
  const program = fileURLToPath(new URL("./static.ts", import.meta.url));
  let said = "";
  const child = await launch({
    name: "the static server",
    ...{ file: process.execPath, args: [program, file], cwd: folder },
    isReady: (text) => text.includes("serving at"),
    onText: (text) => (said += text),
  });
  return { origin: /http:\S+/.exec(said)?.[0] ?? "", stop: () => end(child, "SIGTERM") };
}

function gzipped(message: Message): Message {
  return { ...message, headers: [...message.headers, ["accept-encoding", "gzip"]] };
}

/** The same question with a field that no resolver looks at, which makes it another project. */
function distinct(message: Message, mark: number): Message {
  const body = JSON.parse(Buffer.from(message.body as Uint8Array).toString("utf8")) as {
    projects: object[];
  };
  const projects = body.projects.map((project) => ({ ...project, name: `project-${mark}` }));
  return { ...message, body: Buffer.from(JSON.stringify({ ...body, projects })) };
}

async function resolved(session: Session, message: Message): Promise<void> {
  const plain = message.headers.filter(([name]) => name !== "accept-encoding");
  const reply = await session.send({ ...message, headers: plain }, AbortSignal.timeout(120_000));
  const { problem, terminal } = await readFrames(reply);
  if (problem !== null || terminal?.type !== "done") {
    throw new Error(`not resolved: ${problem ?? JSON.stringify(terminal)}`);
  }
}

interface Lag {
  readonly p99Ms: number;
  readonly mostMs: number;
}

/** What the operator's page says of the event loop since it was last looked at. */
async function eventLoop(session: Session): Promise<Lag> {
  const { operator = "" } = session.origins;
  const message: Message = { method: "GET", target: "/-/metrics", headers: HOST, body: NO_BODY };
  await using sender = createSender();
  const reply = await sender.send(operator, message, AbortSignal.timeout(5_000));
  const text = await textOf(reply.body);
  const ms = (name: string): number => {
    const pattern = new RegExp(`^leakproof_event_loop_late_${name}_seconds (\\S+)$`, "m");
    return Number(pattern.exec(text)?.[1]) * 1000;
  };
  return { p99Ms: ms("p99"), mostMs: ms("most") };
}

function lagText({ p99Ms, mostMs }: Lag): string {
  return `p99 ${p99Ms.toFixed(1)} ms, most ${mostMs.toFixed(1)} ms`;
}

const MOST_LATE_MS = 20;

/** A resolve blocks nobody for longer than that, beyond what the machine does anyway. */
function assertPrompt(mostMs: number, idleMs: number): void {
  if (mostMs - idleMs <= MOST_LATE_MS) return;
  const told = `${mostMs.toFixed(1)} ms late, and ${idleMs.toFixed(1)} ms when idle`;
  process.stderr.write(
    `a resolve blocked the event loop: ${told}, of ${MOST_LATE_MS} ms at most\n`,
  );
  process.exitCode = 1;
}

const HOST = [["host", "operator"]] as const;

function written(origin: string, { method, target, headers, body }: Message): Buffer {
  const bytes = Buffer.from(body as Uint8Array);
  const head = [
    `${method} ${target} HTTP/1.1`,
    `host: ${new URL(origin).host}`,
    ...headers
      .filter(([name]) => !/^(?:host|content-length)$/i.test(name))
      .map(([name, value]) => `${name}: ${value}`),
    `content-length: ${bytes.byteLength}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), bytes]);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

if (import.meta.main) await main();
