import path from "node:path";
import { z } from "zod";
import { nothing } from "../../fixtures/worlds/nothing.ts";
import { createSender } from "../../wire/send.ts";
import { FEATURES } from "../../suites/case.ts";
import type { Feature } from "../../suites/case.ts";
import { standWorld } from "../ground.ts";
import { publishHosted } from "../hosting.ts";
import type { PlacedWorld } from "../world.ts";
import { startDriver } from "./driver-process.ts";
import type { Driver } from "./driver-process.ts";
import { StartFailed, Unsupported } from "./target.ts";
import type { Credential, Session, Target } from "./target.ts";

/**
 * A server in any language, behind an executable that speaks the driver protocol (docs/driver.md). What it
 * offers is what it says when it is started, so it is started once in the world of nothing to be asked.
 * Throws `StartFailed`.
 */
export async function driverTarget(file: string): Promise<Target> {
  const start = (placed: PlacedWorld): Promise<Session> => startSession(file, placed);
  return {
    name: path.basename(file),
    profile: "driver",
    features: await featuresOf(file),
    expectations: [],
    upstreams: "sockets",
    start,
  };
}

async function featuresOf(file: string): Promise<readonly Feature[]> {
  const ground = await standWorld(nothing, { seed: 1, transport: "sockets" });
  const driver = startDriver(file);
  try {
    return readyIn(await driver.order({ start: toldOf(ground.placed) })).features;
  } finally {
    await stop(driver);
    await ground.stop();
  }
}

async function startSession(file: string, first: PlacedWorld): Promise<Session> {
  const driver = startDriver(file);
  const sender = createSender();
  const close = async (): Promise<void> => {
    await stop(driver);
    await sender.close();
  };
  try {
    let standing = readyIn(await driver.order({ start: toldOf(first) }));
    const offered = async (feature: Feature, order: object): Promise<void> => {
      if (!standing.features.includes(feature)) throw new Unsupported(feature);
      const reply = await driver.order(order);
      // A subject that was started anew may stand elsewhere.
      if ("ready" in reply) standing = readyIn(reply);
      else if (reply["ok"] !== true) {
        const [verb = ""] = Object.keys(order);
        throw new StartFailed(`${file} answered "${verb}" with neither "ok" nor "ready"`);
      }
    };
    const session: Session = {
      get origins() {
        return { client: standing.ready, ...operatorOf(standing) };
      },
      send: (message, signal) => sender.send(standing.ready, message, signal),
      credential: (user) => standing.credentials[user] ?? null,
      apply: (change, placed) =>
        offered("live-changes", { apply: { change, world: toldOf(placed) } }),
      advance: (ms) => offered("clock", { advance: { ms } }),
      restart: () => offered("restart", { restart: {} }),
      kill: () => offered("kill", { kill: {} }),
      logs: () => driver.log(),
      stop: close,
    };
    await publishHosted(first, session);
    return session;
  } catch (error) {
    await close();
    throw error;
  }
}

function operatorOf({ operator }: z.infer<typeof ready>): { readonly operator?: string } {
  return operator === undefined ? {} : { operator };
}

/** What a subject may know of its world: all but what the judge looks for. */
export type ToldWorld = Omit<PlacedWorld, "canaries" | "hostedCanaries">;

function toldOf({ canaries: _canaries, hostedCanaries: _hosted, ...told }: PlacedWorld): ToldWorld {
  return told;
}

/** Politely first: whatever the driver started, it alone can stop. */
async function stop(driver: Driver): Promise<void> {
  await driver.order({ stop: {} }).catch(() => undefined);
  await driver.end();
}

const credential = z.union([
  z.string().transform((token): Credential => ({ authorization: `Bearer ${token}` })),
  z.object({ authorization: z.string() }),
]);

const origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);

const ready = z.object({
  ready: origin,
  operator: origin.exactOptional(),
  features: z.array(z.enum(FEATURES)).default([]),
  credentials: z.record(z.string(), credential).default({}),
});

/** Checks what a driver said of a subject that it started. Throws `StartFailed` with one line. */
function readyIn(reply: unknown): z.infer<typeof ready> {
  const read = ready.safeParse(reply);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue === undefined ? "" : `${issue.path.map(String).join(".")}: ${issue.message}`;
  throw new StartFailed(`the driver's answer to "start" is not what it must be: ${where}`);
}
