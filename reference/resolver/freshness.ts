import { isDeepStrictEqual } from "node:util";
import semver from "semver";
import { Declined } from "./failure.ts";
import { createExtender, extensionsChecksum } from "./manifest-hooks.ts";
import { overrideManifest, overridesMap } from "./overrides.ts";
import { readProjects, type Project } from "./projects.ts";
import {
  catalogNameOf,
  packagesOf,
  readSeed,
  type LockfileImporter,
  type LockfileObject,
} from "./seed.ts";
import { readSettings, type Settings } from "./settings.ts";
import { linkedProject } from "./specifiers.ts";

type Dependencies = Readonly<Record<string, string>>;

const FIELDS = ["dependencies", "devDependencies", "optionalDependencies"] as const;

/**
 * Why the request's lockfile cannot be used as it is, or undefined where it is proven fresh: a frozen
 * install from it does what a resolve would come to. Pure. Any doubt is a reason.
 */
export function staleReason(request: Readonly<Record<string, unknown>>): string | undefined {
  try {
    const settings = readSettings(request);
    if (settings.lockfile === undefined) return "there is no lockfile";
    if (settings.lockfile["lockfileVersion"] !== "9.0") return "it is of another version";
    const lockfile = readSeed(settings.lockfile);
    const extend = createExtender(settings.packageExtensions);
    const projects = readProjects(settings.projects, (manifest) =>
      overrideManifest(settings.overrides, extend(manifest)),
    );
    return (
      staleSetting(settings, lockfile) ??
      staleCatalog(settings, lockfile) ??
      staleImporters(settings, projects, lockfile) ??
      brokenEdge(lockfile)
    );
  } catch (error) {
    return error instanceof Declined ? error.message : "it cannot be read";
  }
}

/** Settings that the lockfile records. What it records and a request has no word for is a reason as well. */
function staleSetting(settings: Settings, lockfile: LockfileObject): string | undefined {
  const recorded = lockfile.settings ?? {};
  const sameOrUnset = (written: unknown, wanted: unknown): boolean =>
    written === undefined || written === wanted;
  const holds: Readonly<Record<string, boolean>> = {
    autoInstallPeers: sameOrUnset(recorded.autoInstallPeers, settings.autoInstallPeers),
    dedupePeers: (recorded.dedupePeers ?? false) === settings.dedupePeers,
    excludeLinksFromLockfile: sameOrUnset(
      recorded.excludeLinksFromLockfile,
      settings.excludeLinksFromLockfile,
    ),
    peersSuffixMaxLength: sameOrUnset(recorded.peersSuffixMaxLength, 1000),
    injectWorkspacePackages: recorded.injectWorkspacePackages !== true,
    overrides: isDeepStrictEqual(
      { ...lockfile.overrides },
      { ...overridesMap(settings.overrides) },
    ),
    packageExtensions:
      lockfile.packageExtensionsChecksum === extensionsChecksum(settings.packageExtensions),
    patchedDependencies: Object.keys(lockfile.patchedDependencies ?? {}).length === 0,
    ignoredOptionalDependencies: (lockfile.ignoredOptionalDependencies ?? []).length === 0,
    pnpmfileChecksum: lockfile.pnpmfileChecksum === undefined,
  };
  const changed = Object.keys(holds).find((setting) => holds[setting] !== true);
  return changed === undefined ? undefined : `${changed} has changed`;
}

function staleCatalog({ catalogs }: Settings, lockfile: LockfileObject): string | undefined {
  for (const [name, entries] of Object.entries(lockfile.catalogs ?? {})) {
    for (const [alias, { specifier }] of Object.entries(entries)) {
      if (catalogs[name]?.[alias] !== specifier)
        return `${alias} of the catalog ${name} has changed`;
    }
  }
  return undefined;
}

function staleImporters(
  settings: Settings,
  projects: readonly Project[],
  lockfile: LockfileObject,
): string | undefined {
  const importers: Readonly<Record<string, LockfileImporter>> = lockfile.importers;
  const ids = new Set<string>(projects.map(({ id }) => id));
  const gone = Object.keys(importers).find((id) => !ids.has(id));
  if (gone !== undefined) return `the project ${gone} is gone`;
  for (const project of projects) {
    const importer = Object.hasOwn(importers, project.id) ? importers[project.id] : undefined;
    const reason = staleImporter(settings, projects, project, importer, lockfile);
    if (reason !== undefined) return `${project.id}: ${reason}`;
  }
  return undefined;
}

