import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { worlds } from "../fixtures/worlds.ts";
import { brokenPromises, frozenText } from "./freeze.ts";
import type { FrozenCase } from "./freeze.ts";
import { cases, requirements } from "./index.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const frozenList = readFileSync(path.join(ROOT, "suites", "frozen.ndjson"), "utf8");
const frozen = frozenList
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as FrozenCase);

test("ids, levels and titles are those that were promised", () => {
  expect(brokenPromises(frozen, cases)).toEqual([]);
  expect(frozenText(cases), "run `npm run freeze`: the list is not in order").toBe(frozenList);
});

describe("what breaks a promise", () => {
  const [text] = cases;
  if (text === undefined) throw new Error("there are no cases");
  const { id, level, title } = text;

  test.each([
    ["a new case", [], `${id} is new`],
    ["another level", [{ id, level: "might", title }], `${id} was a might and is a ${level}`],
    ["another title", [{ id, level, title: "Before" }], `${id} had the title "Before"`],
  ])("%s", (_what, before, says) => {
    const remedy = "if that is meant, run `npm run freeze` and commit suites/frozen.ndjson";
    expect(brokenPromises(before, [text])).toEqual([`${says}: ${remedy}`]);
  });

  test("a case that is gone", () => {
    expect(brokenPromises([{ id, level, title }], [])).toEqual([
      `${id} is gone: if that is meant, run \`npm run freeze\` and commit suites/frozen.ndjson`,
    ]);
  });
});

test("every id is written once, as surface/topic/name, and every requirement's as surface.area.name", () => {
  const ids = [...cases, ...requirements].map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  const part = "[a-z0-9]+(?:-[a-z0-9]+)*";
  const form = new RegExp(`^${part}([/.])${part}\\1${part}$`);
  expect(ids.filter((id) => !form.test(id))).toEqual([]);
});

test("every rule is quoted once", () => {
  const byQuote = Map.groupBy(requirements, ({ quote }) => quote);
  const twice = [...byQuote.values()].filter((same) => same.length > 1);
  expect(twice.map((same) => same.map(({ id }) => id))).toEqual([]);
});

test("every case cites requirements that there are", () => {
  const known = new Set(requirements.map(({ id }) => id));
  expect(cases.filter(({ cites }) => cites.length === 0).map(({ id }) => id)).toEqual([]);
  expect(cases.flatMap(({ cites }) => cites).filter((id) => !known.has(id))).toEqual([]);
});

test("every behaviour that is required has a case, and every structure a unit test that names it", () => {
  const cited = new Set(cases.flatMap(({ cites }) => cites));
  const tests = unitTests();
  const shown = (id: string): boolean => tests.some((text) => text.includes(`[${id}]`));
  const bare = requirements.filter(({ id, kind }) =>
    kind === "behaviour" ? !cited.has(id) : !shown(id),
  );
  expect(bare.map(({ id }) => id)).toEqual([]);
});

/** A structural requirement stands in brackets in the title of the test that shows it. */
function unitTests(): string[] {
  const rooms = ["reference", "wire", "clients", "mocks", "harness"];
  return rooms.flatMap((room) =>
    readdirSync(path.join(ROOT, room), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => readFileSync(path.join(ROOT, room, name), "utf8")),
  );
}

test.each(cases)("$id is plain data about a world that there is", (text) => {
  const written = JSON.stringify(text);
  expect(JSON.parse(written)).toEqual(plain(text));
  expect(Object.keys(worlds)).toContain(text.world);
  expect(text.steps.length).toBeGreaterThan(0);
  expect(OURS.filter((pattern) => pattern.test(written))).toEqual([]);
});

/** Hosts, ports and tokens that are the harness's to choose: whoever writes one guesses. */
const OURS: readonly RegExp[] = [
  /leakproof\.test/,
  /(?:localhost|127\.0\.0\.1|\[::1\]):\d/,
  /\blp[su]?_[0-9a-f]{8}/,
  /\bnpm_[A-Za-z0-9]{20}/,
];

/** The verbs of a step stand on its prototype, and are no part of it. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
