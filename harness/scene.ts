import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { World } from "../fixtures/world.ts";
import { header } from "../wire/message.ts";
import { standWorld } from "./ground.ts";
import { fillPlaces } from "./places.ts";
import { createSandbox } from "./sandbox.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Door } from "./targets/dialect.ts";
import { startProcess } from "./targets/spawned.ts";
import type { Session } from "./targets/target.ts";
import type { Ground, PlacedWorld, UpstreamExchange } from "./world.ts";

/** A world behind real sockets, the reference in front of it, and real clients in sandboxes. */
export interface Scene extends AsyncDisposable {
  readonly ground: Ground;
  readonly session: Session;
  /** What is planted in a private package. */
  canaryOf(name: string): string;
  /** A sandbox with a project's files, in which nothing ran yet. */
  opens(wish: Wish): Promise<Sandbox>;
  installs(command: Command, wish: Wish): Promise<Installed>;
  /** Private content and secrets that a client came by, in words or in files. */
  toldBy(installed: Pick<Installed, "said" | "root">): Promise<string[]>;
}

export type Command = readonly [string, ...string[]];
export type Installed = Sandbox & { readonly code: number | null; readonly said: string };

/** Whose project it is, what stands in it, and how it reaches its registries. */
export interface Wish {
  readonly user: string | null;
  /** A project of the world's, or, with `only`, exactly these dependencies. Default: no project's. */
  readonly project?: string;
  readonly only?: Readonly<Record<string, string>>;
  /** Without the resolve accelerator, from the registries themselves. */
  readonly direct?: boolean;
  /** Where the accelerator is reached, if not at the subject itself. */
  readonly accelerator?: string;
  readonly lockfile?: string;
  /** Lines to add to pnpm-workspace.yaml, and to .npmrc. Places are filled in. */
  readonly workspace?: string;
  readonly npmrc?: string;
  /** Further files, or others in place of the project's own, with places and `{token}` filled in. */
  readonly files?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

export interface SceneOptions {
  /** Where executables are looked for. */
  readonly path: string;
  readonly opens?: readonly Door[];
  /** Puts somebody else's server in an upstream's place, before the reference is started. */
  readonly placed?: (placed: PlacedWorld) => PlacedWorld;
  /** Another server in the reference's place. */
  readonly starts?: (placed: PlacedWorld) => Promise<Session>;
}

/** Stands all of it up. Throws `StartFailed`, and leaves nothing standing then. */
export async function standScene(world: World, options: SceneOptions): Promise<Scene> {
  const ground = await standWorld(world, { seed: 7, transport: "sockets" });
  const placed = options.placed?.(ground.placed) ?? ground.placed;
  const starting = options.starts?.(placed) ?? startProcess(placed, options.opens);
  const session = await starting.catch(async (error: unknown) => {
    await ground.stop();
    throw error;
  });
  const opens = async (wish: Wish): Promise<Sandbox> => {
    const sandbox = await createSandbox({ path: options.path, timeoutMs: CLIENT_MS });
    await furnish(sandbox, ground, session, wish);
    return sandbox;
  };
  return {
    ...{ ground, session, opens },
    canaryOf: (name) => contentOf(ground.placed, name),
    installs: async (command, wish) => {
      const sandbox = await opens(wish);
      const ran = await sandbox.run(command, ["install", ...(wish.flags ?? [])]);
      return { ...sandbox, ...ran };
    },
    toldBy: async ({ said, root }) => {
      const all = `${said}${await treeText(root)}`;
      return secretsOf(ground.placed).filter((secret) => all.includes(secret));
    },
    [Symbol.asyncDispose]: async () => {
      await session.stop();
      await ground.stop();
    },
  };
}

const CLIENT_MS = 90_000;

function contentOf({ canaries, hostedCanaries }: PlacedWorld, name: string): string {
  const found = canaries.find(({ of }) => of.kind === "package" && of.package === name);
  return found?.value ?? hostedCanaries[name] ?? "no such canary";
}

/** A name is no secret to somebody who asks for it, and their own credential is theirs. */
function secretsOf({ canaries }: PlacedWorld): string[] {
  return canaries
    .filter(({ of }) => of.kind !== "caller-credential" && of.kind !== "name")
    .map(({ value }) => value);
}

/** The project's files as a user has them: manifest, registries, credential and accelerator. */
async function furnish(
  sandbox: Sandbox,
  { placed }: Ground,
  session: Session,
  wish: Wish,
): Promise<void> {
  const self = session.origins.client;
  const shown = wish.user === null ? null : session.credential(wish.user);
  const token = shown?.authorization.replace(/^Bearer /, "");
  const places = { ...placed.places, self, token: token ?? "" };
  const filled = (text: string): string => fillPlaces(text, places);
  const project = wish.project === undefined ? undefined : placed.world.projects[wish.project];
  const request = fillPlaces(project?.request, places);
  const [manifest] = request?.projects ?? [];
  const { dir: _dir, ...fields } = wish.only === undefined ? { ...manifest } : named(wish.only);
  const scopes = Object.entries(request?.registries ?? {}).flatMap(([url, registry]) =>
    (registry.scopes ?? []).map((scope) => `${scope}:registry=${url}`),
  );
  const login = token === undefined ? [] : [`${self.replace("http:", "")}/:_authToken=${token}`];
  // What comes last wins, so that a wish may name another default registry.
  const npmrc = [`registry=${placed.places["npm"] ?? ""}/`, ...scopes, ...login];
  const asked = filled(wish.npmrc ?? "");
  await sandbox.write("package.json", JSON.stringify(fields));
  await sandbox.write(".npmrc", `${npmrc.join("\n")}\n${asked}`);
  const accelerator = wish.direct === true ? "" : `pnprServer: ${wish.accelerator ?? self}\n`;
  await sandbox.write("pnpm-workspace.yaml", `${accelerator}${filled(wish.workspace ?? "")}`);
  if (wish.lockfile !== undefined) await sandbox.write("pnpm-lock.yaml", wish.lockfile);
  for (const [file, text] of Object.entries(wish.files ?? {})) {
    await sandbox.write(file, filled(text));
  }
}

function named(dependencies: Readonly<Record<string, string>>): Record<string, unknown> {
  return { name: "consumer", version: "1.0.0", dependencies };
}

/** What an upstream was asked that is no tarball. */
export function metadataOf(heard: readonly UpstreamExchange[], upstream: string): string[] {
  return heard
    .filter((one) => one.upstream === upstream && !one.message.target.endsWith(".tgz"))
    .map(({ message }) => message.target);
}

/** What clients asked upstreams by themselves, tarballs aside: nothing, where the server resolved. */
export function askedByClients(heard: readonly UpstreamExchange[]): string[] {
  return heard
    .filter(({ message }) => !message.target.endsWith(".tgz"))
    .filter(({ message }) => (header(message.headers, "user-agent") ?? "").startsWith("pnpm"))
    .map(({ message }) => message.target);
}

/** All that stands in files below a folder. */
export async function treeText(root: string): Promise<string> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map((entry) => readFile(path.join(entry.parentPath, entry.name), "latin1")),
  );
  return texts.join("\n");
}
