import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { revokeTokenMessage } from "../../clients/registry.ts";
import { bytesOf, NO_BODY, textOf } from "../../wire/message.ts";
import { createSender } from "../../wire/send.ts";
import type { Sender } from "../../wire/send.ts";
import { publishHosted } from "../hosting.ts";
import type { PlacedWorld } from "../world.ts";
import { OPERATOR_FEATURES, secretsOf, writeConfig } from "./dialect.ts";
import type { Door, Lodging } from "./dialect.ts";
import { end, freePorts, launch } from "./process.ts";
import type { Session, Target } from "./target.ts";

const EXTENSION = import.meta.url.endsWith(".ts") ? "ts" : "js";
const MAIN = fileURLToPath(new URL(`../../reference/main.${EXTENSION}`, import.meta.url));
const CONFIG = "leakproof.yaml";

/** The reference as a process of its own: real sockets, real files, a clock moved by its operator's port. */
export function spawnedTarget(): Target {
  return {
    name: "reference --spawned",
    profile: "resolve",
    features: [
      "wire",
      "restart",
      "kill",
      "clock",
      "live-changes",
      "anonymous-resolve",
      "gateway",
      "logout",
      "quick-retry",
      "tarball-origins",
      ...OPERATOR_FEATURES,
    ],
    expectations: [],
    upstreams: "sockets",
    start: (placed) => startProcess(placed),
  };
}

/** Starts it in a world and publishes what the world says that it hosts. Throws `StartFailed`. */
export async function startProcess(
  placed: PlacedWorld,
  opens: readonly Door[] = [],
): Promise<Session> {
  const session = await startServer(placed, opens);
  try {
    await publishHosted(placed, session);
  } catch (error) {
    await session.stop();
    throw error;
  }
  return session;
}

/** Starts it with nothing published, in a temporary folder that goes with it. Throws `StartFailed`. */
export async function startServer(
  first: PlacedWorld,
  opens: readonly Door[] = [],
): Promise<Session> {
  let placed = first;
  const folder = await mkdtemp(path.join(tmpdir(), "leakproof-"));
  const [port = 0, operatorPort = 0] = await freePorts(2);
  const lodging = { ...lodgingAt(port, operatorPort), opens };
  const client = `http://${lodging.listen}`;
  const operator = `http://${lodging.operatorListen}`;
  const sender = createSender();
  const logged: string[] = [];
  let aheadMs = 0;

  const start = async (): Promise<ChildProcess> => {
    await writeConfigFiles(folder, placed, lodging);
    const started = await launch({
      name: "the reference",
      ...{ file: process.execPath, args: [MAIN, "--config", CONFIG], cwd: folder },
      isReady: (said) => said.includes("serving at"),
      onText: (text) => logged.push(text),
    });
    if (aheadMs > 0) await order(sender, operator, `/-/test/clock?advanceMs=${aheadMs}`);
    return started;
  };
  let child = await start();
  return {
    origins: { client, operator },
    send: (message, signal) => sender.send(client, message, signal),
    credential: (user) => {
      const account = placed.accounts[user];
      return account === undefined ? null : { authorization: `Bearer ${account.token}` };
    },
    apply: async (change, after) => {
      placed = after;
      if (change.change === "revoke-tokens") {
        return revoke(sender, client, placed.accounts[change.user]?.token ?? "");
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
    metrics: () => order(sender, operator, "/-/metrics", "GET"),
    logs: () => logged.join(""),
    stop: async () => {
      await end(child, "SIGTERM");
      await sender.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As its owner would, at the clients' port. */
async function revoke(sender: Sender, client: string, token: string): Promise<void> {
  const message = revokeTokenMessage(token, `Bearer ${token}`);
  const reply = await sender.send(client, message, AbortSignal.timeout(5_000));
  await bytesOf(reply.body);
}

function lodgingAt(port: number, operatorPort: number) {
  return {
    listen: `127.0.0.1:${port}`,
    operatorListen: `127.0.0.1:${operatorPort}`,
    data: "data",
    responseMs: 1_000,
    // In files, not in the environment: what is rotated has to change while the process runs.
    keeps: (name) => ({ file: name }),
  } satisfies Lodging;
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

/** An order to the operator's port. Throws where it is not carried out. */
async function order(
  sender: Sender,
  operator: string,
  target: string,
  method = "POST",
): Promise<string> {
  const message = { method, target, headers: [], body: NO_BODY };
  const reply = await sender.send(operator, message, AbortSignal.timeout(5_000));
  const text = await textOf(reply.body);
  if (reply.status !== 200)
    throw new Error(`the operator's port answered ${reply.status}: ${text}`);
  return text;
}
