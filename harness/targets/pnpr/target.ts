import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { loginMessage, revokeTokenMessage } from "../../../clients/registry.ts";
import { NO_BODY, textOf, WireError } from "../../../wire/message.ts";
import type { Message } from "../../../wire/message.ts";
import { createSender } from "../../../wire/send.ts";
import type { Sender } from "../../../wire/send.ts";
import { publishHosted } from "../../hosting.ts";
import type { Peer } from "../../peers.ts";
import type { Command } from "../../peers/pinned.ts";
import type { PlacedWorld } from "../../world.ts";
import { end, freePorts, launch } from "../process.ts";
import { StartFailed, Unsupported } from "../target.ts";
import type { Session, Target } from "../target.ts";
import { writeConfig } from "./dialect.ts";
import { EXPECTATIONS } from "./expectations.ts";

const CONFIG = "pnpr.yaml";

/**
 * The published server as a process of its own. It reads its config once, resolves for nobody anonymous, and
 * waits for a minute and more before it asks an upstream in trouble again.
 */
export function pnprTarget({ version, command }: Peer): Target {
  return {
    name: `pnpr ${version}`,
    profile: "resolve",
    features: ["wire", "restart", "logout"],
    expectations: EXPECTATIONS,
    upstreams: "sockets",
    // Each is a process in a folder of its own.
    atOnce: availableParallelism(),
    start: (placed) => startPnpr(command, placed),
  };
}

/** Starts it in a world, in a temporary folder that goes with it. Throws `StartFailed`. */
async function startPnpr(command: Command, placed: PlacedWorld): Promise<Session> {
  const folder = await mkdtemp(path.join(tmpdir(), "leakproof-pnpr-"));
  const [port = 0] = await freePorts(1);
  const sender = createSender();
  const logged: string[] = [];
  const at: Place = { command, folder, port, sender, onText: (text) => logged.push(text) };
  let child: ChildProcess | null = null;
  const stop = async (): Promise<void> => {
    if (child !== null) await end(child, "SIGTERM");
    await sender.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await writeFile(path.join(folder, CONFIG), writeConfig(placed), { mode: 0o600 });
    child = await startProcess(at);
    const tokens = await logIn(placed, at);
    const session: Session = {
      origins: { client: originOf(at) },
      send: (message, signal) => sender.send(originOf(at), message, signal),
      credential: (user) => {
        const token = tokens.get(user);
        return token === undefined ? null : { authorization: `Bearer ${token}` };
      },
      apply: async (change) => {
        if (change.change !== "revoke-tokens") throw new Unsupported("live-changes");
        const token = tokens.get(change.user) ?? "";
        await tell(at, revokeTokenMessage(token, `Bearer ${token}`));
      },
      advance: () => Promise.reject(new Unsupported("clock")),
      restart: async () => {
        if (child !== null) await end(child, "SIGTERM");
        child = await startProcess(at);
      },
      kill: () => Promise.reject(new Unsupported("kill")),
      logs: () => logged.join(""),
      stop,
    };
    await publishHosted(placed, session);
    return session;
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Place {
  readonly command: Command;
  readonly folder: string;
  readonly port: number;
  readonly sender: Sender;
  readonly onText: (text: string) => void;
}

function originOf({ port }: Place): string {
  return `http://127.0.0.1:${port}`;
}

/** The native file itself: what npm puts before it would have to be ended as well. */
async function startProcess(at: Place): Promise<ChildProcess> {
  const [file, ...leading] = at.command;
  const child = await launch({
    ...{ name: "pnpr", file, cwd: at.folder, env: confined(at.folder), onText: at.onText },
    args: [...leading, "-c", CONFIG, "--listen", `127.0.0.1:${at.port}`],
    isReady: (said) => said.includes("pnpr listening"),
  });
  try {
    await tell(at, { method: "GET", target: "/-/ping", headers: [], body: NO_BODY });
    return child;
  } catch (error) {
    await end(child, "SIGKILL");
    throw error;
  }
}

/** No settings of this machine's user, and nothing beyond it: what is not on loopback goes to a dead end. */
function confined(folder: string): Record<string, string> {
  const nowhere = "http://127.0.0.1:1";
  return {
    ...{ HOME: folder, TMPDIR: folder, NO_PROXY: "127.0.0.1", GIT_SSH_COMMAND: "false" },
    ...{ HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, ALL_PROXY: nowhere },
    ...{ http_proxy: nowhere, https_proxy: nowhere, no_proxy: "127.0.0.1" },
    PATH: DEFAULT_PATH,
  };
}

/** Where git is, which it starts for git dependencies. */
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

/** It makes its users' tokens itself. */
async function logIn(placed: PlacedWorld, at: Place): Promise<ReadonlyMap<string, string>> {
  const users = Object.entries(placed.accounts).map(async ([user, { password }]) => {
    const told = await tell(at, loginMessage(user, password));
    const { token } = JSON.parse(told) as { readonly token: string };
    return [user, token] as const;
  });
  return new Map(await Promise.all(users));
}

/** Sends what has to succeed before anything is tested, and returns what is said to it. */
async function tell(at: Place, message: Message): Promise<string> {
  const { method, target } = message;
  try {
    const reply = await at.sender.send(originOf(at), message, AbortSignal.timeout(TELL_MS));
    const said = await textOf(reply.body);
    if (reply.status < 300) return said;
    throw new StartFailed(`pnpr answered ${reply.status} to ${method} ${target}: ${said}`);
  } catch (error) {
    if (error instanceof WireError) throw new StartFailed(`pnpr: ${error.message}`);
    throw error;
  }
}

const TELL_MS = 10_000;
