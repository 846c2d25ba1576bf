import { isDeepStrictEqual } from "node:util";
import { Declined } from "./failure.ts";
import { createExtender, extensionsChecksum } from "./manifest-hooks.ts";
import { overrideManifest, overridesMap } from "./overrides.ts";
import { readProjects } from "./projects.ts";
import { depPathOf, hasPackage, packagesOf, readSeed, type LockfileObject } from "./seed.ts";
import { readSettings, type Settings } from "./settings.ts";
import { staleImporters } from "./stale-importers.ts";

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

/**
 * Settings that the lockfile records. What it records and a request has no word for is a reason as
 * well.
 */
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

/** An edge of the graph that leads nowhere: such a lockfile cannot be installed from. */
function brokenEdge(lockfile: LockfileObject): string | undefined {
  for (const [from, snapshot] of Object.entries(packagesOf(lockfile))) {
    if (!Object.hasOwn(snapshot, "resolution")) return `${from} has no entry`;
    const edges = { ...snapshot.dependencies, ...snapshot.optionalDependencies };
    for (const [alias, ref] of Object.entries(edges)) {
      if (ref.startsWith("link:") || hasPackage(lockfile, depPathOf(alias, ref))) continue;
      return `${from} leads to ${depPathOf(alias, ref)}, which has no entry`;
    }
  }
  return undefined;
}
