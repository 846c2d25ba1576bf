import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packumentMessage } from "../clients/registry.ts";
import { sha256Hex } from "../wire/digest.ts";
import { listen } from "../wire/listen.ts";
import type { Listening } from "../wire/listen.ts";
import { jsonReply, NO_BODY, textOf } from "../wire/message.ts";
import type { Handler } from "../wire/message.ts";
import { createSender } from "../wire/send.ts";
import { end, freePorts, launch } from "./targets/process.ts";

const BIN = path.resolve(import.meta.dirname, "..", "bin", "leakproof.mjs");
const TOKEN = "lp_fake-token-of-alice";
const soon = (): AbortSignal => AbortSignal.timeout(10_000);

/** A server that a user has started in a folder of its own. */
interface Served {
  readonly folder: string;
  readonly child: ChildProcess;
  readonly said: () => string;
  /** Waits until it has said that. */
  readonly hears: (text: string) => Promise<void>;
  readonly asks: (origin: string, method: string, target: string) => Promise<Heard>;
  readonly rewrite: (config: string) => Promise<void>;
}

interface Heard {
  readonly status: number;
  readonly text: string;
}

async function scratch(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "leakproof-serve-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function serve(config: string, folder?: string): Promise<Served> {
  const cwd = folder ?? (await scratch());
  let said = "";
  let more = Promise.withResolvers<undefined>();
  await writeFile(path.join(cwd, "leakproof.yaml"), config);
  const child = await launch({
    ...{ name: "leakproof serve", file: process.execPath, args: [BIN, "serve"], cwd },
    isReady: (text) => text.includes("serving at"),
    onText: (text) => {
      said += text;
      more.resolve(undefined);
      more = Promise.withResolvers<undefined>();
    },
  });
  onTestFinished(() => end(child, "SIGKILL"));
  const sender = createSender();
  onTestFinished(() => sender.close());
  return {
    ...{ folder: cwd, child, said: () => said },
    hears: async (text) => {
      while (!said.includes(text)) await more.promise;
    },
    asks: async (origin, method, target) => {
      const headers = [["authorization", `Bearer ${TOKEN}`]] as const;
      const reply = await sender.send(origin, { method, target, headers, body: NO_BODY }, soon());
      return { status: reply.status, text: await textOf(reply.body) };
    },
    rewrite: (text) => writeFile(path.join(cwd, "leakproof.yaml"), text),
  };
}

