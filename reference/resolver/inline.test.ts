import { expect, test } from "vitest";
import type { Resolution } from "../ports.ts";
import {
  answered,
  inMemoryIo,
  jobFor,
  REGISTRY,
  type InMemoryIo,
  type Packages,
} from "./in-memory-io.ts";
import { inlineResolver } from "./inline.ts";

type Fields = Readonly<Record<string, unknown>>;

const signal = new AbortController().signal;

function resolve(
  io: InMemoryIo,
  dependencies: Readonly<Record<string, string>>,
  fields: Fields = {},
) {
  return inlineResolver().resolve(jobFor(dependencies, fields), io, signal);
}

/** The keys of the lockfile's snapshots; throws the failure of a resolve that failed. */
function snapshots(resolution: Resolution): string[] {
  return Object.keys(lockfileOf(resolution)["snapshots"] ?? {}).sort();
}

function lockfileOf(resolution: Resolution): Readonly<Record<string, object>> {
  if (!resolution.ok) throw new Error(`${resolution.code}: ${resolution.message}`);
  return resolution.lockfile as Readonly<Record<string, object>>;
}

const basics: Packages = {
  top: { "1.0.0": { dependencies: { leaf: "^1.0.0" } } },
  leaf: { "1.0.0": {}, "1.2.0": {}, "2.0.0": {} },
};

test("the highest version in range is picked, and each package is told once", async () => {
  const io = inMemoryIo(basics);
  const resolution = await resolve(io, { top: "^1.0.0", leaf: "1.x" });
  expect(snapshots(resolution)).toEqual(["leaf@1.2.0", "top@1.0.0"]);
  expect(resolution).toMatchObject({ totalPackages: 2, violations: [] });
  expect(io.frames.map(({ id }) => id)).toEqual(["top@1.0.0", "leaf@1.2.0"]);
  expect(io.frames[0]).toEqual({
    type: "package",
    id: "top@1.0.0",
    name: "top",
    version: "1.0.0",
    integrity: expect.stringMatching(/^sha512-/) as string,
    tarball: `${REGISTRY}top/-/top-1.0.0.tgz`,
    unpackedSize: 1000,
    fileCount: 3,
  });
  expect(io.asked).toEqual(["top", "leaf"]);
});

test("a direct dependency's version is taken wherever it fits, however deep", async () => {
  const packages: Packages = { ...basics, over: { "1.0.0": { dependencies: { top: "1" } } } };
  const resolution = await resolve(inMemoryIo(packages), { over: "1", leaf: "1.0.0" });
  expect(snapshots(resolution)).toEqual(["leaf@1.0.0", "over@1.0.0", "top@1.0.0"]);
});

test("the lockfile survives JSON unchanged", async () => {
  const resolution = await resolve(inMemoryIo(basics), { top: "^1.0.0" });
  expect(JSON.parse(JSON.stringify(lockfileOf(resolution)))).toStrictEqual(lockfileOf(resolution));
});

test("a seeded resolve keeps the locked versions and forgets those whose specifier changed", async () => {
  const old = await resolve(inMemoryIo({ ...basics, leaf: { "1.0.0": {} } }), { top: "^1.0.0" });
  const lockfile = lockfileOf(old);
  const kept = await resolve(inMemoryIo(basics), { top: "^1.0.0" }, { lockfile });
  expect(snapshots(kept)).toEqual(["leaf@1.0.0", "top@1.0.0"]);
  const moved = await resolve(inMemoryIo(basics), { top: "^1.0.0", leaf: "2" }, { lockfile });
  expect(snapshots(moved)).toEqual(["leaf@1.0.0", "leaf@2.0.0", "top@1.0.0"]);
});

test("fixLockfile keeps the locked versions and restores what was lost", async () => {
  const whole = { leaf: { "1.0.0": { engines: { node: ">=1" } } }, top: basics["top"] ?? {} };
  const lockfile = structuredClone(lockfileOf(await resolve(inMemoryIo(whole), { top: "1" })));
  const packages = lockfile["packages"] as Record<string, Record<string, unknown>>;
  delete packages["leaf@1.0.0"]?.["engines"];
  const fresher = inMemoryIo({ ...whole, leaf: { ...whole.leaf, "1.1.0": {} } });
  const fixed = lockfileOf(await resolve(fresher, { top: "1" }, { lockfile, fixLockfile: true }));
  expect(fixed["packages"]).toMatchObject({ "leaf@1.0.0": { engines: { node: ">=1" } } });
});

