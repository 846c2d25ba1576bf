import { expect, test } from "vitest";
import {
  inMemoryIo,
  jobFor,
  REGISTRY,
  type InMemoryOptions,
  type Packages,
} from "./in-memory-io.ts";
import { inlineResolver } from "./inline.ts";

type Fields = Readonly<Record<string, unknown>>;

const signal = new AbortController().signal;

function resolve(
  packages: Packages,
  dependencies: Readonly<Record<string, string>>,
  fields: Fields = {},
) {
  return inlineResolver().resolve(jobFor(dependencies, fields), inMemoryIo(packages), signal);
}

const aging: Packages = {
  leaf: {
    "1.0.0": { published: "2025-01-01T00:00:00.000Z" },
    "1.1.0": { published: "2025-12-30T00:00:00.000Z" },
    "1.2.0": { published: "2026-01-01T11:00:00.000Z" },
  },
};
const DAY = 1440;

test("a release younger than the minimum age, by the job's clock, is passed over", async () => {
  const aged = await resolve(aging, { leaf: "^1.0.0" }, { minimumReleaseAge: DAY });
  expect(aged).toMatchObject({
    ok: true,
    lockfile: { packages: { "leaf@1.1.0": {} } },
    violations: [],
  });
  const excluded = { minimumReleaseAge: DAY, minimumReleaseAgeExclude: ["leaf"] };
  const exempt = await resolve(aging, { leaf: "^1.0.0" }, excluded);
  expect(exempt).toMatchObject({ lockfile: { packages: { "leaf@1.2.0": {} } }, violations: [] });
});

test("where only a young release fits it is locked and told as a violation", async () => {
  const young = await resolve(aging, { leaf: "1.2.0" }, { minimumReleaseAge: DAY });
  expect(young).toMatchObject({
    ok: true,
    lockfile: { packages: { "leaf@1.2.0": {} } },
    violations: [{ name: "leaf", version: "1.2.0", code: "MINIMUM_RELEASE_AGE_VIOLATION" }],
  });
});

test("abbreviated metadata that is old enough is not asked for again in full", async () => {
  const io = inMemoryIo({ ...aging, old: { "1.0.0": {} } });
  const job = jobFor({ leaf: "1", old: "1" }, { minimumReleaseAge: DAY });
  await inlineResolver().resolve(job, io, signal);
  expect(io.asked.sort()).toEqual(["leaf", "leaf (full)", "old"]);
});

test("time-based resolution picks the lowest direct versions and what was out by then", async () => {
  const packages: Packages = {
    top: {
      "1.0.0": { dependencies: { leaf: "^1.0.0" }, published: "2025-12-30T00:00:00.000Z" },
      "1.1.0": { dependencies: { leaf: "^1.0.0" }, published: "2026-01-01T00:00:00.000Z" },
    },
    ...aging,
  };
  const timed = await resolve(packages, { top: "^1.0.0" }, { resolutionMode: "time-based" });
  expect(timed).toMatchObject({
    lockfile: {
      packages: { "leaf@1.1.0": {}, "top@1.0.0": {} },
      time: { "top@1.0.0": "2025-12-30T00:00:00.000Z" },
    },
  });
  const lowest = await resolve(packages, { top: "^1.0.0" }, { resolutionMode: "lowest-direct" });
  expect(lowest).toMatchObject({ lockfile: { packages: { "leaf@1.2.0": {}, "top@1.0.0": {} } } });
});

test("what came out after that time but is old enough is no violation where nothing else fits", async () => {
  const packages: Packages = {
    top: { "1.0.0": { dependencies: { leaf: "~1.1.0" }, published: "2025-06-01T00:00:00.000Z" } },
    ...aging,
  };
  const fields = { resolutionMode: "time-based", minimumReleaseAge: DAY };
  const timed = await resolve(packages, { top: "^1.0.0" }, fields);
  expect(timed).toMatchObject({ lockfile: { packages: { "leaf@1.1.0": {} } }, violations: [] });
});

test("a trust downgrade fails, unless the release is older than the job's clock minds", async () => {
  const packages = (published: string): Packages => ({
    leaf: {
      "1.0.0": {
        published: "2024-01-01T00:00:00.000Z",
        _npmUser: { approver: "someone" },
      },
      "1.1.0": { published },
    },
  });
  const trusting = { trustPolicy: "no-downgrade", trustPolicyIgnoreAfter: 30 * DAY };
  const recent = packages("2025-12-20T00:00:00.000Z");
  await expect(resolve(recent, { leaf: "1" }, trusting)).resolves.toMatchObject({
    ok: false,
    code: "ERR_PNPM_TRUST_DOWNGRADE",
  });
  await expect(
    resolve(packages("2025-06-01T00:00:00.000Z"), { leaf: "1" }, trusting),
  ).resolves.toMatchObject({ ok: true });
  await expect(
    resolve(recent, { leaf: "1" }, { ...trusting, trustPolicyExclude: ["leaf"] }),
  ).resolves.toMatchObject({ ok: true });
});

