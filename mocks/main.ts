import { randomBytes } from "node:crypto";
import type { World } from "../fixtures/world.ts";
import { listen } from "../wire/listen.ts";
import type { Listening } from "../wire/listen.ts";
import { jsonReply, textOf } from "../wire/message.ts";
import type { Handler, Message, Reply } from "../wire/message.ts";
import type { Mood, MoodMatch } from "./faults.ts";
import type { RememberedExchange } from "./memory.ts";
import { npmRegistry } from "./npm.ts";
import type { NpmRegistry } from "./npm.ts";

export interface StartedMock {
  /** What a person needs to know: where it is, and how to use it. */
  readonly text: string;
  readonly registries: Readonly<Record<string, string>>;
  readonly control: string;
  close(): Promise<void>;
}

/**
 * Serves the registries of a world on loopback: the first at `port` (0: any), each of the others and the
 * control API at a port of its own. Throws with one line when a port cannot be had.
 */
export async function startMock(world: World, port: number): Promise<StartedMock> {
  const listeners: Listening[] = [];
  const registries = new Map<string, NpmRegistry>();
  const addresses: Record<string, string> = {};
  const lines: string[] = [];
  for (const [name, upstream] of Object.entries(world.upstreams)) {
    const door: { handler?: Handler } = {};
    const listening = await listen(
      async (message, signal) =>
        door.handler?.(message, signal) ?? jsonReply(503, { error: "starting" }),
      { port: listeners.length === 0 ? port : 0 },
    );
    listeners.push(listening);
    const baseUrl = `${listening.origin}${upstream.base ?? ""}`;
    const token = `lpu_${randomBytes(18).toString("base64url")}`;
    const registry = npmRegistry({
      baseUrl,
      packages: upstream.packages,
      admitted: upstream.auth === "none" ? null : [`Bearer ${token}`],
      denies: upstream.denies,
    });
    door.handler = registry.handler;
    registries.set(name, registry);
    addresses[name] = `${baseUrl}/`;
    const wants = upstream.auth === "none" ? "" : `, wants "Bearer ${token}"`;
    lines.push(`  ${name}: ${baseUrl}/${wants}`);
  }
  const control = await listen((message) => controlled(registries, message));
  listeners.push(control);
  return {
    text: [
      `leakproof: npm registries of world ${world.name} (Ctrl-C ends them)`,
      ...lines,
      `  control: ${control.origin}/  GET /exchanges · POST /NAME/mood {"mood":"status","status":503} · POST /NAME/recover`,
      `try: npm view left-pad --registry ${Object.values(addresses)[0] ?? ""}`,
    ].join("\n"),
    registries: addresses,
    control: control.origin,
    close: async () => {
      await Promise.all(listeners.map((listening) => listening.close()));
    },
  };
}

/** The control API: what was said so far, and how a registry shall misbehave from now on. */
async function controlled(
  registries: ReadonlyMap<string, NpmRegistry>,
  message: Message,
): Promise<Reply> {
  if (message.method === "GET" && message.target === "/exchanges") {
    const said = [...registries].map(([name, { memory }]) => [name, memory.peek().map(shown)]);
    return jsonReply(200, Object.fromEntries(said));
  }
  const [, name = "", deed = ""] = message.target.split("/");
  const registry = registries.get(name);
  if (message.method !== "POST" || registry === undefined) {
    return jsonReply(404, { error: `no such registry or deed: ${message.target}` });
  }
  if (deed === "recover") {
    registry.moods.recover();
    return jsonReply(200, { ok: true });
  }
  const order = readMood(await textOf(message.body, 65_536));
  if (deed !== "mood" || order === null) {
    return jsonReply(400, { error: 'POST /NAME/mood takes a mood, such as {"mood":"hang"}' });
  }
  registry.moods.set(order.mood, order.of);
  return jsonReply(200, { ok: true });
}

function readMood(text: string): { readonly mood: Mood; readonly of: MoodMatch } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("mood" in value)) return null;
  const { mood, status, delayMs, of } = value as Record<string, unknown>;
  const match = typeof of === "object" && of !== null ? (of as MoodMatch) : {};
  if (mood === "hang" || mood === "reset") return { mood: { mood }, of: match };
  if (mood === "status" && Number.isInteger(status)) {
    return { mood: { mood, status: Number(status) }, of: match };
  }
  return mood === "slow" && Number(delayMs) >= 0
    ? { mood: { mood, delayMs: Number(delayMs) }, of: match }
    : null;
}

function shown({ message, reply }: RememberedExchange): object {
  return {
    method: message.method,
    target: message.target,
    headers: message.headers,
    status: reply?.status ?? null,
  };
}
