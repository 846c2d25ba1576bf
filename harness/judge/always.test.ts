import { afterAll, beforeAll, expect, test } from "vitest";
import type { FrameReply } from "../../clients/resolve.ts";
import { twoTeams } from "../../fixtures/worlds/two-teams.ts";
import type { RequestStep } from "../../suites/case.ts";
import { as } from "../../suites/steps.ts";
import type { HeaderList } from "../../wire/message.ts";
import { standWorld } from "../ground.ts";
import { afterChange, afterServed, initialState } from "../oracle/state.ts";
import type { Canary, Ground, UpstreamExchange } from "../world.ts";
import { judgeExchange, judgeLog } from "./always.ts";
import type { Observed } from "./observed.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await standWorld(twoTeams, { seed: 1, transport: "switchboard" });
});
afterAll(() => ground.stop());

const STATE = initialState(twoTeams);
const TERMINAL = { type: "done" };
const FRAMES: FrameReply = {
  ...{ status: 200, bytes: new Uint8Array(), frames: [TERMINAL], terminal: TERMINAL },
  ...{ terminalLine: "", finalNewline: true, problem: null },
};
const DONE = '{"type":"done","lockfile":{}}\n';

/** The canary of a kind that belongs to a name: a package, an alias or a user. */
function canary(kind: Canary["of"]["kind"], name = ""): Canary {
  const found = ground.placed.canaries.find(({ of }) => {
    const owner =
      "package" in of ? of.package : "alias" in of ? of.alias : "user" in of ? of.user : "";
    return of.kind === kind && owner === name;
  });
  if (found === undefined) throw new RangeError(`no canary ${kind} ${name}`);
  return found;
}

function seen(step: RequestStep, said: string, more: Partial<Observed> = {}): Observed {
  return {
    ...{ index: 0, step, heard: [], overlapped: false, states: [STATE] },
    sent: { method: "POST", target: "/", headers: [], body: new Uint8Array() },
    reply: {
      ...{ status: 200, headers: [], body: Buffer.from(said + DONE) },
      frames: FRAMES,
    },
    ...more,
  };
}

function heard(upstream: string, status: number, headers: HeaderList = []): UpstreamExchange {
  const body = new Uint8Array();
  return {
    upstream,
    message: { method: "GET", target: "/x", headers, body },
    reply: { status, headers: [], body },
  };
}

const kindsOf = (observed: Observed): string[] =>
  judgeExchange(observed, ground.placed.canaries).map(({ kind }) => kind);

const reads = (actor: string): RequestStep => as(actor).reads("@acme/core", { via: "acme" });
const web = (actor: string): RequestStep => as(actor).resolves("web");

test("private content is for those whom its package admits, and for nobody else", () => {
  const { value } = canary("package", "@acme/core");
  expect(kindsOf(seen(reads("mallory"), value))).toEqual(["confinement"]);
  expect(kindsOf(seen(reads("anonymous"), value))).toEqual(["confinement"]);
  expect(kindsOf(seen(reads("alice"), value))).toEqual([]);
});

test("a state that the reply may have been decided in excuses it, and no other", () => {
  const { value } = canary("package", "@acme/core");
  const revoked = afterChange(STATE, { change: "revoke", user: "bob", from: "acme" });
  expect(kindsOf(seen(reads("bob"), value, { states: [revoked] }))).toEqual(["confinement"]);
  expect(kindsOf(seen(reads("bob"), value, { states: [STATE, revoked] }))).toEqual([]);
});

test("a name that the caller said itself is no news, and one that it did not is", () => {
  const { value } = canary("name", "@acme/payroll");
  const sent = { method: "GET", target: `/~acme/${value}`, headers: [], body: new Uint8Array() };
  expect(kindsOf(seen(reads("mallory"), value))).toEqual(["confinement"]);
  expect(kindsOf(seen(reads("mallory"), value, { sent }))).toEqual([]);
});

test.each([
  ["alias-credential", "acme"],
  ["server-secret", ""],
  ["caller-credential", "bob"],
  ["upstream-url", "acme"],
] as const)("%s of %s is a secret in a reply, and in a log", (kind, name) => {
  const one = canary(kind, name);
  expect(kindsOf(seen(reads("alice"), `${one.value} `))).toEqual(["secret"]);
  expect(judgeLog(`a line with ${one.value}`, [one], 3)).toMatchObject([
    { kind: "secret", step: 3 },
  ]);
  expect(judgeLog("a line", [one], 3)).toEqual([]);
});

test("no upstream hears a caller's credential, nor another alias's; its own it may", () => {
  const withToken = (upstream: string, { value }: Canary): Observed =>
    seen(web("dave"), "", {
      heard: [heard(upstream, 200, [["authorization", `Bearer ${value}`]])],
      overlapped: true,
    });
  expect(kindsOf(withToken("acme", canary("caller-credential", "dave")))).toEqual(["forwarding"]);
  expect(kindsOf(withToken("globex", canary("alias-credential", "acme")))).toEqual(["forwarding"]);
  expect(kindsOf(withToken("npm", canary("alias-credential", "acme")))).toEqual(["forwarding"]);
  expect(kindsOf(withToken("acme", canary("alias-credential", "acme")))).toEqual([]);
});

test.each([
  ["acme", 401, ["fail-open"]],
  ["acme", 403, ["fail-open"]],
  ["acme", 404, ["fail-open"]],
  ["npm", 403, ["fail-open"]],
  ["npm", 404, []],
  ["acme", 503, []],
  ["acme", 304, []],
])("served although %s answered %i: %j", (upstream, status, kinds) => {
  expect(kindsOf(seen(web("alice"), "", { heard: [heard(upstream, status)] }))).toEqual(kinds);
});

test("an upstream hears no more than the oracle allows, and nothing at all on a hit", () => {
  const asking = (actor: string, times: number, state = STATE): Observed =>
    seen(web(actor), "", {
      heard: Array.from({ length: times }, () => heard("acme", 200)),
      states: [state],
    });
  expect(kindsOf(asking("alice", 8))).toEqual([]);
  expect(kindsOf(asking("alice", 9))).toEqual(["count"]);
  expect(kindsOf(asking("mallory", 1))).toEqual(["count"]);
  const served = afterServed(STATE, web("alice").request);
  expect(kindsOf(asking("bob", 0, served))).toEqual([]);
  expect(kindsOf(asking("bob", 1, served))).toEqual(["count"]);
  expect(kindsOf({ ...asking("bob", 1, served), overlapped: true })).toEqual([]);
  // Too much of what is allowed breaks another rule than asking where there is nothing to ask.
  const rulesOf = (observed: Observed): readonly string[] =>
    judgeExchange(observed, [])[0]?.requirements ?? [];
  expect(rulesOf(asking("bob", 1, served))).toEqual(["resolve.cache.upstream-count"]);
  expect(rulesOf(asking("mallory", 1))).toContain("resolve.class.refused-before-upstream");
});
