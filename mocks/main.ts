import { randomBytes } from "node:crypto";
import { packagesAt } from "../fixtures/packages/served.ts";
import type { Upstream, World } from "../fixtures/world.ts";
import { listen } from "../wire/listen.ts";
import type { Listening } from "../wire/listen.ts";
import { jsonReply } from "../wire/message.ts";
import type { Handler } from "../wire/message.ts";
import { createControl } from "./control.ts";
import { createMemory } from "./memory.ts";
import type { Memory } from "./memory.ts";
import { npmRegistry } from "./npm.ts";
import type { NpmRegistry } from "./npm.ts";

export interface StartedMock {
  /** What a person needs to know: where it is, and how to use it. */
  readonly text: string;
  /** Each registry's base URL, with a trailing slash. */
  readonly registries: Readonly<Record<string, string>>;
  /** The `authorization` that each private registry wants. */
  readonly authorizations: Readonly<Record<string, string>>;
  /** The control API's origin. */
  readonly control: string;
  close(): Promise<void>;
}

/**
 * Serves the registries of a world on loopback: the first at `port` (0: any), each of the others and the
 * control API at a port of its own. Throws with one line when a port cannot be had.
 */
export async function startMock(world: World, port: number): Promise<StartedMock> {
  const listeners: Listening[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listening) => listening.close()));
  };
  try {
    const memory = createMemory();
    const opened: Opened[] = [];
    for (const [name, upstream] of Object.entries(world.upstreams)) {
      const one = await openRegistry(name, upstream, memory, opened.length === 0 ? port : 0);
      listeners.push(one.listening);
      opened.push(one);
    }
    const registries = new Map(opened.map(({ name, registry }) => [name, registry]));
    const control = await listen(createControl(memory, registries));
    listeners.push(control);
    return {
      text: textFor(world, opened, control.origin),
      registries: Object.fromEntries(opened.map(({ name, url }) => [name, url])),
      authorizations: Object.fromEntries(
        opened.flatMap(({ name, token }) => (token === null ? [] : [[name, `Bearer ${token}`]])),
      ),
      control: control.origin,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Opened {
  readonly name: string;
  readonly listening: Listening;
  readonly registry: NpmRegistry;
  /** With a trailing slash. */
  readonly url: string;
  /** Null where everybody is let in. */
  readonly token: string | null;
}

/** The address comes first: a registry's documents name it. */
async function openRegistry(
  name: string,
  upstream: Upstream,
  memory: Memory,
  port: number,
): Promise<Opened> {
  const door: { handler?: Handler } = {};
  const listening = await listen(
    async (message, signal) =>
      door.handler?.(message, signal) ?? jsonReply(503, { error: "not open yet" }),
    { port },
  );
  const baseUrl = `${listening.origin}${upstream.base ?? ""}`;
  const token = upstream.auth === "none" ? null : `lpu_${randomBytes(18).toString("base64url")}`;
  const registry = npmRegistry({
    ...{ name, baseUrl, memory, packages: packagesAt(upstream), denies: upstream.denies },
    admitted: token === null ? null : [`Bearer ${token}`],
  });
  door.handler = registry.handler;
  return { name, listening, registry, url: `${baseUrl}/`, token };
}

function textFor(world: World, opened: readonly Opened[], control: string): string {
  const [first] = opened;
  const [some = "NAME"] = first?.registry.contents().keys() ?? [];
  return [
    `leakproof: the npm registries of world ${world.name} (Ctrl-C ends them)`,
    ...opened.map(({ name, url }) => `  ${name}: ${url}`),
    ...opened.flatMap(({ url, token }) =>
      token === null ? [] : [`  in .npmrc: ${url.replace(/^http:/, "")}:_authToken=${token}`],
    ),
    `  control: ${control}/ lists the orders that it takes`,
    ...(first === undefined ? [] : [`try: npm view ${some} --registry ${first.url}`]),
  ].join("\n");
}
