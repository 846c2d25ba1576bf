import path from "node:path";
import type { ImporterToResolve } from "@pnpm/installing.deps-resolver";
import { Declined, VIRTUAL_ROOT } from "./failure.ts";
import type { RequestedProject } from "./settings.ts";
import { declineForeignPaths } from "./specifiers.ts";

/** A project as the library wants it, and the manifest it has after extensions and overrides. */
export interface Project {
  /** Its directory below the root, or `.`; the key of its importer in the lockfile. */
  readonly id: Importer["id"];
  readonly rootDir: Importer["rootDir"];
  readonly manifest: Importer["manifest"];
  readonly originalManifest: Importer["manifest"];
}

type Importer = ImporterToResolve;
type WorkspacePackages = Map<string, Map<string, WorkspacePackage>>;
interface WorkspacePackage {
  readonly rootDir: Importer["rootDir"];
  readonly manifest: Importer["manifest"] & { readonly name: string; readonly version: string };
}

const DEPENDENCY_FIELDS = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
] as const;

/**
 * Throws `Declined` for a directory that climbs out, for two projects in one, and for paths to
 * elsewhere.
 */
export function readProjects(
  requested: readonly RequestedProject[],
  hook: (manifest: Importer["manifest"]) => Importer["manifest"],
): readonly Project[] {
  const ids = new Set<string>();
  for (const { dir } of requested) {
    const id = projectId(dir);
    if (ids.has(id)) throw badDirectory(dir, "is named twice");
    ids.add(id);
  }
  return requested.map((project) => {
    const id = projectId(project.dir);
    const originalManifest = manifestOf(project);
    const manifest = hook(structuredClone(originalManifest));
    for (const field of DEPENDENCY_FIELDS) {
      declineForeignPaths(manifest[field] ?? {}, field, id, ids);
    }
    const rootDir = path.posix.join(VIRTUAL_ROOT, id);
    return {
      id: id as Importer["id"],
      rootDir: rootDir as Importer["rootDir"],
      manifest,
      originalManifest,
    };
  });
}

/** The projects by name and version, for `workspace:` specifiers. */
export function workspacePackages(projects: readonly Project[]): WorkspacePackages {
  const byName: WorkspacePackages = new Map();
  for (const { rootDir, manifest } of projects) {
    const { name, version = "0.0.0" } = manifest;
    if (name === undefined) continue;
    const byVersion = byName.get(name) ?? new Map<string, WorkspacePackage>();
    byVersion.set(version, { rootDir, manifest: { ...manifest, name, version } });
    byName.set(name, byVersion);
  }
  return byName;
}

function projectId(dir: string): string {
  if (/[\\\0]/.test(dir)) throw badDirectory(dir, "has a character that no directory may have");
  if (/^\/|^[a-z]:/i.test(dir)) throw badDirectory(dir, "is absolute");
  const id = path.posix.normalize(dir === "" ? "." : dir).replace(/\/$/, "");
  if (id === ".." || id.startsWith("../")) throw badDirectory(dir, "climbs out of the workspace");
  if (id === "__proto__") throw badDirectory(dir, "is a name that no directory may have");
  return id;
}

function badDirectory(dir: string, why: string): Declined {
  return new Declined(
    "ERR_PNPR_INVALID_PROJECT_DIR",
    `the project directory ${JSON.stringify(dir)} ${why}`,
  );
}

/** Fields that are unset are absent, as they would be in a file. */
function manifestOf(project: RequestedProject): Importer["manifest"] {
  const { name, version, dependenciesMeta } = project;
  const manifest: Importer["manifest"] = {};
  if (name != null) manifest.name = name;
  if (version != null) manifest.version = version;
  for (const field of DEPENDENCY_FIELDS) {
    const dependencies = project[field];
    if (dependencies != null) manifest[field] = dependencies;
  }
  if (dependenciesMeta != null) {
    const entries = Object.entries(dependenciesMeta).map(([alias, { injected }]) => [
      alias,
      injected === undefined ? {} : { injected },
    ]);
    manifest.dependenciesMeta = Object.fromEntries(entries) as Record<
      string,
      { injected?: boolean }
    >;
  }
  return manifest;
}