/** What a server that does not come up says: the one line, without the time that it took. */
async function complaintOf(config: string, folder?: string): Promise<string> {
  const failure: unknown = await serve(config, folder).then(
    () => new Error("it serves"),
    (error: unknown) => error,
  );
  return failure instanceof Error ? failure.message : String(failure);
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

async function upstream(handler: Handler): Promise<Listening> {
  const listening = await listen(handler);
  onTestFinished(() => listening.close());
  return listening;
}

const USERS = `auth: { users: { alice: { tokens: ["${sha256Hex(TOKEN)}"] } } }\n`;

test("a port in use, and a data folder in use, are one line each that says what to do", async () => {
  const [port, other] = await freePorts(2);
  const { folder } = await serve(`listen: 127.0.0.1:${port ?? 0}\n`);
  const samePort = await complaintOf(`listen: 127.0.0.1:${port ?? 0}\n`);
  expect(samePort).toBe(
    `leakproof serve ended with code 3: leakproof: cannot listen on 127.0.0.1:${port ?? 0}: ` +
      "the port is in use: end what is there, or change `listen`",
  );
  const sameData = await complaintOf(
    `listen: 127.0.0.1:${other ?? 0}\ndata: ${path.join(folder, "leakproof-data")}\n`,
  );
  expect(sameData).toMatch(/code 3: leakproof: the data in \S+ cannot be used: another server is /);
  expect(sameData).not.toContain("\n");
});

test.each([
  ["listen: here\n", /leakproof\.yaml:1: listen: HOST:PORT$/],
  ["probing: on\n", /leakproof\.yaml:1: probes\.hosts: names no host that may be probed/],
  [
    "aliases: { a: { registry: 'http://a.test/', credential: { env: LP_NOT_SET }, access: [b] } }\n",
    /aliases\.a\.credential: the environment variable LP_NOT_SET, which the config names, is not set$/,
  ],
  ["data: /dev/null/data\n", /the data in \/dev\/null\/data\/leakproof\.sqlite cannot be used: /],
])("%j is one line and exit code 3", async (config, says) => {
  const complaint = await complaintOf(config);
  expect(complaint).toMatch(says);
  expect(complaint).toContain("ended with code 3: leakproof: ");
  expect(complaint).not.toContain("\n");
});

test("SIGTERM while a request is answered lets it be answered, and takes no further one", async () => {
  const asked = Promise.withResolvers<undefined>();
  const answer = Promise.withResolvers<undefined>();
  const registry = await upstream(async () => {
    asked.resolve(undefined);
    await answer.promise;
    return jsonReply(200, { name: "left-pad", "dist-tags": {}, versions: {} });
  });
  const [port = 0] = await freePorts(1);
  const self = `http://127.0.0.1:${port}`;
  const config = `listen: 127.0.0.1:${port}\nofficialRegistry: ${registry.origin}/\nfallback: public\n`;
  const { child, hears, asks } = await serve(config + USERS);
  const target = packumentMessage("hosted", "left-pad", null).target;
  const waiting = asks(self, "GET", target);
  await asked.promise;
  child.kill("SIGTERM");
  await hears("stopping");
  await expect(asks(self, "GET", "/-/ping")).rejects.toThrow();
  answer.resolve(undefined);
  expect((await waiting).status).toBe(200);
  expect(await ended(child)).toBe(0);
});

test("a second SIGINT ends at once what would have had more time", async () => {
  const asked = Promise.withResolvers<undefined>();
  const registry = await upstream(async (_message, signal) => {
    asked.resolve(undefined);
    await once(signal, "abort");
    throw new Error("nobody waits any more");
  });
  const [port = 0] = await freePorts(1);
  const config = `listen: 127.0.0.1:${port}\nofficialRegistry: ${registry.origin}/\nfallback: public\n`;
  const { child, hears, asks } = await serve(`${config}limits: { drainMs: 600000 }\n${USERS}`);
  const cut = expect(asks(`http://127.0.0.1:${port}`, "GET", "/left-pad")).rejects.toThrow();
  await asked.promise;
  child.kill("SIGINT");
  await hears("stopping");
  child.kill("SIGINT");
  await cut;
  expect(await ended(child)).toBe(0);
});

test("SIGHUP puts a changed config in force, and one that is wrong changes nothing", async () => {
  const [port = 0, operatorPort = 0] = await freePorts(2);
  const base = `listen: 127.0.0.1:${port}\noperator: { listen: 127.0.0.1:${operatorPort} }\n`;
  const { child, said, hears, asks, rewrite } = await serve(base + USERS);
  const whoAmI = (): Promise<Heard> => asks(`http://127.0.0.1:${port}`, "GET", "/-/whoami");
  const reload = (): Promise<Heard> =>
    asks(`http://127.0.0.1:${operatorPort}`, "POST", "/-/reload");
  expect((await whoAmI()).status).toBe(200);

  await rewrite(`${base}unknownRoutes: perhaps\n`);
  child.kill("SIGHUP");
  await hears("reload-refused");
  expect(said()).toMatch(/leakproof\.yaml:3: unknownRoutes: /);
  expect(await reload()).toMatchObject({ status: 422 });
  expect((await whoAmI()).status).toBe(200);

  await rewrite(`${base.replace(`:${port}`, ":1")}data: elsewhere\n`);
  const { status, text } = await reload();
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ ok: true, needsRestart: ["listen", "data"] });
  expect((await whoAmI()).status).toBe(401);

  await rewrite(base + USERS);
  child.kill("SIGHUP");
  await hears("reloaded");
  expect((await whoAmI()).status).toBe(200);
});
