import type { PackageMeta } from "@pnpm/resolving.npm-resolver";
import type { FetchedMetadata, FetchedTarball } from "../ports.ts";
import { jsonMembers, parseSlice } from "./json-slices.ts";
import { routeTarball } from "../core/tarballs.ts";

/** Stands for a tarball URL that no client may see; whoever picks that version fails. */
export const REFUSED_TARBALL = "refused:";

/** What is parsed at once at the most: thirty times this fits what a full heap still gives. */
const SLICE_BYTES = 256 * 1024;

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

/**
 * Reads a packument for the resolver, its tarballs already routed; undefined for what is no JSON
 * object.
 */
export function parsePackument(
  name: string,
  body: Uint8Array,
  routing: FetchedMetadata["tarballs"],
): PackageMeta | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  try {
    return slimDocument(
      name,
      bytes.length <= SLICE_BYTES ? wholeOf(bytes) : slicesOf(bytes),
      routing,
    );
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A packument before it is slimmed. A large one has its versions read one by one. */
interface Written {
  readonly fields: Json;
  readonly versions: Iterable<readonly [version: string, manifest: unknown]>;
}

function slimDocument(
  name: string,
  { fields, versions: written }: Written,
  routing: FetchedMetadata["tarballs"],
): PackageMeta {
  // Versions must have their names before they are read, and a large document may say its own at the end.
  const documentName = typeof fields["name"] === "string" ? fields["name"] : name;
  // Without a prototype, so that a version named `__proto__` is a key like any other.
  const versions = Object.create(null) as Record<string, Version>;
  for (const [version, manifest] of written) {
    versions[version] = slimVersion(documentName, objectOr(manifest), routing);
  }
  const time = completeTime(fields["time"], versions);
  return {
    name: documentName,
    "dist-tags": objectOr(fields["dist-tags"]) as Record<string, string>,
    versions,
    ...(time === undefined ? {} : { time: time as NonNullable<PackageMeta["time"]> }),
    ...(typeof fields["modified"] === "string" ? { modified: fields["modified"] } : {}),
  };
}

function wholeOf(bytes: Buffer): Written {
  const value = parseSlice(bytes, 0, bytes.length);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError();
  const fields = value as Json;
  return { fields, versions: Object.entries(objectOr(fields["versions"])) };
}

function slicesOf(bytes: Buffer): Written {
  const fields: Record<string, unknown> = {};
  let versions: Written["versions"] = [];
  for (const { key, start, end } of jsonMembers(bytes, 0)) {
    if (key === "versions") versions = slicedMap(bytes, start);
    else if (key === "time" || key === "dist-tags") {
      fields[key] = Object.fromEntries(slicedMap(bytes, start));
    } else if (key === "name" || key === "modified") fields[key] = limitedSlice(bytes, start, end);
  }
  return { fields, versions };
}

function* slicedMap(bytes: Buffer, at: number): Generator<readonly [string, unknown]> {
  for (const { key, start, end } of jsonMembers(bytes, at)) {
    yield [key, limitedSlice(bytes, start, end)];
  }
}

function limitedSlice(bytes: Buffer, start: number, end: number): unknown {
  if (end - start > SLICE_BYTES)
    throw new SyntaxError("a value is larger than any that makes sense");
  return parseSlice(bytes, start, end);
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

/**
 * The same of a tarball's own `package.json`, which no registry has looked at: what is of another type than
 * the resolver reads is left out.
 */
export function slimManifest(manifest: FetchedTarball["manifest"]): FetchedTarball["manifest"] {
  const { name, version } = manifest;
  const maps = ["dependencies", "optionalDependencies", "peerDependencies"].flatMap((field) => {
    const entries = Object.entries(objectOr(manifest[field]));
    const strings = entries.filter(([, value]) => typeof value === "string");
    return strings.length === 0 ? [] : [[field, Object.fromEntries(strings)] as const];
  });
  const lists = ["bundleDependencies", "bundledDependencies", "cpu", "os", "libc"].flatMap(
    (field) => (Array.isArray(manifest[field]) ? [[field, manifest[field]] as const] : []),
  );
  const others = picked(manifest, ["bin", "engines", "directories", "peerDependenciesMeta"]);
  const typed = Object.fromEntries<unknown>([...maps, ...lists]);
  return { ...others, ...typed, name, version };
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

function objectOr(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