test.each([
  ["patchedDependencies", { patchedDependencies: { "leaf@1.0.0": "hash" } }],
  ["updatePatches", { updatePatches: true }],
  ["addMissingPeerTypes", { addMissingPeerTypes: true }],
  ["projectScopedOptionalPeers", { projectScopedOptionalPeers: true }],
  ["overrides", { overrides: { leaf: "link:../leaf" } }],
  ["overrides", { overrides: { leaf: "file:/etc" } }],
])("%s is declined where it cannot be honoured", async (field, fields) => {
  const resolution = await resolve(aging, { leaf: "1" }, fields);
  expect(resolution).toMatchObject({
    ok: false,
    code: "ERR_PNPR_UNSUPPORTED_REQUEST_FIELD",
    message: expect.stringContaining(field) as string,
  });
});

test.each([
  "file:../secret",
  "file:secret.tgz",
  "link:/etc",
  "link:../../etc",
  "link:elsewhere",
  "workspace:../elsewhere",
  "./elsewhere",
  "/etc",
  "git+ssh://git@host.test/some/repository.git",
  "git@host.test:some/repository.git",
  "some/repository",
  "https://elsewhere.test/some/repository.git",
  "jsr:@scope/leaf@1",
])("%s is declined, optional or not, and names no URL", async (specifier) => {
  for (const field of ["dependencies", "optionalDependencies"]) {
    const projects = [{ dir: "", [field]: { leaf: specifier } }];
    const resolution = await resolve(aging, {}, { projects });
    expect(resolution).toMatchObject({ ok: false, code: "ERR_PNPR_UNSUPPORTED_REQUEST_FIELD" });
    expect(JSON.stringify(resolution)).not.toMatch(/host\.test|elsewhere\.test|\/etc/);
  }
});

test("what a registry's package asks of a disk or of git is declined as well", async () => {
  for (const specifier of ["file:/etc", "link:/etc", "git+https://host.test/x.git"]) {
    const packages = { top: { "1.0.0": { optionalDependencies: { leaf: specifier } } } };
    await expect(resolve(packages, { top: "1" })).resolves.toMatchObject({
      ok: false,
      code: "ERR_PNPR_UNSUPPORTED_REQUEST_FIELD",
    });
  }
});

test.each(["/abs", "../out", "a/../../out", "a\\b", "a\0b", "C:/a", "__proto__"])(
  "the project directory %j is refused",
  async (dir) => {
    const resolution = await resolve(
      aging,
      {},
      { projects: [{ dir, dependencies: { leaf: "1" } }] },
    );
    expect(resolution).toMatchObject({ ok: false, code: "ERR_PNPR_INVALID_PROJECT_DIR" });
  },
);

const routed = async (scope: Fields, options: InMemoryOptions, packages?: Packages) => {
  const io = inMemoryIo(packages ?? { "@acme/leaf": { "1.0.0": {} } }, options);
  const job = jobFor({ "@acme/leaf": "1" }, scope);
  const resolution = await inlineResolver().resolve(job, io, signal);
  return { resolution, tarball: io.frames[0]?.tarball };
};
const integrity = expect.stringMatching(/^sha512-/) as string;

test("a routed tarball is integrity-only where the scope points at its route", async () => {
  const base = "https://self.test/~acme";
  const tarball = `${base}/@acme/leaf/-/leaf-1.0.0.tgz`;
  const there = await routed(
    { registries: { [base]: { scopes: ["@acme"] } } },
    { tarballs: { base } },
  );
  expect(there.tarball).toBe(tarball);
  expect(there.resolution).toMatchObject({
    lockfile: { packages: { "@acme/leaf@1.0.0": { resolution: { integrity } } } },
  });
  expect(JSON.stringify(there.resolution)).not.toContain("self.test");
  const raw = await routed(
    { registries: { [REGISTRY]: { scopes: ["@acme"] } } },
    { tarballs: { base } },
  );
  expect(raw.resolution).toMatchObject({
    lockfile: { packages: { "@acme/leaf@1.0.0": { resolution: { integrity, tarball } } } },
  });
  expect(JSON.stringify(raw)).not.toContain("registry.test");
});

test("an as-is tarball loses query and fragment, and user info in it is refused", async () => {
  const at = (tarball: string): Packages => ({ "@acme/leaf": { "1.0.0": { tarball } } });
  const signed = await routed({}, {}, at("http://cdn.test/x/leaf.tgz?signature=secret#part"));
  expect(signed.tarball).toBe("http://cdn.test/x/leaf.tgz");
  expect(JSON.stringify(signed)).not.toContain("secret");
  const inline = await routed({}, {}, at("http://user:secret@cdn.test/leaf.tgz"));
  expect(inline.resolution).toMatchObject({ ok: false, code: "ERR_PNPR_TARBALL_REFUSED" });
  expect(JSON.stringify(inline)).not.toContain("secret");
});
