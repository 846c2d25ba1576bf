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
import { Declined, failureOf, VIRTUAL_ROOT } from "./failure.ts";
import { createExtender } from "./manifest-hooks.ts";
import type { Memo } from "./memo.ts";
import { createMetadataSource } from "./metadata-source.ts";
import { overrideEdge, overrideManifest } from "./overrides.ts";
import { createPackageRequests, reachableRegistries } from "./package-requests.ts";
import { readProjects, workspacePackages, type Project } from "./projects.ts";
import { forgetChanged, seedLockfile, type LockfileObject } from "./seed.ts";
import { readSettings, type Settings } from "./settings.ts";

type Options = Parameters<typeof resolveDependencies>[1];

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
  const registriesByScope = {
    ...settings.registriesByScope,
    default: settings.registry ?? job.defaultRegistry,
  };
  const alwaysFull =
    settings.resolutionMode === "time-based" || settings.trustPolicy === "no-downgrade";
  const registries = reachableRegistries(settings, registriesByScope);
  const source = createMetadataSource({
    metadata: (registry, name, full) => io.metadata(registry, name, full),
    breaker,
    memo,
    registries,
    alwaysFull,
  });
  const store = createPackageRequests({
    settings,
    projects,
    registriesByScope,
    source,
    breaker,
    onPackage: (frame) => {
      tell(io, breaker, frame);
    },
    now: job.now,
    alwaysFull,
  });

  const lockfile = seedLockfile(
    settings,
    projects.map(({ id }) => id),
  );
  const importers = projects.map((project) => importerFor(project, settings, lockfile));
  const violations: Violation[] = [];
  const { newLockfile } = await resolveDependencies(importers, {
    ...fixedOptions(),
    ...settingOptions(settings),
    registriesByScope,
    hooks: { readPackage: hook },
    storeController: store as unknown as Options["storeController"],
    wantedLockfile: lockfile,
    preferredVersions: getPreferredVersionsFromLockfileAndManifests(
      lockfile.packages,
      projects.map(({ manifest }) => manifest),
    ),
    workspacePackages: workspacePackages(projects),
    allProjectIds: projects.map(({ id }) => id),
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

/** What pnpm's command line leaves as it is for `install --lockfile-only`. */
function fixedOptions() {
  const modulesDir = path.posix.join(VIRTUAL_ROOT, "node_modules/.pnpm");
  return {
    allowedDeprecatedVersions: {},
    allowUnusedPatches: true,
    autoInstallPeersFromHighestMatch: false,
    blockExoticSubdeps: true,
    // Nothing is installed: an empty one keeps the library from looking for files.
    currentLockfile: { lockfileVersion: "9.0", importers: {}, packages: {} },
    dedupeDirectDeps: false,
    dedupeInjectedDeps: true,
    dedupePeerDependents: true,
    defaultUpdateDepth: 0,
    dryRun: true,
    engineStrict: false,
    force: false,
    forceFullResolution: true,
    globalVirtualStoreDir: modulesDir,
    ignoreScripts: true,
    injectWorkspacePackages: false,
    linkWorkspacePackagesDepth: -1,
    lockfileDir: VIRTUAL_ROOT,
    lockfileIncludeTarballUrl: false,
    peersSuffixMaxLength: 1000,
    pnpmVersion: "11.26.0",
    preserveWorkspaceProtocol: true,
    resolvePeersFromWorkspaceRoot: true,
    saveWorkspaceProtocol: "rolling" as const,
    tag: "latest",
    virtualStoreDir: modulesDir,
    virtualStoreDirMaxLength: 120,
  };
}

/** The release age itself is not among them: it is counted from the job's clock, at each request. */
function settingOptions(settings: Settings) {
  const edge = overrideEdge(settings.overrides);
  return {
    autoInstallPeers: settings.autoInstallPeers,
    catalogs: settings.catalogs,
    dedupePeers: settings.dedupePeers,
    excludeLinksFromLockfile: settings.excludeLinksFromLockfile,
    minimumReleaseAgeExclude: [...settings.minimumReleaseAgeExclude],
    registriesByPrefix: settings.registriesByPrefix,
    resolutionMode: settings.resolutionMode,
    trustPolicy: settings.trustPolicy,
    trustPolicyExclude: [...settings.trustPolicyExclude],
    ...(edge === undefined ? {} : { overrideBareSpecifier: edge }),
  };
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
