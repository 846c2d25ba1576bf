import type { Handler, Message, Reply } from "../wire/message.ts";
import { jsonReply } from "../wire/message.ts";
import type { Config } from "./config.ts";
import { PARTS } from "./core/parts.ts";
import type { Parts } from "./core/parts.ts";
import { isRefusal } from "./core/refusal.ts";
import type { Refusal } from "./core/refusal.ts";
import { createCrowd } from "./effects/crowd.ts";
import type { Crowd } from "./effects/crowd.ts";
import { createFlights } from "./effects/flights.ts";
import { levelsOf } from "./effects/levels.ts";
import { createMetrics } from "./effects/metrics.ts";
import { packumentCheck } from "./effects/packument-check.ts";
import { seenBodies } from "./effects/seen.ts";
import { callerOf } from "./effects/tokens.ts";
import { tidyUp } from "./effects/upkeep.ts";
import type { Tidied } from "./effects/upkeep.ts";
import type { Ports } from "./ports.ts";
import { rulesOf } from "./running.ts";
import type { Running } from "./running.ts";
import { readTarget } from "./surfaces/resolve/read.ts";
import { answerOnResolve } from "./surfaces/resolve/surface.ts";
import { writeRefusal } from "./surfaces/resolve/write.ts";
import { answerOnNpm } from "./surfaces/npm/surface.ts";
import { createOperator } from "./surfaces/operator.ts";
import type { OperatorDeeds } from "./surfaces/operator.ts";

/** The reference server: handlers for its clients' port and for its operators' one. */
export interface Reference {
  readonly client: Handler;
  /** Makes the handler of the operators' listener. */
  operator(deeds: OperatorDeeds): Handler;
  /** Puts another config in force; requests under way keep the rules that they began with. */
  reload(config: Config): Promise<void>;
  /** Lets go of what nobody can be served any more: to be called from time to time. */
  tidyUp(): Promise<Tidied>;
  close(): Promise<void>;
}

/**
 * Makes a server of its decisions (`parts`) and of the world outside (`ports`). `listeningAt` is the origin
 * that clients reach, for a config that names no public URL.
 */
export async function createReference(
  config: Config,
  ports: Ports,
  parts: Parts = PARTS,
  listeningAt = `http://${config.listen}`,
): Promise<Reference> {
  const secret = await serverSecret(config, ports);
  const base = { parts, ports, secret };
  const crowds: Crowds = { resolve: createCrowd(), npm: createCrowd() };
  const running: Running = {
    ...base,
    flights: createFlights(),
    seen: seenBodies(SEEN_BODIES),
    packuments: packumentCheck(),
    metrics: createMetrics(() => levelsOf(running, crowds)),
    rules: rulesOf(base, config, listeningAt),
  };
  await tidyUp(running);
  return {
    client: (message, signal) => answer(running, crowds, message, signal),
    operator: (deeds) => createOperator(running, deeds),
    reload: async (next) => {
      running.rules = rulesOf(base, next, listeningAt);
      await tidyUp(running);
    },
    tidyUp: () => tidyUp(running),
    close: async () => {
      await ports.resolver.close();
      await running.packuments.close();
    },
  };
}

/** Far more than there are candidates: one caller's many bodies cost the others a parse at the most. */
const SEEN_BODIES = 10_000;

/** Installs fetch hundreds of packages at once, so they are counted apart from resolves. */
export interface Crowds {
  readonly resolve: Crowd;
  readonly npm: Crowd;
}

/** One request: who is asking, what for, and what this server decides and does about it. */
async function answer(
  running: Running,
  crowds: Crowds,
  message: Message,
  signal: AbortSignal,
): Promise<Reply> {
  try {
    const caller = await callerOf(running, message);
    if (isRefusal(caller)) return turnedAway(running, caller);
    const intent = readTarget(message.method, message.target);
    const { requestsPerCaller, downloadsPerCaller } = running.rules.config.limits;
    const reply =
      intent === null
        ? await crowds.npm.admit(caller, downloadsPerCaller, signal, () =>
            answerOnNpm(running, caller, message, signal),
          )
        : await crowds.resolve.admit(caller, requestsPerCaller, signal, () =>
            answerOnResolve(running, intent, caller, message, signal),
          );
    return isRefusal(reply) ? turnedAway(running, reply) : reply;
  } catch (error) {
    if (signal.aborted) throw error;
    running.ports.log("request-failed", { error: String(error) });
    return jsonReply(500, { error: "internal error" });
  }
}

function turnedAway({ metrics }: Running, refusal: Refusal): Reply {
  metrics.refused("none", refusal.refused);
  return writeRefusal(refusal);
}

/** The secret comes from the config, or is made at the first start and kept. */
async function serverSecret(config: Config, ports: Ports): Promise<string> {
  if (config.secret !== undefined) return ports.credential(config.secret);
  return ports.stores.secret(() => Buffer.from(ports.random.bytes(32)).toString("base64url"));
}
