import type { PackageMeta } from "@pnpm/resolving.npm-resolver";
import type { FetchedMetadata } from "../ports.ts";
import { routeTarball } from "./routing.ts";

/** Stands for a tarball URL that no client may see; whoever picks that version fails. */
export const REFUSED_TARBALL = "refused:";

type Version = PackageMeta["versions"][string];
type Json = Readonly<Record<string, unknown>>;

/** All that the resolver reads of a version; the rest of a packument is most of its size. */
const VERSION_FIELDS = [
  "version",
  "deprecated",
  "dependencies",
  "optionalDependencies",
  "bundleDependencies",
  "bundledDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "bin",
  "engines",
  "cpu",
  "os",
  "libc",
  "directories",
] as const;
const DIST_FIELDS = [
  "integrity",
  "shasum",
  "revision",
  "revisions",
  "attestations",
  "unpackedSize",
  "fileCount",
] as const;

/** Reads a packument for the resolver, its tarballs already routed; undefined for what is no JSON object. */
export function parsePackument(
  name: string,
  body: Uint8Array,
  routing: FetchedMetadata["tarballs"],
): PackageMeta | undefined {
  const written = jsonObject(body);
  if (written === undefined) return undefined;
  const documentName = typeof written["name"] === "string" ? written["name"] : name;
  // Without a prototype, so that a version named `__proto__` is a key like any other.
  const versions = Object.create(null) as Record<string, Version>;
  for (const [version, manifest] of Object.entries(objectOr(written["versions"]))) {
    versions[version] = slimVersion(documentName, objectOr(manifest), routing);
  }
  const time = completeTime(written["time"], versions);
  return {
    name: documentName,
    "dist-tags": objectOr(written["dist-tags"]) as Record<string, string>,
    versions,
    ...(time === undefined ? {} : { time: time as NonNullable<PackageMeta["time"]> }),
    ...(typeof written["modified"] === "string" ? { modified: written["modified"] } : {}),
  };
}

/** The name is the document's: the library would set it on every version that it picks. */
function slimVersion(name: string, manifest: Json, routing: FetchedMetadata["tarballs"]): Version {
  const dist = objectOr(manifest["dist"]);
  const tarball = routeTarball(dist["tarball"], name, routing) ?? REFUSED_TARBALL;
  const slim: Record<string, unknown> = { name, ...picked(manifest, VERSION_FIELDS) };
  slim["dist"] = { ...picked(dist, DIST_FIELDS), tarball };
  const publisher = picked(objectOr(manifest["_npmUser"]), ["approver", "trustedPublisher"]);
  if (Object.keys(publisher).length > 0) slim["_npmUser"] = publisher;
  return slim as unknown as Version;
}

/** Publish times that leave a version out cannot say what is mature, so they count as none. */
function completeTime(
  time: unknown,
  versions: Readonly<Record<string, unknown>>,
): Json | undefined {
  if (typeof time !== "object" || time === null) return undefined;
  const known = time as Json;
  const complete = Object.keys(versions).every(
    (version) => Object.hasOwn(known, version) && Boolean(known[version]),
  );
  return complete ? known : undefined;
}

function picked(from: Json, fields: readonly string[]): Record<string, unknown> {
  const slim: Record<string, unknown> = {};
  for (const field of fields) {
    if (from[field] !== undefined) slim[field] = from[field];
  }
  return slim;
}

function jsonObject(body: Uint8Array): Json | undefined {
  try {
    const value: unknown = JSON.parse(
      Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString(),
    );
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Json)
      : undefined;
  } catch {
    return undefined;
  }
}

function objectOr(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
