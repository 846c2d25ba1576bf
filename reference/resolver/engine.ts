import path from "node:path";
import {
  getWantedDependencies,
  resolveDependencies,
  type ImporterToResolve,
} from "@pnpm/installing.deps-resolver";
import { convertToLockfileFile } from "@pnpm/lockfile.fs";
import { getPreferredVersionsFromLockfileAndManifests } from "@pnpm/lockfile.preferred-versions";
import type { PackageMeta } from "@pnpm/resolving.npm-resolver";
import type { PackageFrame, Resolution, ResolveIo, ResolveJob, Violation } from "../ports.ts";
import { createBreaker, type Breaker } from "./breaker.ts";
import { Declined, failureOf } from "./failure.ts";
import { createExtender } from "./manifest-hooks.ts";
import type { Memo } from "./memo.ts";
import type { Registries } from "./library.ts";
import { fixedOptions, settingOptions, storeController } from "./library-options.ts";
import { createMetadataSource } from "./metadata-source.ts";
import { overrideManifest } from "./overrides.ts";
import { createPackageRequests } from "./package-requests.ts";
import { createPicker, reachableRegistries, type Picker } from "./picking.ts";
import { readProjects, workspacePackages, type Project } from "./projects.ts";
import { forgetChanged, seedLockfile, type LockfileObject } from "./seed.ts";
import { readSettings, type Settings } from "./settings.ts";

/**
 * Resolves one job. Rejects with the very error of a refused fetch, and with the signal's reason; whatever
 * else goes wrong is a value.
 */
export async function resolveJob(
  job: ResolveJob,
  io: ResolveIo,
  memo: Memo<PackageMeta>,
  signal: AbortSignal,
): Promise<Resolution> {
  const breaker = createBreaker(signal);
  try {
    breaker.check();
    const walking = walk(job, io, memo, breaker);
    // When the breaker wins the race, the walk still ends somehow.
    walking.catch(() => undefined);
    return await Promise.race([walking, breaker.broken]);
  } catch (error) {
    if (!breaker.open && !(error instanceof Declined)) throw error;
    return failureOf(error);
  } finally {
    breaker.close();
  }
}

async function walk(
  job: ResolveJob,
  io: ResolveIo,
  memo: Memo<PackageMeta>,
  breaker: Breaker,
): Promise<Resolution> {
  const settings = readSettings(job.request);
  const extend = createExtender(settings.packageExtensions);
  const hook = <M extends object>(manifest: M): M =>
    overrideManifest(settings.overrides, extend(manifest));
  const projects = readProjects(settings.projects, hook);
  const projectIds = projects.map(({ id }) => id);
  const manifests = projects.map(({ manifest }) => manifest);
  const registriesByScope = {
    ...settings.registriesByScope,
    default: settings.registry ?? job.defaultRegistry,
  };
  const picker = pickerFor(job, io, memo, breaker, settings, registriesByScope);
  const onPackage = (frame: PackageFrame): void => {
    tell(io, breaker, frame);
  };
  const requestPackage = createPackageRequests({
    ...{ settings, projects, picker, breaker, onPackage },
    tarball: (url) => io.tarball(url),
  });

  const lockfile = seedLockfile(settings, projectIds);
  const importers = projects.map((project) => importerFor(project, settings, lockfile));
  const violations: Violation[] = [];
  const { newLockfile } = await resolveDependencies(importers, {
    ...fixedOptions(),
    ...settingOptions(settings),
    registriesByScope,
    hooks: { readPackage: hook },
    storeController: storeController(requestPackage, () => {
      picker.forget();
    }),
    wantedLockfile: lockfile,
    preferredVersions: getPreferredVersionsFromLockfileAndManifests(lockfile.packages, manifests),
    workspacePackages: workspacePackages(projects),
    allProjectIds: projectIds,
    handleResolutionPolicyViolations: async (found) => {
      violations.push(...found);
    },
  });
  return {
    ok: true,
    lockfile: fileOf(newLockfile),
    totalPackages: Object.keys(newLockfile.packages ?? {}).length,
    violations: distinct(violations),
  };
}

function pickerFor(
  job: ResolveJob,
  io: ResolveIo,
  memo: Memo<PackageMeta>,
  breaker: Breaker,
  settings: Settings,
  registriesByScope: Registries,
): Picker {
  const alwaysFull =
    settings.resolutionMode === "time-based" || settings.trustPolicy === "no-downgrade";
  const source = createMetadataSource({
    metadata: (registry, name, full) => io.metadata(registry, name, full),
    breaker,
    memo,
    registries: reachableRegistries(settings, registriesByScope),
    alwaysFull,
  });
  return createPicker({ settings, registriesByScope, source, now: job.now, alwaysFull });
}

/** An error of the listener is nobody's dependency that might be optional. */
function tell(io: ResolveIo, breaker: Breaker, frame: PackageFrame): void {
  if (!breaker.open) return;
  try {
    io.onPackage(frame);
  } catch (error) {
    breaker.trip(error);
    throw error;
  }
}

function importerFor(
  project: Project,
  settings: Settings,
  lockfile: LockfileObject,
): ImporterToResolve {
  const { autoInstallPeers, catalogs } = settings;
  const wanted = getWantedDependencies(project.manifest, { autoInstallPeers });
  forgetChanged(lockfile, project.id, wanted, catalogs);
  const modulesDir = path.posix.join(project.rootDir, "node_modules");
  return {
    ...project,
    modulesDir,
    binsDir: path.posix.join(modulesDir, ".bin"),
    updatePackageManifest: false,
    wantedDependencies: wanted.map((dependency) => ({ ...dependency, updateSpec: true })),
  };
}

/** The on-disk form. Keys without a value would be lost in JSON, so they are lost here. */
function fileOf(lockfile: LockfileObject): Readonly<Record<string, unknown>> {
  const file = convertToLockfileFile({ ...lockfile, lockfileVersion: "9.0" });
  return Object.fromEntries(Object.entries(file).filter(([, value]) => value !== undefined));
}

/** Each violation once, in an order that does not depend on which answer came first. */
function distinct(violations: readonly Violation[]): readonly Violation[] {
  const byKey = new Map<string, Violation>();
  for (const { name, version, code, reason } of violations) {
    byKey.set(`${name}@${version} ${code}`, { name, version, code, reason });
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, violation]) => violation);
}