test("missing peers are installed, unless that is turned off", async () => {
  const packages = {
    plugin: { "1.0.0": { peerDependencies: { host: "^2" } } },
    host: { "2.1.0": {} },
  };
  const installed = await resolve(inMemoryIo(packages), { plugin: "1" });
  expect(snapshots(installed)).toEqual(["host@2.1.0", "plugin@1.0.0(host@2.1.0)"]);
  const left = await resolve(inMemoryIo(packages), { plugin: "1" }, { autoInstallPeers: false });
  expect(snapshots(left)).toEqual(["plugin@1.0.0"]);
});

test("overrides replace versions, by parent as well, and stand in the lockfile", async () => {
  const overridden = await resolve(
    inMemoryIo(basics),
    { top: "1" },
    { overrides: { leaf: "2.0.0" } },
  );
  expect(snapshots(overridden)).toEqual(["leaf@2.0.0", "top@1.0.0"]);
  expect(lockfileOf(overridden)["overrides"]).toEqual({ leaf: "2.0.0" });
  const fields = { overrides: { "top@1>leaf": "1.0.0" } };
  const scoped = await resolve(inMemoryIo(basics), { top: "1", leaf: "^1" }, fields);
  expect(snapshots(scoped)).toEqual(["leaf@1.0.0", "leaf@1.2.0", "top@1.0.0"]);
});

test("packageExtensions add dependencies, and their checksum stands in the lockfile", async () => {
  const fields = { packageExtensions: { "leaf@2": { dependencies: { top: "1" } } } };
  const extended = await resolve(inMemoryIo(basics), { leaf: "2" }, fields);
  expect(snapshots(extended)).toEqual(["leaf@1.2.0", "leaf@2.0.0", "top@1.0.0"]);
  expect(lockfileOf(extended)["packageExtensionsChecksum"]).toMatch(/^sha256-/);
});

test("catalogs give specifiers and stand in the lockfile", async () => {
  const fields = { catalogs: { default: { leaf: "^1.0.0" }, next: { top: "1" } } };
  const resolution = await resolve(
    inMemoryIo(basics),
    { leaf: "catalog:", top: "catalog:next" },
    fields,
  );
  expect(snapshots(resolution)).toEqual(["leaf@1.2.0", "top@1.0.0"]);
  expect(lockfileOf(resolution)["catalogs"]).toEqual({
    default: { leaf: { specifier: "^1.0.0", version: "1.2.0" } },
    next: { top: { specifier: "1", version: "1.0.0" } },
  });
  await expect(
    resolve(inMemoryIo(basics), { leaf: "catalog:none" }, fields),
  ).resolves.toMatchObject({
    ok: false,
    code: "ERR_PNPM_CATALOG_ENTRY_NOT_FOUND_FOR_SPEC",
  });
});

test("workspace: and link: between the request's projects become links", async () => {
  const projects = [
    { dir: "packages/a", name: "a", dependencies: { b: "workspace:^", c: "link:../c" } },
    { dir: "packages/b", name: "b", version: "1.0.0" },
    { dir: "packages/c", name: "c", version: "1.0.0" },
  ];
  const resolution = await resolve(inMemoryIo({}), {}, { projects });
  expect(lockfileOf(resolution)["importers"]).toMatchObject({
    "packages/a": {
      dependencies: {
        b: { specifier: "workspace:^", version: "link:../b" },
        c: { specifier: "link:../c", version: "link:../c" },
      },
    },
  });
});

test("an optional dependency that does not exist is left out, a 404 elsewhere fails", async () => {
  const io = inMemoryIo(basics);
  const projects = [{ dir: "", optionalDependencies: { ghost: "1" }, dependencies: { leaf: "1" } }];
  expect(snapshots(await resolve(io, {}, { projects }))).toEqual(["leaf@1.2.0"]);
  expect(io.asked).toContain("ghost (full)");
  await expect(resolve(io, { ghost: "1" })).resolves.toEqual({
    ok: false,
    code: "ERR_PNPM_FETCH_404",
    message: "ghost is not in its registry",
  });
});

