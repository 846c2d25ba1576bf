import { compare, prerelease } from "semver";
import { canonicalJson, sha256Hex } from "../../wire/digest.ts";
import type { HostedPackument, HostedTarball, HostedVersion } from "../ports.ts";
import { isTagName } from "./publication.ts";
import type { Publication } from "./publication.ts";
import { refuse } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

/** What becomes of a hosted package: another packument with more tarballs, or nothing at all. */
export type HostedChange =
  | {
      readonly packument: HostedPackument;
      readonly tarballs: readonly HostedTarball[];
    }
  | { readonly packument: null };

/** The package after `npm publish` or `npm deprecate`. `now` is ISO 8601. */
export function published(
  before: HostedPackument | undefined,
  publication: Publication,
  now: string,
): HostedChange | Refusal {
  const { name, fresh, revision } = publication;
  if (revision !== null && revision !== before?._rev) return outdated();
  const versions: Record<string, HostedVersion> = { ...before?.versions };
  const time: Record<string, string> = { created: now, ...before?.time };
  for (const { version } of fresh) {
    if (Object.hasOwn(versions, version.version)) {
      return refuse("conflict", `cannot publish over the existing version ${version.version}`);
    }
    versions[version.version] = version;
    time[version.version] = now;
  }
  const refusal = applyDeprecations(versions, publication);
  if (refusal !== null) return refusal;
  // A document without content is about what is there: tags have a door of their own.
  const tags = { ...before?.["dist-tags"], ...(fresh.length === 0 ? {} : publication.tags) };
  const dangling = Object.entries(tags).find(([, version]) => !Object.hasOwn(versions, version));
  if (dangling !== undefined) {
    return refuse("malformed", `dist-tags: "${dangling[0]}" is of a version that is not there`);
  }
  const content = { name, "dist-tags": withLatest(tags, versions), versions, time };
  return change(before, content, now, fresh);
}

/** The package after `npm unpublish NAME@VERSION`, which puts what shall remain. */
export function narrowed(
  before: HostedPackument | undefined,
  publication: Publication,
  now: string,
): HostedChange | Refusal {
  if (before === undefined) return notFound();
  const { name, fresh, known, revision } = publication;
  if (revision !== before._rev) return outdated();
  if (fresh.length > 0) return refuse("malformed", "a new version is published by the plain path");
  const versions: Record<string, HostedVersion> = {};
  for (const { version } of known) {
    const manifest = Object.hasOwn(before.versions, version) ? before.versions[version] : undefined;
    if (manifest !== undefined) versions[version] = manifest;
  }
  const refusal = applyDeprecations(versions, publication);
  if (refusal !== null) return refusal;
  if (known.length === 0) {
    return refuse("malformed", "no version would remain: remove the package instead");
  }
  const kept = (version: string): boolean => Object.hasOwn(versions, version);
  const gone = new Set(Object.keys(before.versions).filter((version) => !kept(version)));
  const time = Object.entries(before.time).filter(([version]) => !gone.has(version));
  const wanted = { ...before["dist-tags"], ...publication.tags };
  const tags = Object.entries(wanted).filter(([, version]) => kept(version));
  const latest = withLatest(Object.fromEntries(tags), versions);
  const content = { name, "dist-tags": latest, versions, time: Object.fromEntries(time) };
  return change(before, content, now, []);
}

/** The package no more, if it is still the one that the client had read. */
export function removed(
  before: HostedPackument | undefined,
  revision: string,
): HostedChange | Refusal {
  if (before === undefined) return notFound();
  return before._rev === revision ? { packument: null } : outdated();
}

/** The package with a tag put on a version, or (null) taken away. */
export function tagged(
  before: HostedPackument | undefined,
  tag: string,
  version: string | null,
  now: string,
): HostedChange | Refusal {
  if (before === undefined) return notFound();
  const others = Object.entries(before["dist-tags"]).filter(([name]) => name !== tag);
  if (version === null) {
    if (tag === "latest") return refuse("malformed", "latest cannot be taken away, only moved");
    if (!Object.hasOwn(before["dist-tags"], tag)) return notFound();
  } else if (!isTagName(tag)) return refuse("malformed", "not a name for a tag");
  else if (!Object.hasOwn(before.versions, version)) {
    return refuse("malformed", `there is no version to put "${tag}" on`);
  }
  const tags = Object.fromEntries(version === null ? others : [...others, [tag, version]]);
  const { name, versions, time } = before;
  return change(before, { name, "dist-tags": tags, versions, time }, now, []);
}

/** Says of versions that are there whether they are deprecated. Refuses one that is not there. */
function applyDeprecations(
  versions: Record<string, HostedVersion>,
  { known }: Publication,
): Refusal | null {
  for (const { version, deprecated } of known) {
    const manifest = Object.hasOwn(versions, version) ? versions[version] : undefined;
    if (manifest === undefined) return noContent(version);
    if (deprecated === undefined) continue;
    // Undefined is not written: the field goes.
    versions[version] = { ...manifest, deprecated: deprecated ?? undefined };
  }
  return null;
}

/** Every package has a `latest`: the highest version where nobody said which, a release before any other. */
function withLatest(
  tags: Readonly<Record<string, string>>,
  versions: Readonly<Record<string, HostedVersion>>,
): Readonly<Record<string, string>> {
  if (Object.hasOwn(tags, "latest")) return tags;
  const ids = Object.keys(versions).sort(compare);
  const latest = ids.findLast((version) => prerelease(version) === null) ?? ids.at(-1);
  return latest === undefined ? tags : { ...tags, latest };
}

function change(
  before: HostedPackument | undefined,
  content: Pick<HostedPackument, "name" | "dist-tags" | "versions" | "time">,
  now: string,
  fresh: Publication["fresh"],
): HostedChange {
  const dated = { ...content, time: { ...content.time, modified: now } };
  const count = Number(before?._rev.split("-")[0] ?? 0) + 1;
  const _rev = `${count}-${sha256Hex(canonicalJson(dated)).slice(0, 32)}`;
  return {
    packument: { _id: content.name, _rev, ...dated },
    tarballs: fresh.map(({ tarball }) => tarball),
  };
}

function noContent(version: string): Refusal {
  return refuse("malformed", `version ${version}: no tarball of it came along`);
}

function outdated(): Refusal {
  return refuse("conflict", "the package has changed since it was read");
}

function notFound(): Refusal {
  return refuse("not-found", "not found");
}
