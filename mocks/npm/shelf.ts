import { gzipSync } from "node:zlib";
import { packTarball } from "../../fixtures/packages/tarball.ts";
import type { Tarball } from "../../fixtures/packages/tarball.ts";
import type { Manifest, Package } from "../../fixtures/world.ts";
import { sha256Hex } from "../../wire/digest.ts";
import { utf8 } from "../../wire/message.ts";
import type { TarballHost } from "./tarball-hosts.ts";

/** What a registry has, and what it once made of that. Only `put` and `remove` change what it has. */
export interface Shelf {
  /** What `dist.tarball` starts with, and what it ends in. */
  readonly host: TarballHost;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly packages: Map<string, MockPackage>;
  /** When a package last changed after the registry was opened. */
  readonly changedAt: Map<string, number>;
  readonly rendered: Map<string, Rendered>;
  readonly tarballs: Map<string, Tarball>;
}

export interface MockPackage extends Package {
  readonly versions: Readonly<Record<string, MockManifest>>;
}

/** A manifest, and what is planted in it: `canary` stands in its description, its readme and its tarball. */
export interface MockManifest extends Manifest {
  readonly canary?: string;
}

/** `full` is everything, `abbreviated` what an installer needs. */
export type Form = "full" | "abbreviated";

/** A packument as bytes that are ready to be said. */
export interface Rendered {
  readonly identity: Uint8Array;
  readonly gzip: () => Uint8Array;
  readonly etag: string;
  readonly modifiedAt: number;
}

/** When everything was published that does not say otherwise: older than any release-age policy minds. */
export const LONG_AGO = "2020-01-01T00:00:00.000Z";

export function createShelf(
  host: TarballHost,
  packages: Readonly<Record<string, MockPackage>>,
  now: () => number,
): Shelf {
  return {
    ...{ host, now, packages: new Map(Object.entries(packages)) },
    ...{ changedAt: new Map(), rendered: new Map(), tarballs: new Map() },
  };
}

/** Adds a version, or replaces it, and tags it `latest`. */
export function put(shelf: Shelf, name: string, version: string, manifest: MockManifest): void {
  const before = shelf.packages.get(name);
  shelf.packages.set(name, {
    versions: { ...before?.versions, [version]: manifest },
    tags: { ...before?.tags, latest: version },
  });
  forget(shelf, name);
}

export function remove(shelf: Shelf, name: string): void {
  shelf.packages.delete(name);
  forget(shelf, name);
}

/** Null when there is no such package. */
export function packumentOf(shelf: Shelf, name: string, form: Form): Rendered | null {
  const key = `${form} ${name}`;
  const known = shelf.rendered.get(key);
  if (known !== undefined) return known;
  const found = shelf.packages.get(name);
  if (found === undefined) return null;
  const made = render(shelf, name, found, form);
  shelf.rendered.set(key, made);
  return made;
}

/** The full manifest of a version, or of what a tag points at; null when there is none. */
export function manifestOf(shelf: Shelf, name: string, version: string): object | null {
  const found = shelf.packages.get(name);
  if (found === undefined) return null;
  const tags = tagsOf(found);
  const exact = Object.hasOwn(tags, version) ? (tags[version] ?? version) : version;
  return Object.hasOwn(found.versions, exact) ? manifestIn(shelf, name, exact, "full") : null;
}

/** Null when there is no such version. */
export function tarballOf(shelf: Shelf, name: string, version: string): Tarball | null {
  const versions = shelf.packages.get(name)?.versions ?? {};
  const manifest = Object.hasOwn(versions, version) ? versions[version] : undefined;
  if (manifest === undefined) return null;
  const key = `${name}@${version}`;
  const known = shelf.tarballs.get(key);
  if (known !== undefined) return known;
  const { canary, published: _published, ...fields } = manifest;
  const packed = packTarball({
    "package.json": JSON.stringify({ name, version, ...fields }),
    "README.md": `# ${descriptionOf(name, canary)}\n`,
    "index.js": `module.exports = ${JSON.stringify(canary ?? key)};\n`,
  });
  shelf.tarballs.set(key, packed);
  return packed;
}

/** The version that a tarball's file name stands for, whether or not there is one. */
export function versionIn(name: string, file: string): string | null {
  const prefix = `${unscoped(name)}-`;
  return file.startsWith(prefix) && file.endsWith(".tgz") ? file.slice(prefix.length, -4) : null;
}

function render(shelf: Shelf, name: string, found: MockPackage, form: Form): Rendered {
  const versions = Object.keys(found.versions);
  const time = versions.map((id) => [id, found.versions[id]?.published ?? LONG_AGO] as const);
  const days = time.map(([, at]) => Date.parse(at));
  const modifiedAt = Math.max(...days, shelf.changedAt.get(name) ?? Date.parse(LONG_AGO));
  const modified = new Date(modifiedAt).toISOString();
  const created = new Date(Math.min(...days, modifiedAt)).toISOString();
  const document = {
    ...(form === "full" ? { _id: name } : {}),
    name,
    "dist-tags": tagsOf(found),
    versions: Object.fromEntries(versions.map((id) => [id, manifestIn(shelf, name, id, form)])),
    ...(form === "full"
      ? { readme: readmeOf(name, found), time: { created, modified, ...Object.fromEntries(time) } }
      : { modified }),
  };
  const identity = utf8(JSON.stringify(document));
  let zipped: Uint8Array | null = null;
  return {
    identity,
    gzip: () => (zipped ??= gzipSync(identity)),
    etag: `"${sha256Hex(identity).slice(0, 32)}"`,
    modifiedAt,
  };
}

/** Where nothing is tagged, the version that was named last is the latest. */
function tagsOf({ versions, tags }: MockPackage): Readonly<Record<string, string>> {
  const last = Object.keys(versions).at(-1);
  return { ...(last === undefined ? {} : { latest: last }), ...tags };
}

function manifestIn(shelf: Shelf, name: string, version: string, form: Form): object {
  const manifest = shelf.packages.get(name)?.versions[version] ?? {};
  const { canary, published: _published, ...fields } = manifest;
  const { bytes: _bytes, ...dist } = tarballOf(shelf, name, version) ?? { bytes: null };
  const { baseUrl, query } = shelf.host;
  const url = `${baseUrl}/${name}/-/${unscoped(name)}-${version}.tgz`;
  return {
    name,
    version,
    // Installers are told no descriptions, but whatever is planted has to stand in every form.
    ...(form === "full" || canary !== undefined
      ? { description: descriptionOf(name, canary) }
      : {}),
    ...fields,
    dist: { ...dist, tarball: query === undefined ? url : `${url}?${query}` },
  };
}

function readmeOf(name: string, { versions }: MockPackage): string {
  const canaries = Object.values(versions).map(({ canary }) => canary);
  return `# ${descriptionOf(
    name,
    canaries.findLast((canary) => canary !== undefined),
  )}`;
}

function descriptionOf(name: string, canary: string | undefined): string {
  return canary === undefined ? `the package ${name}` : `the package ${name} ${canary}`;
}

function unscoped(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

/** Every change is a second later than the one before, so that validators tell them apart. */
function forget(shelf: Shelf, name: string): void {
  const before = shelf.changedAt.get(name) ?? Date.parse(LONG_AGO);
  shelf.changedAt.set(name, Math.max(shelf.now(), before + 1_000));
  for (const form of ["full", "abbreviated"]) shelf.rendered.delete(`${form} ${name}`);
  for (const key of shelf.tarballs.keys()) {
    if (key.startsWith(`${name}@`)) shelf.tarballs.delete(key);
  }
}
