import { expect, test } from "vitest";
import { staleReason } from "./freshness.ts";
import { inMemoryIo, jobFor, type Packages } from "./in-memory-io.ts";
import { inlineResolver } from "./inline.ts";

type Fields = Readonly<Record<string, unknown>>;

const packages: Packages = {
  top: { "1.0.0": { dependencies: { leaf: "^1.0.0" }, peerDependencies: { host: "*" } } },
  leaf: { "1.0.0": {}, "1.1.0": {} },
  host: { "3.0.0": {} },
};
const projects = [
  {
    dir: "",
    name: "root",
    dependencies: { top: "^1.0.0", b: "workspace:^" },
    devDependencies: { leaf: "catalog:" },
  },
  { dir: "packages/b", name: "b", version: "1.0.0", optionalDependencies: { host: "3" } },
];
const base: Fields = {
  projects,
  catalogs: { default: { leaf: "1.0.0" } },
  overrides: { "top>leaf": "1.1.0" },
  packageExtensions: { leaf: { dependencies: { host: "3" } } },
};

async function resolved(fields: Fields = base): Promise<Fields> {
  const signal = new AbortController().signal;
  const resolution = await inlineResolver().resolve(
    jobFor({}, fields),
    inMemoryIo(packages),
    signal,
  );
  if (!resolution.ok) throw new Error(resolution.message);
  return resolution.lockfile;
}

test("what a resolve has just written is fresh for the request that it came from", async () => {
  const lockfile = await resolved();
  expect(staleReason({ ...base, lockfile })).toBeUndefined();
  expect(staleReason({ ...base, lockfile, autoInstallPeers: true })).toBeUndefined();
});

test.each<[string, Fields]>([
  ["autoInstallPeers has changed", { autoInstallPeers: false }],
  ["dedupePeers has changed", { dedupePeers: true }],
  ["excludeLinksFromLockfile has changed", { excludeLinksFromLockfile: true }],
  ["overrides has changed", { overrides: {} }],
  ["packageExtensions has changed", { packageExtensions: {} }],
  ["leaf of the catalog default has changed", { catalogs: { default: { leaf: "1.1.0" } } }],
  [
    "the project packages/b is gone",
    { projects: [{ ...projects[0], dependencies: { top: "^1.0.0" } }] },
  ],
  ["patchedDependencies: patches are not applied here", { patchedDependencies: { leaf: "hash" } }],
  [".: top has another specifier", withRoot({ top: "1", b: "workspace:^" })],
  [".: extra is not locked", withRoot({ top: "^1.0.0", b: "workspace:^", extra: "1" })],
  [".: top is no longer wanted", withRoot({ b: "workspace:^" })],
  [
    ".: b is linked to what is no longer there",
    { projects: [projects[0], { dir: "packages/b", name: "c" }] },
  ],
  ["packages/b: host has moved to dependencies", withB({ dependencies: { host: "3" } })],
  [
    "packages/b: dependenciesMeta has changed",
    withB({ optionalDependencies: { host: "3" }, dependenciesMeta: { host: { injected: true } } }),
  ],
])("%s", async (reason, fields) => {
  expect(staleReason({ ...base, lockfile: await resolved(), ...fields })).toBe(reason);
});

test("a lockfile that is broken, of another version or not there proves nothing", async () => {
  const lockfile = await resolved();
  const snapshots = { ...(lockfile["snapshots"] as Fields) };
  delete snapshots["leaf@1.1.0"];
  const reason = "top@1.0.0(host@3.0.0) leads to leaf@1.1.0, which has no entry";
  expect(staleReason({ ...base, lockfile: { ...lockfile, snapshots } })).toBe(reason);
  const older = { ...lockfile, lockfileVersion: "6.0" };
  expect(staleReason({ ...base, lockfile: older })).toBe("it is of another version");
  expect(staleReason({ ...base, lockfile: { ...lockfile, snapshots: { "a@1": null } } })).toBe(
    "it cannot be read",
  );
  expect(staleReason(base)).toBe("there is no lockfile");
});

test("the lockfile that comes in is left as it was", async () => {
  const lockfile = await resolved();
  const before = structuredClone(lockfile);
  staleReason({ ...base, lockfile });
  expect(lockfile).toStrictEqual(before);
});

function withRoot(dependencies: Readonly<Record<string, string>>): Fields {
  return { projects: [{ ...projects[0], dependencies }, projects[1]] };
}

function withB(fields: Fields): Fields {
  return { projects: [projects[0], { dir: "packages/b", name: "b", version: "1.0.0", ...fields }] };
}
