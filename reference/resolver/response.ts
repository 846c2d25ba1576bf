import path from "node:path";
import type { FetchedTarball, PackageFrame } from "../ports.ts";
import { Declined, unsupported } from "./failure.ts";
import type { PackageResponse, Picked, RequestOptions } from "./library.ts";
import { REFUSED_TARBALL, slimManifest } from "./packument.ts";
import type { Project } from "./projects.ts";

/**
 * A version from a registry, or a project of the workspace. Throws `Declined` for what cannot be
 * locked.
 */
export function responseFor(picked: Picked, options: RequestOptions): PackageResponse {
  const { resolution } = picked;
  const previous = options.currentPkg?.resolution;
  const previousIntegrity = integrityOf(previous);
  const changed =
    previousIntegrity !== undefined &&
    integrityOf(resolution) !== undefined &&
    previousIntegrity !== integrityOf(resolution);
  const updated = options.currentPkg?.id !== picked.id || previous === undefined || changed;
  const shared = {
    id: picked.id,
    manifest: ownManifest(picked.manifest),
    resolvedVia: picked.resolvedVia,
    updated,
    ...defined(picked, ["normalizedBareSpecifier", "alias"]),
  };
  if (resolution.type === "directory" && !picked.id.startsWith("file:")) {
    return { body: { ...shared, isLocal: true, resolution } };
  }
  if (resolution.type === undefined) {
    if (resolution.tarball === REFUSED_TARBALL) {
      throw new Declined(
        "ERR_PNPR_TARBALL_REFUSED",
        `${picked.id} has a tarball URL that is not served`,
      );
    }
    if (!updated && resolution.integrity === undefined && previousIntegrity !== undefined) {
      resolution.integrity = previousIntegrity;
    }
    if (resolution.integrity === undefined) {
      throw unsupported("dependencies", `${picked.id} has no integrity in its registry`);
    }
  }
  const rest = defined(picked, ["latest", "publishedAt", "policyViolation"]);
  // Which machine the client installs on is not known here, so nothing counts as not installable.
  return { body: { ...shared, ...rest, isLocal: false, isInstallable: true, resolution } };
}

function integrityOf(resolution: object | undefined): string | undefined {
  if (resolution === undefined || !("integrity" in resolution)) return undefined;
  return typeof resolution.integrity === "string" ? resolution.integrity : undefined;
}

/** The library edits the manifests that it is given, one level deep. */
function ownManifest<M extends object>(manifest: M): M {
  const entries = Object.entries(manifest).map(([field, value]: [string, unknown]) => {
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    return [field, isMap ? { ...value } : value];
  });
  return Object.fromEntries(entries) as M;
}

function defined<T extends object, K extends keyof T>(
  from: T,
  keys: readonly K[],
): Partial<Pick<T, K>> {
  const some: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) some[key] = from[key];
  return some;
}

/** One of the request's own projects, reached by a path. */
export function linkedResponse(project: Project, options: RequestOptions): PackageResponse {
  const { rootDir, manifest } = project;
  const id = `link:${path.posix.relative(options.projectDir, rootDir)}`;
  const version = manifest.version ?? "0.0.0";
  const name = manifest.name ?? path.posix.basename(rootDir);
  return {
    body: {
      id: id as PackageResponse["body"]["id"],
      isLocal: true,
      manifest: { ...manifest, name, version },
      resolution: { type: "directory", directory: rootDir },
      resolvedVia: "local-filesystem",
      updated: options.currentPkg?.id !== id,
      // The library would read the version of a linked peer provider from a disk.
      ...(manifest.version === undefined ? {} : { normalizedBareSpecifier: manifest.version }),
    },
  };
}

/** What a dependency came to that names a tarball by its URL. */
export function tarballResponse(
  specifier: string,
  { url, integrity, manifest }: FetchedTarball,
  options: RequestOptions,
): PackageResponse {
  const id = url as PackageResponse["body"]["id"];
  const isLocked = options.currentPkg?.id === id;
  return {
    body: {
      id,
      isLocal: false,
      isInstallable: true,
      manifest: slimManifest(manifest),
      resolution: { tarball: url, integrity },
      resolvedVia: "url",
      updated: !isLocked || integrityOf(options.currentPkg?.resolution) !== integrity,
      normalizedBareSpecifier: specifier,
    },
  };
}

/** The frame of such a package. */
export function tarballFrame({ url, integrity, manifest }: FetchedTarball): PackageFrame {
  const { name, version } = manifest;
  return { type: "package", id: `${name}@${url}`, name, version, integrity, tarball: url };
}

/** What a client hears of a package; undefined for what has no tarball. */
export function frameOf({ id, manifest, resolution }: Picked): PackageFrame | undefined {
  if (resolution.type !== undefined) return undefined;
  const { dist } = manifest as { readonly dist?: Readonly<Record<string, unknown>> };
  const { unpackedSize, fileCount } = { ...dist };
  return {
    type: "package",
    id,
    name: manifest.name,
    version: manifest.version,
    ...(resolution.integrity === undefined ? {} : { integrity: resolution.integrity }),
    tarball: resolution.tarball,
    ...(typeof unpackedSize === "number" ? { unpackedSize } : {}),
    ...(typeof fileCount === "number" ? { fileCount } : {}),
  };
}
