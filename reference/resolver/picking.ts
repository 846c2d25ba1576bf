import {
  BUILTIN_REGISTRIES_BY_PREFIX,
  createNpmResolver,
  parseBareSpecifier,
} from "@pnpm/resolving.npm-resolver";
import type {
  NpmOptions,
  NpmResolver,
  Picked,
  Registries,
  RequestOptions,
  Wanted,
} from "./library.ts";
import type { MetadataSource } from "./metadata-source.ts";
import type { Settings } from "./settings.ts";

export interface PickerParts {
  readonly settings: Settings;
  readonly registriesByScope: Registries;
  readonly source: MetadataSource;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether the policies of the request need full packuments throughout. */
  readonly alwaysFull: boolean;
}

/** Picks versions by the library's rules, from our metadata and by the job's clock. */
export interface Picker {
  /** Null for a specifier that no registry answers. Rejects with the library's errors. */
  pick(wanted: Wanted, options: RequestOptions): Promise<Picked | null>;
  forget(): void;
}

export function createPicker(parts: PickerParts): Picker {
  const { settings, registriesByScope, source, alwaysFull } = parts;
  const npm = createNpmResolver(source.fetchFromRegistry, () => undefined, {
    // No path can hold a NUL: every look at the library's disk cache fails before it reaches a disk.
    cacheDir: "\0",
    metaCache: source.metaCache,
    registriesByScope,
    registriesByPrefix: settings.registriesByPrefix,
    retry: { retries: 0 },
    fullMetadata: alwaysFull,
    filterMetadata: alwaysFull,
    ignoreMissingTimeField: settings.minimumReleaseAgeIgnoreMissingTime,
    saveWorkspaceProtocol: "rolling",
  });
  return {
    async pick(wanted, options) {
      const npmOptions = optionsFor(parts, options);
      await prepareMetadata(parts, wanted, npmOptions);
      return judgedByAge(parts, await pickTrusted(parts, npm, wanted, npmOptions));
    },
    forget() {
      npm.clearCache();
    },
  };
}

/** Every registry that a request may lead to, each ending in a slash. */
export function reachableRegistries(
  settings: Settings,
  registriesByScope: Readonly<Record<string, string>>,
): readonly string[] {
  const builtin = Object.entries(BUILTIN_REGISTRIES_BY_PREFIX)
    .filter(([prefix]) => settings.registriesByPrefix[prefix] === undefined)
    .map(([, url]) => (url.endsWith("/") ? url : `${url}/`));
  return [
    ...Object.values(registriesByScope),
    ...Object.values(settings.registriesByPrefix),
    ...builtin,
  ];
}

function optionsFor(parts: PickerParts, options: RequestOptions): NpmOptions {
  const { currentPkg, update } = options;
  const { settings } = parts;
  const known =
    currentPkg?.id !== undefined && currentPkg.resolution !== undefined
      ? { ...currentPkg, id: currentPkg.id, resolution: currentPkg.resolution }
      : undefined;
  const publishedBy = cutoff(settings, parts.now, options.publishedBy);
  return {
    ...options,
    currentPkg: known,
    preferredVersions:
      (update ?? false) === false ? preferLocked(known, options) : options.preferredVersions,
    publishedBy,
    trustPolicy: settings.trustPolicy,
    dryRun: true,
  } as NpmOptions;
}

/**
 * A copy of the library's table would lose what it inherits from the tables above it, so most get it
 * as it is.
 */
function preferLocked(
  locked: { readonly name?: string; readonly version?: string } | undefined,
  { preferredVersions }: RequestOptions,
): RequestOptions["preferredVersions"] {
  if (locked?.name === undefined || locked.version === undefined) return preferredVersions;
  return { ...preferredVersions, [locked.name]: { [locked.version]: "version" } };
}

/**
 * The library would count the release age from the machine's clock, so it is counted here, from the
 * job's.
 */
function cutoff(
  { minimumReleaseAge }: Settings,
  now: number,
  other: Date | undefined,
): Date | undefined {
  if (minimumReleaseAge === 0) return other;
  const own = youngest(minimumReleaseAge, now);
  return other !== undefined && other < own ? other : own;
}

function youngest(minimumReleaseAge: number, now: number): Date {
  return new Date(now - minimumReleaseAge * 60_000);
}

/**
 * The library takes every cutoff for that of the release age. What is only younger than the time of a
 * time-based resolve, because nothing older fits, violates nothing.
 */
function judgedByAge({ settings, now }: PickerParts, picked: Picked | null): Picked | null {
  if (picked?.policyViolation === undefined || picked.publishedAt === undefined) return picked;
  const { minimumReleaseAge } = settings;
  const old = new Date(picked.publishedAt) <= youngest(minimumReleaseAge, now);
  if (minimumReleaseAge !== 0 && !old) return picked;
  const { policyViolation: _none, ...innocent } = picked;
  return innocent;
}

/** Asks for what the library is about to look up, so that it finds it parsed. */
async function prepareMetadata(
  { registriesByScope, source, alwaysFull }: PickerParts,
  wanted: Wanted,
  { publishedBy, publishedByExclude, defaultTag = "latest" }: NpmOptions,
): Promise<void> {
  const { alias, bareSpecifier, optional = false } = wanted;
  if (bareSpecifier?.startsWith("workspace:") === true) return;
  const registry = registryFor(registriesByScope, alias, bareSpecifier);
  const name =
    bareSpecifier === undefined || bareSpecifier === ""
      ? alias
      : parseBareSpecifier(bareSpecifier, alias, defaultTag, registry)?.name;
  if (name === undefined || (name.includes("/") && !name.startsWith("@"))) return;
  await source.prepare({
    registry,
    name,
    full: optional || alwaysFull,
    publishedBy: publishedByExclude?.(name) === true ? undefined : publishedBy,
  });
}

/** A scope's registry, by the name that is fetched rather than by the alias it goes under. */
function registryFor(
  registries: Registries,
  alias: string | undefined,
  bareSpecifier: string | undefined,
): string {
  if (alias === undefined) return registries.default;
  const name = bareSpecifier?.startsWith("npm:") === true ? bareSpecifier.slice(4) : alias;
  const scope = /^(@[^/]*)\//.exec(name)?.[1];
  return (scope === undefined ? undefined : registries[scope]) ?? registries.default;
}

async function pickTrusted(
  { settings, now }: PickerParts,
  npm: NpmResolver,
  wanted: Wanted,
  options: NpmOptions,
): Promise<Picked | null> {
  const ask = async (asked: NpmOptions): Promise<Picked | null> =>
    (await npm.resolveFromNpm(wanted, asked)) ??
    (await npm.resolveFromJsr(wanted, asked)) ??
    (await npm.resolveFromNamedRegistry(wanted, asked));
  const ageLimitMs = settings.trustPolicyIgnoreAfter * 60_000;
  if (settings.trustPolicy === "off" || ageLimitMs === 0) return ask(options);
  // As with the release age: which version is too old to be checked is told by the job's clock.
  const unchecked = await ask({ ...options, trustPolicy: "off" });
  const publishedAt = new Date(unchecked?.publishedAt ?? NaN).getTime();
  return now - publishedAt > ageLimitMs ? unchecked : ask(options);
}