function staleImporter(
  settings: Settings,
  projects: readonly Project[],
  { id, manifest }: Project,
  importer: LockfileImporter = { specifiers: {} },
  lockfile: LockfileObject,
): string | undefined {
  const wanted = wantedFields(manifest, settings);
  const ids = new Set<string>(projects.map((project) => project.id));
  for (const field of FIELDS) {
    const locked: Dependencies = importer[field] ?? {};
    for (const [alias, ref] of Object.entries(locked)) {
      const want = wanted.get(alias);
      if (want === undefined) return `${alias} is no longer wanted`;
      if (want.field !== field) return `${alias} has moved to ${want.field}`;
      if (importer.specifiers[alias] !== want.specifier) return `${alias} has another specifier`;
      wanted.delete(alias);
      const reason = staleReference(alias, want.specifier, ref, lockfile);
      if (reason !== undefined) return reason;
      if (ref.startsWith("link:") && staleLink(alias, want.specifier, ref, id, ids, projects)) {
        return `${alias} is linked to what is no longer there`;
      }
    }
  }
  for (const [alias, { specifier }] of wanted) {
    if (settings.excludeLinksFromLockfile && specifier.startsWith("link:")) continue;
    return `${alias} is not locked`;
  }
  if (!isDeepStrictEqual({ ...importer.dependenciesMeta }, { ...manifest.dependenciesMeta })) {
    return "dependenciesMeta has changed";
  }
  return undefined;
}

/** Where each direct dependency belongs: optional before the others, and a peer that is installed last. */
function wantedFields(
  manifest: Project["manifest"],
  { autoInstallPeers }: Settings,
): Map<string, { readonly field: (typeof FIELDS)[number]; readonly specifier: string }> {
  const wanted = new Map<string, { field: (typeof FIELDS)[number]; specifier: string }>();
  const put = (dependencies: Dependencies | undefined, field: (typeof FIELDS)[number]): void => {
    for (const [alias, specifier] of Object.entries(dependencies ?? {})) {
      wanted.set(alias, { field, specifier });
    }
  };
  if (autoInstallPeers) put(manifest.peerDependencies, "dependencies");
  put(manifest.devDependencies, "devDependencies");
  put(manifest.dependencies, "dependencies");
  put(manifest.optionalDependencies, "optionalDependencies");
  return wanted;
}

function staleReference(
  alias: string,
  specifier: string,
  ref: string,
  lockfile: LockfileObject,
): string | undefined {
  if (ref.startsWith("link:")) return undefined;
  const key = depPath(alias, ref);
  if (!hasPackage(lockfile, key)) return `${key} has no entry`;
  const version = ref.replace(/\(.*$/s, "");
  if (semver.valid(version) === null) return undefined;
  const catalog = catalogNameOf(specifier);
  if (catalog !== undefined && lockfile.catalogs?.[catalog]?.[alias]?.version !== version) {
    return `${alias} is not at its catalog's version`;
  }
  const broken =
    semver.validRange(specifier) !== null && !semver.satisfies(version, specifier, true);
  return broken ? `${alias} ${version} is outside ${specifier}` : undefined;
}

/** A link by path must lead to a project, and a `workspace:` one to the project of that name and version. */
function staleLink(
  alias: string,
  specifier: string,
  ref: string,
  from: string,
  ids: ReadonlySet<string>,
  projects: readonly Project[],
): boolean {
  const target = linkedProject(ref, from, ids);
  const project = projects.find(({ id }) => id === target);
  if (project === undefined) return true;
  const range = /^workspace:(?!\.)(?:(.+)@)?([^@]*)$/.exec(specifier);
  if (range === null) return false;
  const [, name = alias, versions = "*"] = range;
  if (project.manifest.name !== name) return true;
  if (["*", "^", "~", ""].includes(versions)) return false;
  return !semver.satisfies(project.manifest.version ?? "0.0.0", versions, true);
}

/** An edge of the graph that leads nowhere: such a lockfile cannot be installed from. */
function brokenEdge(lockfile: LockfileObject): string | undefined {
  for (const [from, snapshot] of Object.entries(packagesOf(lockfile))) {
    if (!Object.hasOwn(snapshot, "resolution")) return `${from} has no entry`;
    const edges = { ...snapshot.dependencies, ...snapshot.optionalDependencies };
    for (const [alias, ref] of Object.entries(edges)) {
      if (ref.startsWith("link:") || hasPackage(lockfile, depPath(alias, ref))) continue;
      return `${from} leads to ${depPath(alias, ref)}, which has no entry`;
    }
  }
  return undefined;
}

/** A reference is a version of the alias itself, or a whole `name@version`. */
function depPath(alias: string, ref: string): string {
  const bare = ref.replace(/\(.*$/s, "");
  return bare.includes("@", 1) ? ref : `${alias}@${ref}`;
}

function hasPackage(lockfile: LockfileObject, key: string): boolean {
  return Object.hasOwn(packagesOf(lockfile), key);
}
