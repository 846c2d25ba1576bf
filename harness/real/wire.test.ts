import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestContext } from "vitest";
import { resolveMessage, verifyMessage } from "../../clients/resolve.ts";
import { worlds } from "../../fixtures/worlds.ts";
import { listen } from "../../wire/listen.ts";
import type { Listening } from "../../wire/listen.ts";
import { bytesOf, textOf } from "../../wire/message.ts";
import { client } from "../peers/for-test.ts";
import { askedByClients, standScene } from "../scene.ts";
import type { Scene, Wish } from "../scene.ts";
import type { Command } from "../peers/pinned.ts";
import { served } from "./features.ts";

// What pnpm says today, as it says it: recorded on its way to the server.
const SLOW_MS = 180_000;
const LOCKFILE = "pnpm-lock.yaml";
const SENT = /^\/-\/pnpr\/v0\/(resolve|verify-lockfile)$/;

interface Sent {
  readonly ask: string;
  readonly body: Readonly<Record<string, unknown>>;
}

let scene: Scene;
let recorder: Listening;
let recorded: Sent[] = [];
const table: string[] = [];

beforeAll(async () => {
  const world = worlds["backend"];
  if (world === undefined) throw new Error("there is no world named backend");
  scene = await standScene(world, { path: process.env["PATH"] ?? "" });
  recorder = await listen(async (message, signal) => {
    const body = await bytesOf(message.body);
    const ask = SENT.exec(message.target)?.[1];
    if (ask !== undefined) {
      recorded.push({ ask, body: JSON.parse(Buffer.from(body).toString()) as Sent["body"] });
    }
    return scene.session.send({ ...message, body }, signal);
  });
});

afterAll(async () => {
  await recorder.close();
  await scene[Symbol.asyncDispose]();
  process.stdout.write(
    `\nwhat pnpm sends, and what of it is not read:\n${table.sort().join("\n")}\n`,
  );
});

const kinds = [
  "peers of many kinds",
  "a workspace and a link",
  "catalogs",
  "overrides",
  "package extensions",
  "a minimum age of releases",
];

test.for(kinds)(
  "every field of a resolve request is read, and pnpm takes the reply for what it asked: %s",
  { timeout: SLOW_MS },
  async (kind, context) => {
    const feature = served(Date.now()).find(({ name }) => name === kind);
    expect(feature).toBeDefined();
    await accepted(kind, context, { files: feature?.files ?? {}, ...spaced(feature?.workspace) });
    expect(recorded.map(({ ask }) => ask)).toEqual(["resolve"]);
    await everythingIsRead(kind);
  },
);

test(
  "every field of a verification is read, and pnpm takes the reply for what it asked",
  async (context) => {
    const pnpm = await program(context);
    await using made = await scene.installs(pnpm, { user: "alice", project: "endpoint" });
    const lockfile = await made.read(LOCKFILE);
    for (const flags of [["--frozen-lockfile"], ["--prefer-frozen-lockfile"]]) {
      await accepted(flags.join(" "), context, { project: "endpoint", lockfile, flags });
      expect(recorded.map(({ ask }) => ask)).toEqual(["verify-lockfile"]);
      await everythingIsRead(flags.join(" "));
    }
  },
  SLOW_MS,
);

test(
  "every field of a request that brings a lockfile is read, changed or to be fixed",
  async (context) => {
    const pnpm = await program(context);
    await using made = await scene.installs(pnpm, { user: "alice", project: "endpoint" });
    const lockfile = await made.read(LOCKFILE);
    const changes: readonly [string, Partial<Wish>][] = [
      ["changed", { only: { "@acme/ledger": "2.0.0", pino: "^9.0.0" } }],
      ["fixed", { flags: ["--fix-lockfile", "--lockfile-only"] }],
    ];
    for (const [kind, wish] of changes) {
      await accepted(kind, context, { project: "endpoint", lockfile, ...wish });
      expect(recorded.map(({ ask }) => ask)).toContain("resolve");
      await everythingIsRead(kind);
    }
  },
  SLOW_MS,
);

function spaced(workspace: string | undefined): Partial<Wish> {
  return workspace === undefined ? {} : { workspace };
}

/** Runs an install through the recorder. That pnpm asked no registry says that it took the reply. */
async function accepted(kind: string, context: TestContext, wish: Partial<Wish>): Promise<void> {
  const pnpm = await program(context);
  scene.ground.heard();
  recorded = [];
  await using installed = await scene.installs(pnpm, {
    user: "alice",
    accelerator: recorder.origin,
    npmrc: `//${new URL(recorder.origin).host}/:_authToken={token}\n`,
    ...wish,
    flags: wish.flags ?? ["--lockfile-only", "--no-frozen-lockfile"],
  });
  expect(installed.code, installed.said).toBe(0);
  expect(installed.said, kind).not.toContain("locally");
  expect(askedByClients(scene.ground.heard()), kind).toEqual([]);
}

/** A field that is read is checked: with what cannot be its value, the request is refused by its name. */
async function everythingIsRead(kind: string): Promise<void> {
  for (const { ask, body } of recorded) {
    const unread: string[] = [];
    for (const field of Object.keys(body)) {
      const probe = (wrong: unknown): object => ({ ...body, [field]: wrong });
      if (!(await isRead(ask, field, probe))) unread.push(field);
    }
    const [project = {}, ...others] = (body["projects"] ?? []) as Readonly<
      Record<string, unknown>
    >[];
    for (const field of Object.keys(project)) {
      const probe = (wrong: unknown): object => ({
        ...body,
        projects: [{ ...project, [field]: wrong }, ...others],
      });
      if (!(await isRead(ask, field, probe))) unread.push(`projects.${field}`);
    }
    const fields = `${Object.keys(body).length} fields`;
    table.push(
      `${kind.padEnd(30)}${ask.padEnd(17)}${fields}, not read: ${unread.join(", ") || "none"}`,
    );
    expect(unread).toEqual([]);
  }
}

/** No field can be all of these. */
const WRONG: readonly unknown[] = [7, "wrong", true, [7]];

async function isRead(
  ask: string,
  field: string,
  probe: (wrong: unknown) => object,
): Promise<boolean> {
  const authorization = scene.session.credential("alice")?.authorization ?? null;
  const message = ask === "resolve" ? resolveMessage : verifyMessage;
  for (const wrong of WRONG) {
    const sent = message(probe(wrong), authorization);
    const reply = await scene.session.send(sent, AbortSignal.timeout(30_000));
    const text = await textOf(reply.body);
    const refused = reply.status === 400 || text.includes('"code":"ERR_PNPR_BAD_REQUEST_FIELD"');
    if (refused && text.includes(field)) return true;
  }
  return false;
}

async function program(context: TestContext): Promise<Command> {
  return client("pnpm-12.21", context, process.env);
}
