import { createInterface } from "node:readline";
import type { Change } from "../../fixtures/world.ts";
import type { PlacedWorld } from "../world.ts";
import type { ToldWorld } from "./driver.ts";
import { startServer } from "./spawned.ts";
import type { Session } from "./target.ts";

// A driver of the reference, for the tests of the driver protocol. Run: `node sample-driver.ts [MISTAKE]`.

type Order =
  | { readonly start: ToldWorld }
  | { readonly apply: { readonly change: Change; readonly world: ToldWorld } }
  | { readonly advance: { readonly ms: number } }
  | { readonly restart: object }
  | { readonly kill: object }
  | { readonly stop: object };

const [mistake] = process.argv.slice(2);
let session: Session | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order;
  process.stdout.write(`${JSON.stringify(mistaken(order) ?? (await obey(order)))}\n`);
  if ("stop" in order) break;
}

async function obey(order: Order): Promise<object> {
  if ("start" in order) return start(order.start);
  if ("apply" in order) await session?.apply(order.apply.change, placedFrom(order.apply.world));
  if ("advance" in order) await session?.advance(order.advance.ms);
  if ("restart" in order) await session?.restart();
  if ("kill" in order) await session?.kill();
  if ("stop" in order) await session?.stop();
  return { ok: true };
}

async function start(told: ToldWorld): Promise<object> {
  session = await startServer(placedFrom(told));
  const users = Object.entries(told.accounts).map(([user, { token }]) => [user, token]);
  return {
    ready: session.origins.client,
    features: [
      "wire",
      "restart",
      "kill",
      "clock",
      "live-changes",
      "anonymous-resolve",
      "logout",
      "quick-retry",
      "tarball-origins",
    ],
    credentials: Object.fromEntries(users) as object,
  };
}

/** The reference's own target takes a world with what the judge looks for; it reads none of that. */
function placedFrom(told: ToldWorld): PlacedWorld {
  return { ...told, canaries: [], hostedCanaries: {} };
}

/** What a driver may do wrong, on purpose. */
function mistaken(order: Order): unknown {
  switch (mistake) {
    case "mute":
      process.stderr.write("the database is not there\n");
      return process.exit(7);
    case "babble":
      return "starting…";
    case "boast":
      return "start" in order ? { ready: "http://127.0.0.1:9", features: ["flying"] } : undefined;
    case "decline":
      return "apply" in order ? { unsupported: "it never changes" } : undefined;
    default:
      return undefined;
  }
}
