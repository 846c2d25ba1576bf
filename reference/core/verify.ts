import ssri from "ssri";
import { nameMatches } from "./names.ts";
import { nameAndVersion } from "./lockfile-routes.ts";
import type { Honoured, LockfilePackage } from "./request.ts";

/** One way in which a locked package does not hold. */
export interface LockViolation {
  readonly name: string;
  readonly version: string;
  readonly code: string;
  readonly reason: string;
}

/** Whether verification has to know when versions were published: only full metadata is sure to say. */
export function needsTimes(honoured: Honoured): boolean {
  return minutesOf(honoured) > 0;
}

/**
 * What a registry's own words say against the locked versions of one package: that it does not have them,
 * that it has other bytes under them, or that they are younger than the policy allows.
 */
export function violationsOf(
  honoured: Honoured,
  now: number,
  name: string,
  entries: readonly (readonly [string, LockfilePackage])[],
  packument: Uint8Array | null,
): readonly LockViolation[] {
  const document = packument === null ? null : parse(packument);
  return entries.flatMap(([key, entry]): LockViolation[] => {
    const version = nameAndVersion(key)?.version ?? entry.version ?? "";
    const said = document?.versions?.[version];
    const violation = (code: string, reason: string): LockViolation[] => [
      { name, version, code, reason },
    ];
    if (said === undefined) {
      return violation("VERSION_NOT_FOUND", "the registry does not have this version");
    }
    const locked = entry.resolution?.integrity;
    if (
      locked !== undefined &&
      said.dist?.integrity !== undefined &&
      locked !== said.dist.integrity
    ) {
      return violation("INTEGRITY_MISMATCH", "the registry has other content under this version");
    }
    const young = tooYoung(honoured, now, name, version, document?.time?.[version]);
    return young === null ? [] : violation("MINIMUM_RELEASE_AGE_VIOLATION", young);
  });
}

/** The same of a tarball that the lockfile names by its URL. */
export function tarballViolation(
  key: string,
  entry: LockfilePackage,
  there: { readonly integrity: string; readonly manifest: { readonly version: string } },
): readonly LockViolation[] {
  const name = key.slice(0, key.indexOf("@", 1));
  const { version = there.manifest.version } = entry;
  const locked = entry.resolution?.integrity;
  if (locked === undefined || ssri.parse(there.integrity).match(locked) !== false) return [];
  const reason = "there is other content at its URL";
  return [{ name, version, code: "INTEGRITY_MISMATCH", reason }];
}

interface Packument {
  readonly versions?: Readonly<Record<string, { readonly dist?: { readonly integrity?: string } }>>;
  readonly time?: Readonly<Record<string, string>>;
}

function parse(bytes: Uint8Array): Packument {
  return JSON.parse(Buffer.from(bytes).toString("utf8")) as Packument;
}

function minutesOf(honoured: Honoured): number {
  const minutes = honoured["minimumReleaseAge"];
  return typeof minutes === "number" ? minutes : 0;
}

function tooYoung(
  honoured: Honoured,
  now: number,
  name: string,
  version: string,
  published: string | undefined,
): string | null {
  const minutes = minutesOf(honoured);
  if (minutes <= 0 || isExcluded(honoured["minimumReleaseAgeExclude"], name, version)) return null;
  if (published === undefined) {
    return honoured["minimumReleaseAgeIgnoreMissingTime"] === false
      ? "the registry does not say when it was published"
      : null;
  }
  const ageMinutes = (now - Date.parse(published)) / 60_000;
  return ageMinutes < minutes ? `published less than ${minutes} minutes ago` : null;
}

/** An entry is a name pattern, alone or with versions: `name@1.0.0 || 1.0.1`. */
function isExcluded(list: unknown, name: string, version: string): boolean {
  if (!Array.isArray(list)) return false;
  return list.some((entry) => {
    if (typeof entry !== "string") return false;
    const at = entry.indexOf("@", 1);
    if (at === -1) return nameMatches(entry, name);
    const versions = entry.slice(at + 1).split("||");
    return entry.slice(0, at) === name && versions.some((one) => one.trim() === version);
  });
}
