import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { revokeTokenMessage } from "../../clients/registry.ts";
import { bytesOf, NO_BODY, textOf } from "../../wire/message.ts";
import { createSender } from "../../wire/send.ts";
import type { Sender } from "../../wire/send.ts";
import { publishHosted } from "../hosting.ts";
import type { PlacedWorld } from "../world.ts";
import { secretsOf, writeConfig } from "./dialect.ts";
import type { Lodging } from "./dialect.ts";
import { StartFailed } from "./target.ts";
import type { Session, Target } from "./target.ts";

const EXTENSION = import.meta.url.endsWith(".ts") ? "ts" : "js";
const MAIN = fileURLToPath(new URL(`../../reference/main.${EXTENSION}`, import.meta.url));
const CONFIG = "leakproof.yaml";
const START_MS = 20_000;

/** The reference as a process of its own: real sockets, real files, a clock moved by its operator's port. */
export function spawnedTarget(): Target {
  return {
    name: "reference --spawned",
    profile: "resolve",
    features: ["wire", "restart", "kill", "clock", "live-changes", "anonymous-resolve", "gateway"],
    expectations: [],
    upstreams: "sockets",
    start: startProcess,
  };
}

/** Starts it in a world, in a temporary folder that goes with it. Throws `StartFailed`. */
export async function startProcess(first: PlacedWorld): Promise<Session> {
  let placed = first;
  const folder = await mkdtemp(path.join(tmpdir(), "leakproof-"));
  const [port, operatorPort] = await freePorts();
  const lodging: Lodging = {
    listen: `127.0.0.1:${port}`,
    operatorListen: `127.0.0.1:${operatorPort}`,
    data: "data",
    responseMs: 1_000,
    // In files, not in the environment: what is rotated has to change while the process runs.
    keeps: (name) => ({ file: name }),
  };
  const client = `http://${lodging.listen ?? ""}`;
  const operator = `http://${lodging.operatorListen ?? ""}`;
  const sender = createSender();
  const logged: string[] = [];
  let aheadMs = 0;

  const start = async (): Promise<ChildProcess> => {
    await writeConfigFiles(folder, placed, lodging);
    const process = await launch(path.join(folder, CONFIG), logged);
    if (aheadMs > 0) await order(sender, operator, `/-/test/clock?advanceMs=${aheadMs}`);
    return process;
  };
  let child = await start();
  const session: Session = {
    origins: { client, operator },
    send: (message, signal) => sender.send(client, message, signal),
    credential: (user) => {
      const account = placed.accounts[user];
      return account === undefined ? null : { authorization: `Bearer ${account.token}` };
    },
    apply: async (change, after) => {
      placed = after;
      if (change.change === "revoke-tokens") {
        const token = placed.accounts[change.user]?.token ?? "";
        const message = revokeTokenMessage(token, `Bearer ${token}`);
        const reply = await sender.send(client, message, AbortSignal.timeout(5_000));
        await bytesOf(reply.body);
        return;
      }
      await writeConfigFiles(folder, placed, lodging);
      await order(sender, operator, "/-/reload");
    },
    advance: async (ms) => {
      aheadMs += ms;
      await order(sender, operator, `/-/test/clock?advanceMs=${ms}`);
    },
    restart: async () => {
      await end(child, "SIGTERM");
      child = await start();
    },
    kill: async () => {
      await end(child, "SIGKILL");
      child = await start();
    },
    logs: () => logged.join(""),
    stop: async () => {
      await end(child, "SIGTERM");
      await sender.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await publishHosted(placed, session);
  } catch (error) {
    await session.stop();
    throw error;
  }
  return session;
}

async function writeConfigFiles(
  folder: string,
  placed: PlacedWorld,
  lodging: Lodging,
): Promise<void> {
  for (const [name, secret] of Object.entries(secretsOf(placed))) {
    await writeFile(path.join(folder, name), secret, { mode: 0o600 });
  }
  await writeFile(path.join(folder, CONFIG), writeConfig(placed, lodging));
}

/** Ready when it says where it serves. Throws `StartFailed` with what it said instead. */
async function launch(file: string, logged: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN, "--config", file], {
    cwd: path.dirname(file),
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  const ready = Promise.withResolvers<undefined>();
  let said = "";
  const hear = (chunk: Buffer): void => {
    const text = chunk.toString("utf8");
    logged.push(text);
    said += text;
    if (said.includes("serving at")) ready.resolve(undefined);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  child.once("exit", (code) => {
    children.delete(child);
    ready.reject(
      new StartFailed(`the reference ended with code ${code ?? "none"}: ${said.trim()}`),
    );
  });
  const late = sleep(START_MS, undefined, { ref: false }).then(() => {
    throw new StartFailed(`the reference said nothing for ${START_MS / 1000} s`);
  });
  await Promise.race([ready.promise, late]);
  return child;
}

/** Whatever happens to this process, its children go with it. */
const children = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = Promise.withResolvers<undefined>();
  child.once("exit", () => {
    ended.resolve(undefined);
  });
  child.kill(signal);
  const late = sleep(5_000, undefined, { ref: false }).then(() => child.kill("SIGKILL"));
  await Promise.race([ended.promise, late.then(() => ended.promise)]);
}

/** An order to the operator's port. Throws where it is not carried out. */
async function order(sender: Sender, operator: string, target: string): Promise<void> {
  const message = { method: "POST", target, headers: [], body: NO_BODY };
  const reply = await sender.send(operator, message, AbortSignal.timeout(5_000));
  const text = await textOf(reply.body);
  if (reply.status !== 200)
    throw new Error(`the operator's port answered ${reply.status}: ${text}`);
}

/** Two ports that were free a moment ago. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      const ready = Promise.withResolvers<undefined>();
      server.listen(0, "127.0.0.1", () => {
        ready.resolve(undefined);
      });
      await ready.promise;
      return (server.address() as AddressInfo).port;
    }),
  );
  for (const server of servers) server.close();
  return [ports[0] ?? 0, ports[1] ?? 0];
}
