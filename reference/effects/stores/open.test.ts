import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { utf8 } from "../../../wire/message.ts";
import type { Candidate } from "../../core/candidates.ts";
import type { Stores } from "../../ports.ts";
import { storesContract } from "./contract.ts";
import { StoreError } from "./database.ts";
import { openStores } from "./open.ts";

storesContract("stores in memory", false, async () => ({
  open: () => openStores(":memory:"),
  dispose: async () => undefined,
}));

storesContract("stores in files", true, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "leakproof-stores-"));
  return {
    open: () => openStores(folder),
    dispose: () => rm(folder, { recursive: true }),
  };
});

const PRIVATE: Candidate = {
  id: "one",
  baseKey: "key",
  policy: "policy",
  footprint: [{ digest: "aa", gate: { kind: "hosted", pattern: "@corp/*" } }],
  routes: [],
  owner: "alice",
  sizeBytes: 3,
  storedAt: 1,
  usedAt: 1,
  identity: utf8("{}\n"),
  gzip: utf8("zip"),
};

test("a folder is made, and what is in it is its owner's alone", async () => {
  const folder = path.join(await scratch(), "deep", "data");
  await (await openStores(folder)).close();
  expect((await stat(folder)).mode & 0o077).toBe(0);
  expect((await stat(path.join(folder, "leakproof.sqlite"))).mode & 0o077).toBe(0);
});

test.each(["leakproof.sqlite", "cache.sqlite"])("a newer %s is refused by name", async (file) => {
  const folder = await scratch();
  await (await openStores(folder)).close();
  sql(path.join(folder, file), "PRAGMA user_version = 99");
  const failure = await failureOf(openStores(folder));
  expect(failure.message).toMatch(/^the data in \S+ cannot be used: /);
  expect(failure.message).toContain(
    `${file} cannot be used: it was written by a newer version (schema 99, this is 1)`,
  );
  expect(failure.corrupt).toBe(false);
});

test("another program's database is left alone", async () => {
  const folder = await scratch();
  sql(path.join(folder, "leakproof.sqlite"), "CREATE TABLE tokens (theirs TEXT)");
  expect((await failureOf(openStores(folder))).message).toContain("it belongs to another program");
});

test("a file that is no database is refused, and stays as it is", async () => {
  const folder = await scratch();
  const file = path.join(folder, "leakproof.sqlite");
  await writeFile(file, "these bytes are somebody's notes, and nothing else ".repeat(40));
  const failure = await failureOf(openStores(folder));
  expect(failure.message).toContain("file is not a database");
  expect(failure.message).not.toContain("\n");
  expect(await readFile(file, "utf8")).toMatch(/^these bytes/);
});

test("a folder that is a file is refused in one line", async () => {
  const file = path.join(await scratch(), "file");
  await writeFile(file, "");
  expect((await failureOf(openStores(file))).message).toMatch(/cannot be used: \S.*$/);
});

test("a damaged cache is replaced; what cannot be had again is there [resolve.scope.damage]", async () => {
  const folder = await scratch();
  const before = await openStores(folder);
  await before.candidates.put(PRIVATE);
  expect(await before.secret(() => "kept")).toBe("kept");
  await before.close();
  await writeFile(path.join(folder, "cache.sqlite"), "half a fi");
  const after = await openStores(folder);
  expect(await after.candidates.census()).toEqual([]);
  await after.candidates.put(PRIVATE);
  expect(await after.secret(() => "new")).toBe("kept");
  await after.close();
});

test.each([
  [
    "a footprint that was lost",
    "UPDATE candidates SET entry = json_set(entry, '$.footprint', '[]')",
  ],
  ["an entry that is no JSON", "UPDATE candidates SET entry = substr(entry, 1, 9)"],
  ["bytes that were cut", "UPDATE candidates SET identity = x'7b'"],
  ["bytes of another coding", "UPDATE candidates SET gzip = zeroblob(3)"],
])("a candidate with %s is absent, and can be stored again", async (_what, statement) => {
  const folder = await scratch();
  const before = await openStores(folder);
  await before.candidates.put(PRIVATE);
  await before.close();
  sql(path.join(folder, "cache.sqlite"), statement);
  const after = await openStores(folder);
  expect(await after.candidates.list("key")).toEqual([]);
  await after.candidates.put(PRIVATE);
  expect(await after.candidates.list("key")).toEqual([PRIVATE]);
  await after.close();
  const again = await openStores(folder);
  expect(await again.candidates.list("key")).toEqual([PRIVATE]);
  await again.close();
});

test("a hosted packument that is damaged is an error, and is not published over", async () => {
  const folder = await scratch();
  const before = await openStores(folder);
  const packument = { name: "tool", _rev: "1-a", "dist-tags": {}, versions: {}, time: {} };
  await before.hosted.write(packument, [], null);
  await before.close();
  sql(path.join(folder, "leakproof.sqlite"), "UPDATE hosted SET packument = '{'");
  const after = await openStores(folder);
  await expect(after.hosted.packument("tool")).rejects.toThrow('packument of "tool" is damaged');
  await expect(after.hosted.write(packument, [], null)).rejects.toThrow("is damaged");
  await after.close();
});

async function scratch(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "leakproof-stores-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

function sql(file: string, statement: string): void {
  const database = new DatabaseSync(file);
  database.exec(statement);
  database.close();
}

async function failureOf(opening: Promise<Stores>): Promise<StoreError> {
  const failure: unknown = await opening.then(
    () => new Error("it opened"),
    (error: unknown) => error,
  );
  if (!(failure instanceof StoreError)) throw failure;
  return failure;
}

test("the secret is made once, and found again ever after [resolve.descriptor.kept-secret]", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "leakproof-stores-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const first = await openStores(folder);
  const made = await first.secret(() => "made-at-the-first-start");
  await first.close();
  const second = await openStores(folder);
  onTestFinished(() => second.close());
  expect(made).toBe("made-at-the-first-start");
  expect(await second.secret(() => "made-once-more")).toBe(made);
});
