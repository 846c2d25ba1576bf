import { randomBytes } from "node:crypto";
import { sha256Hex } from "../../../wire/digest.ts";
import { bytesOf, jsonReply, NO_BODY, utf8 } from "../../../wire/message.ts";
import type { Handler, HeaderList, Message, Reply } from "../../../wire/message.ts";
import { createSwitchboard } from "../../../wire/switchboard.ts";
import { parseConfig } from "../../config.ts";
import { openStores } from "../../effects/stores/open.ts";
import type { Ports, Stores } from "../../ports.ts";
import { createReference } from "../../server.ts";

export const SELF = "http://registry.test";
export const ACME = "http://npm.acme.test";
export const OFFICIAL = "http://official.test";

/** A small server for the tests of this surface, with upstreams that are functions. */
export interface SampleRegistry {
  /** `line` is `METHOD TARGET`; `as` names one of the config's users, or is a whole token. */
  ask(line: string, asked?: Asked): Promise<Answer>;
  /** Puts a handler behind an upstream's origin. */
  upstream(origin: string, handler: Handler): void;
  /** Everything that upstreams were asked since the last call: `ORIGIN TARGET AUTHORIZATION`. */
  heard(): string[];
  readonly stores: Stores;
  /** Puts another text in force, made from the config as it stands in this file. */
  reload(edit: (config: string) => string): Promise<void>;
  stop(): Promise<void>;
}

export interface Asked {
  readonly as?: string;
  readonly headers?: HeaderList;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly json: unknown;
}

/** Users and their tokens: fake, and valid from the start. */
const TOKENS: ReadonlyMap<string, string> = new Map(
  ["alice", "bob", "mallory"].map((user) => [user, `lp_fake-token-of-${user}`]),
);

export const UPSTREAM_CREDENTIAL = "Bearer fake-credential-of-acme";

/** Starts it. `edit` changes the text of its config. */
export async function startRegistry(
  edit: (config: string) => string = (text) => text,
): Promise<SampleRegistry> {
  const board = createSwitchboard();
  const asked: string[] = [];
  const stores = await openStores(":memory:");
  let now = Date.UTC(2026, 0, 1);
  const ports: Ports = {
    clock: { now: () => (now += 1_000) },
    random: { bytes: (count) => randomBytes(count) },
    outbound: (origin, message, signal) => {
      const shown = message.headers.find(([name]) => name === "authorization")?.[1] ?? "-";
      asked.push(`${origin} ${message.target} ${shown}`);
      return board.send(origin, message, signal);
    },
    stores,
    resolver: {
      resolve: () => Promise.reject(new Error("nothing is resolved here")),
      close: async () => undefined,
    },
    log: () => undefined,
    credential: () => UPSTREAM_CREDENTIAL,
  };
  const reference = await createReference(parseConfig(edit(CONFIG), "sample.yaml"), ports);
  return {
    ask: (line, how = {}) => answerOf(reference.client, messageOf(line, how)),
    upstream: (origin, handler) => {
      board.register(origin, handler);
    },
    heard: () => asked.splice(0),
    stores,
    reload: (change) => reference.reload(parseConfig(change(CONFIG), "sample.yaml")),
    stop: async () => {
      await reference.close();
      await stores.close();
    },
  };
}

/** A registry of documents, and of tarballs under any other path, for everybody who asks. */
export function registryOf(
  base: string,
  documents: Readonly<Record<string, unknown>>,
  tarballs: Readonly<Record<string, string | Reply>> = {},
): Handler {
  return async ({ target }) => {
    const name = decodeURIComponent(target.slice(base.length));
    const tarball = tarballs[target];
    if (Object.hasOwn(documents, name)) return jsonReply(200, documents[name]);
    if (typeof tarball === "object") return tarball;
    if (tarball !== undefined) return { status: 200, headers: [], body: utf8(tarball) };
    return jsonReply(404, { error: "the upstream does not have it" });
  };
}

/** A packument whose versions' tarballs are where `tarballs` says. */
export function packumentOf(name: string, tarballs: Readonly<Record<string, string>>): object {
  const versions = Object.entries(tarballs).map(([version, tarball]) => [
    version,
    { name, version, description: "not for installers", dist: { tarball, integrity: "sha512-x" } },
  ]);
  return {
    name,
    "dist-tags": { latest: Object.keys(tarballs).at(-1) },
    versions: Object.fromEntries(versions) as unknown,
    time: { modified: "2020-01-01T00:00:00.000Z" },
  };
}

const CONFIG = `
publicUrl: ${SELF}/
data: ":memory:"
officialRegistry: ${OFFICIAL}/
auth:
  registration: open
  users:
${[...TOKENS].map(([user, token]) => `    ${user}: { tokens: ["${sha256Hex(token)}"] }`).join("\n")}
teams: { acme: [alice, bob] }
aliases:
  acme:
    registry: ${ACME}/private/
    claims: ["@acme/*"]
    credential: { env: ACME }
    access: ["team:acme"]
    packages: { "@acme/payroll": [alice], "@acme/not-yet": [alice] }
hosted:
  - { packages: "@corp/*", access: ["team:acme"], publish: [alice] }
  - { packages: "@corp/open", access: ["$all"], publish: [alice] }
  - { packages: "secret-tool", access: [alice], publish: [alice] }
  - { packages: "@local/*", access: ["$authenticated"], publish: ["$authenticated"] }
limits: { bodyBytes: 100000, responseMs: 200, tries: 1 }
`;

function messageOf(line: string, { as, headers = [], body }: Asked): Message {
  const space = line.indexOf(" ");
  const token = as === undefined ? undefined : (TOKENS.get(as) ?? as);
  const credential: HeaderList = token === undefined ? [] : [["authorization", `Bearer ${token}`]];
  return {
    method: line.slice(0, space),
    target: line.slice(space + 1),
    headers: [...credential, ...headers],
    body:
      body === undefined ? NO_BODY : utf8(typeof body === "string" ? body : JSON.stringify(body)),
  };
}

async function answerOf(handler: Handler, message: Message): Promise<Answer> {
  const reply = await handler(message, AbortSignal.timeout(5_000));
  const body = await bytesOf(reply.body);
  return {
    status: reply.status,
    headers: reply.headers,
    body,
    get json() {
      return JSON.parse(Buffer.from(body).toString("utf8")) as unknown;
    },
  };
}
