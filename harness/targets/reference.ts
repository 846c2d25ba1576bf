import { createHmac } from "node:crypto";
import { parseConfig } from "../../reference/config.ts";
import { openStores } from "../../reference/effects/stores/open.ts";
import type { Ports, Stores } from "../../reference/ports.ts";
import { PARTS } from "../../reference/core/parts.ts";
import type { Parts } from "../../reference/core/parts.ts";
import { inlineResolver } from "../../reference/resolver/inline.ts";
import { createReference } from "../../reference/server.ts";
import type { Reference } from "../../reference/server.ts";
import { revokeTokenMessage } from "../../clients/registry.ts";
import { bytesOf, NO_BODY, textOf } from "../../wire/message.ts";
import type { Message, Send } from "../../wire/message.ts";
import { createSwitchboard } from "../../wire/switchboard.ts";
import { publishHosted } from "../hosting.ts";
import type { PlacedWorld } from "../world.ts";
import { OPERATOR_FEATURES, secretsOf, writeConfig } from "./dialect.ts";
import { Unsupported } from "./target.ts";
import type { Session, Target } from "./target.ts";

const ORIGIN = "http://subject.leakproof.test";

/** When every in-process world begins, on its own clock: 2026-01-01, in milliseconds. */
const EPOCH_MS = 1_767_225_600_000;

/** The reference in this process: upstreams are calls, time is a number. Faults come in as `parts`. */
export function referenceTarget(parts: Parts = PARTS): Target {
  return {
    name: "reference",
    profile: "resolve",
    features: [
      "clock",
      "seed",
      "restart",
      "live-changes",
      "anonymous-resolve",
      "gateway",
      "logout",
      "quick-retry",
      "tarball-origins",
      ...OPERATOR_FEATURES,
    ],
    expectations: [],
    upstreams: "switchboard",
    start: (placed, upstreams) => startInProcess(placed, upstreams, parts),
  };
}

/** Runs the reference server in the foreground, with the arguments of its own entry. */
export async function serveReference(args: readonly string[]): Promise<void> {
  process.removeAllListeners("SIGINT");
  const { main } = await import("../../reference/main.ts");
  await main(args);
}

async function startInProcess(first: PlacedWorld, upstreams: Send, parts: Parts): Promise<Session> {
  let placed = first;
  let now = EPOCH_MS;
  const logged: string[] = [];
  const stores = await openStores(":memory:");
  const resolver = inlineResolver();
  const ports: Ports = {
    clock: { now: () => now },
    random: seededRandom(placed.serverSecret),
    outbound: upstreams,
    stores: lasting(stores),
    resolver,
    log: (event, facts) => {
      logged.push(JSON.stringify({ event, ...facts }));
    },
    credential: ({ env }) => secretsOf(placed)[env ?? ""] ?? "",
  };
  const config = () =>
    parseConfig(
      writeConfig(placed, {
        ...{ publicUrl: ORIGIN, data: ":memory:", responseMs: 400 },
        keeps: (name) => ({ env: name }),
      }),
      "world.yaml",
    );
  const start = (): Promise<Reference> => createReference(config(), ports, parts);
  let reference = await start();
  const board = createSwitchboard();
  board.register(ORIGIN, (message, signal) => reference.client(message, signal));
  const session: Session = {
    origins: { client: ORIGIN },
    send: (message, signal) => board.send(ORIGIN, message, signal),
    credential: (user) => {
      const account = placed.accounts[user];
      return account === undefined ? null : { authorization: `Bearer ${account.token}` };
    },
    apply: async (change, after) => {
      placed = after;
      if (change.change !== "revoke-tokens") return reference.reload(config());
      const account = placed.accounts[change.user];
      if (account === undefined) return;
      const message = revokeTokenMessage(account.token, `Bearer ${account.token}`);
      const reply = await session.send(message, AbortSignal.timeout(5_000));
      await bytesOf(reply.body);
    },
    advance: async (ms) => {
      now += ms;
    },
    restart: async () => {
      reference = await start();
    },
    kill: () => Promise.reject(new Unsupported("kill")),
    metrics: async () => textOf((await reference.operator({})(METRICS, NEVER)).body),
    logs: () => logged.join("\n"),
    stop: async () => {
      await reference.close();
      await stores.close();
    },
  };
  await publishHosted(placed, session);
  return session;
}

const METRICS: Message = { method: "GET", target: "/-/metrics", headers: [], body: NO_BODY };
const NEVER = new AbortController().signal;

/** The same stores for every start: what a restart of a process finds on its disk. */
function lasting(stores: Stores): Stores {
  return { ...stores, close: async () => undefined };
}

/** Bytes that look random and come again with the same world. */
function seededRandom(seed: string): Ports["random"] {
  let drawn = 0;
  return {
    bytes: (count) => {
      const blocks: Uint8Array[] = [];
      for (let have = 0; have < count; have += 32) {
        drawn += 1;
        blocks.push(createHmac("sha256", seed).update(`random ${drawn}`).digest());
      }
      return Buffer.concat(blocks).subarray(0, count);
    },
  };
}
