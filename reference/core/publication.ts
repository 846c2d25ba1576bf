import { valid, validRange } from "semver";
import ssri from "ssri";
import { sha1Hex, sha512Integrity } from "../../wire/digest.ts";
import type { HostedTarball, HostedVersion } from "../ports.ts";
import { isRefusal, refuse } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

/** What a client put, checked: the document of `npm publish`, `npm deprecate` or `npm unpublish`. */
export interface Publication {
  readonly name: string;
  /** The revision that the client had read, if it said so. */
  readonly revision: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Versions whose content came along, held against their digests. */
  readonly fresh: readonly FreshVersion[];
  /** Versions without content: they must be there already. */
  readonly known: readonly KnownVersion[];
}

export interface FreshVersion {
  readonly version: HostedVersion;
  readonly tarball: HostedTarball;
}

export interface KnownVersion {
  readonly version: string;
  /** What it now says of itself; null where it is not deprecated, undefined where nothing is said. */
  readonly deprecated: string | null | undefined;
}

/** Reads a publish document of the package that the path names. Content without its digest is refused. */
export function readPublication(name: string, body: unknown): Publication | Refusal {
  if (!isRecord(body) || !isRecord(body["versions"])) {
    return malformed("not a publish document: it has no versions");
  }
  if (body["name"] !== name || (body["_id"] ?? name) !== name) {
    return malformed("the document names another package than the path");
  }
  const tags = readTags(body["dist-tags"] ?? {});
  if (isRefusal(tags)) return tags;
  const contents = readContents(name, body["_attachments"] ?? {});
  if (isRefusal(contents)) return contents;
  const fresh: FreshVersion[] = [];
  const known: KnownVersion[] = [];
  for (const [version, manifest] of Object.entries(body["versions"])) {
    const checked = checkManifest(name, version, manifest);
    if (isRefusal(checked)) return checked;
    const bytes = contents.get(version);
    contents.delete(version);
    if (bytes === undefined) {
      known.push({ version, deprecated: deprecationOf(checked) });
      continue;
    }
    const made = freshVersion(name, version, checked, bytes);
    if (isRefusal(made)) return made;
    fresh.push(made);
  }
  if (contents.size > 0) return malformed("an attachment belongs to none of the versions");
  const revision = typeof body["_rev"] === "string" ? body["_rev"] : null;
  return { name, revision, tags, fresh, known };
}

/** Whether a dist-tag may have this name: one that reads as a version range would shadow versions. */
export function isTagName(tag: string): boolean {
  if (tag.length > 128 || !/^[A-Za-z0-9_][A-Za-z0-9._~-]*$/.test(tag)) return false;
  return validRange(tag) === null;
}

/** The file under which a version's tarball is served. */
export function tarballName(name: string, version: string): string {
  return `${name.slice(name.indexOf("/") + 1)}-${version}.tgz`;
}

function readTags(value: unknown): Readonly<Record<string, string>> | Refusal {
  if (!isRecord(value)) return malformed("dist-tags: not an object");
  const tags: [string, string][] = [];
  for (const [tag, version] of Object.entries(value)) {
    if (!isTagName(tag) || typeof version !== "string") {
      return malformed(`dist-tags: "${tag.slice(0, 100)}" is not a tag of a version`);
    }
    tags.push([tag, version]);
  }
  return Object.fromEntries(tags);
}

/** The attached tarballs by version: clients name them `NAME-VERSION.tgz`, scope and all. */
function readContents(name: string, value: unknown): Map<string, Uint8Array> | Refusal {
  if (!isRecord(value)) return malformed("_attachments: not an object");
  const contents = new Map<string, Uint8Array>();
  for (const [file, attachment] of Object.entries(value)) {
    const version = file.startsWith(`${name}-`)
      ? /^(.+)\.tgz$/.exec(file.slice(name.length + 1))?.[1]
      : undefined;
    if (version === undefined) return malformed(`_attachments: not NAME-VERSION.tgz of "${name}"`);
    if (!isRecord(attachment) || typeof attachment["data"] !== "string") {
      return malformed(`version ${version.slice(0, 100)}: its attachment has no data`);
    }
    const bytes = Buffer.from(attachment["data"], "base64");
    const { length = bytes.byteLength } = attachment;
    if (bytes.byteLength === 0 || length !== bytes.byteLength) {
      return malformed(`version ${version.slice(0, 100)}: its attachment was cut`);
    }
    contents.set(version, bytes);
  }
  return contents;
}

type Manifest = Readonly<Record<string, unknown>>;

function checkManifest(name: string, version: string, manifest: unknown): Manifest | Refusal {
  if (valid(version) !== version) {
    return malformed(`"${version.slice(0, 100)}" is not a semantic version`);
  }
  if (!isRecord(manifest) || manifest["name"] !== name || manifest["version"] !== version) {
    return malformed(`version ${version}: the manifest is of another package or version`);
  }
  return manifest;
}

function deprecationOf(manifest: Manifest): string | null | undefined {
  const { deprecated } = manifest;
  if (typeof deprecated !== "string") return undefined;
  return deprecated === "" ? null : deprecated;
}

/** Content is held against every digest that came with it before anything is stored. */
function freshVersion(
  name: string,
  version: string,
  manifest: Manifest,
  bytes: Uint8Array,
): FreshVersion | Refusal {
  const dist = isRecord(manifest["dist"]) ? manifest["dist"] : {};
  const { integrity, shasum } = dist;
  if (integrity === undefined && shasum === undefined) {
    return malformed(`version ${version}: no digest of the tarball came along`);
  }
  const shasumHolds = shasum === undefined || shasum === sha1Hex(bytes);
  if (!shasumHolds || !(integrity === undefined || integrityHolds(bytes, integrity))) {
    return malformed(`version ${version}: the tarball is not the one that its digest names`);
  }
  const file = tarballName(name, version);
  const made = { integrity: sha512Integrity(bytes), shasum: sha1Hex(bytes), file };
  return {
    version: { ...manifest, name, version, dist: made },
    tarball: { file, bytes },
  };
}

/** Text that names no digest we know holds for nothing. */
function integrityHolds(bytes: Uint8Array, integrity: unknown): boolean {
  return typeof integrity === "string" && ssri.checkData(Buffer.from(bytes), integrity) !== false;
}

function malformed(message: string): Refusal {
  return refuse("malformed", message);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