test("a rejected fetch fails the resolve with that very error, optional or not", async () => {
  const refusal = new Error("refused");
  const packages = { ...basics, top: { "1.0.0": { optionalDependencies: { secret: "1" } } } };
  const io = inMemoryIo(packages, { answers: { secret: () => Promise.reject(refusal) } });
  await expect(resolve(io, { top: "1", leaf: "1" })).rejects.toBe(refusal);
});

test("a registry that denies is no reason to leave an optional dependency out", async () => {
  const io = inMemoryIo(basics, { answers: { secret: () => answered(403, {}) } });
  const projects = [{ dir: "", optionalDependencies: { secret: "1" } }];
  await expect(resolve(io, {}, { projects })).resolves.toMatchObject({
    ok: false,
    code: "ERR_PNPM_FETCH_403",
  });
});

test("after the first error nothing more is asked or told", async () => {
  const gate = Promise.withResolvers<undefined>();
  const refusal = new Error("refused");
  const io = inMemoryIo(basics, {
    before: async (name) => {
      if (name === "top") await gate.promise;
    },
    answers: { secret: () => Promise.reject(refusal) },
  });
  await expect(resolve(io, { secret: "1", top: "1" })).rejects.toBe(refusal);
  const { asked, frames } = io;
  gate.resolve(undefined);
  await new Promise(setImmediate);
  expect({ asked, frames }).toEqual({ asked: ["secret", "top"], frames: [] });
});

test("an abort ends a resolve that waits, and one that has not begun", async () => {
  const controller = new AbortController();
  const io = inMemoryIo(basics, { before: () => new Promise(() => undefined) });
  const waiting = inlineResolver().resolve(jobFor({ top: "1" }), io, controller.signal);
  controller.abort(new Error("gone"));
  await expect(waiting).rejects.toThrow("gone");
  await expect(inlineResolver().resolve(jobFor({}), io, controller.signal)).rejects.toThrow("gone");
});

test("no matching version is pnpm's own error, without the registry's URL", async () => {
  await expect(resolve(inMemoryIo(basics), { leaf: "^9" })).resolves.toEqual({
    ok: false,
    code: "ERR_PNPM_NO_MATCHING_VERSION",
    message: "No matching version found for leaf@^9",
  });
});

test("metadata that is no JSON fails with a code and without a piece of it", async () => {
  const broken = {
    ...answered(200, {}),
    body: new TextEncoder().encode("<html>secret"),
    digest: "x",
  };
  const io = inMemoryIo({}, { answers: { leaf: () => broken } });
  await expect(resolve(io, { leaf: "1" })).resolves.toEqual({
    ok: false,
    code: "ERR_PNPM_BROKEN_METADATA_JSON",
    message: "the metadata of leaf could not be read",
  });
});

test("the order in which answers arrive does not change a byte of the lockfile", async () => {
  const packages: Packages = {
    a: { "1.0.0": { dependencies: { c: "1", d: "1" }, peerDependencies: { e: "*" } } },
    b: { "1.0.0": { dependencies: { d: "1", a: "1" }, peerDependencies: { e: "*" } } },
    c: { "1.0.0": { dependencies: { b: "1" }, peerDependencies: { d: "*" } } },
    d: { "1.0.0": { optionalDependencies: { c: "1" } } },
    e: { "1.0.0": {}, "2.0.0": {} },
  };
  const lockfiles = new Set<string>();
  for (const order of ["abcde", "edcba", "caebd", "dbeac"]) {
    const io = inMemoryIo(packages, {
      before: async (name) => {
        for (let turn = 0; turn < order.indexOf(name) * 3; turn++) await Promise.resolve();
      },
    });
    lockfiles.add(JSON.stringify(lockfileOf(await resolve(io, { a: "1", b: "1", e: "1" }))));
  }
  expect(lockfiles.size).toBe(1);
});

test("a memo across requests never lets one request change another's documents", async () => {
  const resolver = inlineResolver();
  const job = jobFor({ top: "^1.0.0" });
  const first = await resolver.resolve(job, inMemoryIo(basics), signal);
  const overridden = jobFor({ top: "1" }, { overrides: { leaf: "2.0.0" } });
  await resolver.resolve(overridden, inMemoryIo(basics), signal);
  const third = await resolver.resolve(job, inMemoryIo(basics), signal);
  expect(third).toStrictEqual(first);
});
