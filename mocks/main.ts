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
import { tarballHosting } from "./npm/tarball-hosts.ts";

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
  const opened: Door[] = [];
  const listeners: Listening[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listening) => listening.close()));
  };
  try {
    for (const [name, upstream] of Object.entries(world.upstreams)) {
      const door = await openDoor(name, upstream, opened.length === 0 ? port : 0);
      opened.push(door);
      listeners.push(door.listening);
    }
    const memory = createMemory();
    const registries = stand(world, opened, memory);
    const control = await listen(createControl(memory, registries));
    listeners.push(control);
    return {
      text: textFor(world, opened, registries, control.origin),
      registries: Object.fromEntries(opened.map(({ name, baseUrl }) => [name, `${baseUrl}/`])),
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

/** A listener whose registry is still to come: the address comes first, since documents name it. */
interface Door {
  readonly name: string;
  readonly listening: Listening;
  readonly behind: { handler?: Handler };
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Null where everybody is let in. */
  readonly token: string | null;
}

async function openDoor(name: string, upstream: Upstream, port: number): Promise<Door> {
  const behind: Door["behind"] = {};
  const listening = await listen(
    async (message, signal) =>
      behind.handler?.(message, signal) ?? jsonReply(503, { error: "not open yet" }),
    { port },
  );
  const token = upstream.auth === "none" ? null : `lpu_${randomBytes(18).toString("base64url")}`;
  return { name, listening, behind, baseUrl: `${listening.origin}${upstream.base ?? ""}`, token };
}

/** Puts a registry behind every door. */
function stand(
  { upstreams }: World,
  doors: readonly Door[],
  memory: Memory,
): Map<string, NpmRegistry> {
  const registries = new Map<string, NpmRegistry>();
  const signatures = new Map(doors.map(({ name }) => [name, randomBytes(18).toString("hex")]));
  for (const { name, baseUrl, token, behind } of doors) {
    const upstream = upstreams[name];
    if (upstream === undefined) continue;
    const registry = npmRegistry({
      ...{ name, baseUrl, memory, packages: packagesAt(upstream), denies: upstream.denies },
      admitted: token === null ? null : [`Bearer ${token}`],
      ...tarballHosting(upstreams, name, {
        place: (other) => doors.find((door) => door.name === other)?.baseUrl ?? "",
        signature: (other) => signatures.get(other) ?? "",
        tarball: (other, pkg, version) => registries.get(other)?.tarball(pkg, version) ?? null,
      }),
    });
    registries.set(name, registry);
    behind.handler = registry.handler;
  }
  return registries;
}

function textFor(
  world: World,
  doors: readonly Door[],
  registries: ReadonlyMap<string, NpmRegistry>,
  control: string,
): string {
  const [first] = doors;
  const [some = "NAME"] =
    registries
      .get(first?.name ?? "")
      ?.contents()
      .keys() ?? [];
  return [
    `leakproof: the npm registries of world ${world.name} (Ctrl-C ends them)`,
    ...doors.map(({ name, baseUrl }) => `  ${name}: ${baseUrl}/`),
    ...doors.flatMap(({ baseUrl, token }) =>
      token === null ? [] : [`  in .npmrc: ${baseUrl.replace(/^http:/, "")}/:_authToken=${token}`],
    ),
    `  control: ${control}/ lists the orders that it takes`,
    ...(first === undefined ? [] : [`try: npm view ${some} --registry ${first.baseUrl}/`]),
  ].join("\n");
}
