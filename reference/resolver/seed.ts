import { convertToLockfileObject } from "@pnpm/lockfile.fs";
import semver from "semver";
import { extensionsChecksum } from "./manifest-hooks.ts";
import { overridesMap } from "./overrides.ts";
import type { Settings } from "./settings.ts";

export type LockfileObject = ReturnType<typeof convertToLockfileObject>;
export type LockfileImporter = LockfileObject["importers"][keyof LockfileObject["importers"]];
type LockfilePackage = NonNullable<LockfileObject["packages"]>[keyof NonNullable<
  LockfileObject["packages"]
>];
type LockfileFile = Parameters<typeof convertToLockfileObject>[0];

interface WantedDependency {
  readonly alias?: string | undefined;
  readonly bareSpecifier?: string | undefined;
}

/** The lockfile that a resolve starts from: the request's, with what no longer holds forgotten. */
export function seedLockfile(settings: Settings, projectIds: readonly string[]): LockfileObject {
  const seed = readSeed(settings.lockfile);
  const importers: Record<string, LockfileImporter> = {};
  for (const id of projectIds) importers[id] = importerOf(seed, id) ?? { specifiers: {} };
  const packages = settings.fixLockfile ? bareSnapshots(seed) : seed.packages;
  const overrides = overridesMap(settings.overrides);
  const checksum = extensionsChecksum(settings.packageExtensions);
  return {
    lockfileVersion: "9.0",
    settings: {
      autoInstallPeers: settings.autoInstallPeers,
      ...(settings.dedupePeers ? { dedupePeers: true } : {}),
      excludeLinksFromLockfile: settings.excludeLinksFromLockfile,
      peersSuffixMaxLength: 1000,
      injectWorkspacePackages: false,
    },
    ...(seed.catalogs === undefined ? {} : { catalogs: seed.catalogs }),
    ...(overrides === undefined ? {} : { overrides }),
    ...(checksum === undefined ? {} : { packageExtensionsChecksum: checksum }),
    importers,
    packages: packages ?? {},
    ...(seed.time === undefined ? {} : { time: seed.time }),
  };
}

/** Lets go of the locked versions of direct dependencies whose specifier has changed. */
export function forgetChanged(
  lockfile: LockfileObject,
  projectId: string,
  wanted: readonly WantedDependency[],
  catalogs: Settings["catalogs"],
): void {
  const importer = importerOf(lockfile, projectId);
  if (importer === undefined) return;
  const dependencies = (importer.dependencies ??= {});
  const devDependencies = (importer.devDependencies ??= {});
  const optionalDependencies = (importer.optionalDependencies ??= {});
  for (const { alias, bareSpecifier } of wanted) {
    if (alias === undefined) continue;
    const unchanged = importer.specifiers[alias] === bareSpecifier;
    if (unchanged && !catalogChanged(lockfile, importer, catalogs, alias)) continue;
    if (dependencies[alias]?.startsWith("link:") !== true)
      Reflect.deleteProperty(dependencies, alias);
    Reflect.deleteProperty(devDependencies, alias);
    Reflect.deleteProperty(optionalDependencies, alias);
  }
}

/** A lockfile of another major version is no seed at all, as pnpm has it. */
export function readSeed(written: Settings["lockfile"]): LockfileObject {
  if (written === undefined || !String(written["lockfileVersion"]).startsWith("9.")) {
    return { lockfileVersion: "9.0", importers: {}, packages: {} };
  }
  // The conversion edits what it is given. Its shape is what the wire calls the on-disk format.
  return convertToLockfileObject(structuredClone(written) as unknown as LockfileFile);
}

function importerOf(lockfile: LockfileObject, id: string): LockfileImporter | undefined {
  const importers: Record<string, LockfileImporter> = lockfile.importers;
  return Object.hasOwn(importers, id) ? importers[id] : undefined;
}

/** `fixLockfile` believes which version was locked and how it was linked, and asks for the rest again. */
function bareSnapshots(seed: LockfileObject): LockfileObject["packages"] {
  const bare = Object.entries(packagesOf(seed)).map(([depPath, snapshot]) => {
    const { dependencies, optionalDependencies, resolution } = snapshot;
    const kept = {
      resolution,
      ...(dependencies === undefined ? {} : { dependencies }),
      ...(optionalDependencies === undefined ? {} : { optionalDependencies }),
    };
    return [depPath, kept];
  });
  return Object.fromEntries(bare) as NonNullable<LockfileObject["packages"]>;
}

function catalogChanged(
  lockfile: LockfileObject,
  importer: LockfileImporter,
  catalogs: Settings["catalogs"],
  alias: string,
): boolean {
  const name = catalogNameOf(importer.specifiers[alias]);
  if (name === undefined) return false;
  const locked = lockfile.catalogs?.[name]?.[alias];
  if (locked?.specifier !== catalogs[name]?.[alias]) return true;
  const { dependencies, devDependencies, optionalDependencies } = importer;
  const ref = dependencies?.[alias] ?? devDependencies?.[alias] ?? optionalDependencies?.[alias];
  const version = ref?.replace(/\(.*$/s, "");
  return semver.valid(version) !== null && locked !== undefined && version !== locked.version;
}

/** The catalog that a `catalog:` specifier names, or undefined for any other specifier. */
export function catalogNameOf(specifier: string | undefined): string | undefined {
  if (specifier?.startsWith("catalog:") !== true) return undefined;
  return specifier.slice("catalog:".length).trim() || "default";
}

/** The packages by their plain keys. */
export function packagesOf(lockfile: LockfileObject): Readonly<Record<string, LockfilePackage>> {
  return (lockfile.packages ?? {}) as Readonly<Record<string, LockfilePackage>>;
}

/** A reference is a version of the alias itself, or a whole `name@version`. */
export function depPathOf(alias: string, ref: string): string {
  const bare = ref.replace(/\(.*$/s, "");
  return bare.includes("@", 1) ? ref : `${alias}@${ref}`;
}

export function hasPackage(lockfile: LockfileObject, key: string): boolean {
  return Object.hasOwn(packagesOf(lockfile), key);
}
