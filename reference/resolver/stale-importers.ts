import { isDeepStrictEqual } from "node:util";
import semver from "semver";
import type { Project } from "./projects.ts";
import {
  catalogNameOf,
  depPathOf,
  hasPackage,
  type LockfileImporter,
  type LockfileObject,
} from "./seed.ts";
import type { Settings } from "./settings.ts";
import { linkedProject } from "./specifiers.ts";

type Dependencies = Readonly<Record<string, string>>;

const FIELDS = ["dependencies", "devDependencies", "optionalDependencies"] as const;

/** Where the projects want something else than the lockfile has for them, in words; or undefined. */
export function staleImporters(
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
  const key = depPathOf(alias, ref);
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

/**
 * A link by path must lead to a project, and a `workspace:` one to the project of that name and
 * version.
 */
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
