import path from "node:path";
import {
  BUILTIN_REGISTRIES_BY_PREFIX,
  createNpmResolver,
  parseBareSpecifier,
} from "@pnpm/resolving.npm-resolver";
import type { resolveDependencies } from "@pnpm/installing.deps-resolver";
import type { PackageFrame } from "../ports.ts";
import type { Breaker } from "./breaker.ts";
import { Declined, unsupported, VIRTUAL_ROOT } from "./failure.ts";
import type { MetadataSource } from "./metadata-source.ts";
import { REFUSED_TARBALL } from "./packument.ts";
import type { Project } from "./projects.ts";
import type { Settings } from "./settings.ts";
import { linkedProject, unserved } from "./specifiers.ts";

type StoreController = Parameters<typeof resolveDependencies>[1]["storeController"];
type RequestPackage = StoreController["requestPackage"];
type Wanted = Parameters<RequestPackage>[0];
type Options = Parameters<RequestPackage>[1];
type Response = Awaited<ReturnType<RequestPackage>>;
type NpmResolver = ReturnType<typeof createNpmResolver>;
type NpmOptions = Parameters<NpmResolver["resolveFromNpm"]>[1];
type Picked = NonNullable<Awaited<ReturnType<NpmResolver["resolveFromNpm"]>>>;

export interface PackageRequestParts {
  readonly settings: Settings;
  readonly projects: readonly Project[];
  readonly registriesByScope: { readonly default: string } & Readonly<Record<string, string>>;
  readonly source: MetadataSource;
  readonly breaker: Breaker;
  readonly onPackage: (frame: PackageFrame) => void;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly alwaysFull: boolean;
}

/** Answers the library's one question: which package does this dependency come to? */
export function createPackageRequests(parts: PackageRequestParts): {
  readonly requestPackage: RequestPackage;
  readonly clearResolutionCache: () => void;
} {
  const { settings, breaker } = parts;
  const npm = createNpmResolver(parts.source.fetchFromRegistry, () => undefined, {
    // No path can hold a NUL: every look at the library's disk cache fails before it reaches a disk.
    cacheDir: "\0",
    metaCache: parts.source.metaCache,
    registriesByScope: parts.registriesByScope,
    registriesByPrefix: settings.registriesByPrefix,
    retry: { retries: 0 },
    fullMetadata: parts.alwaysFull,
    filterMetadata: parts.alwaysFull,
    ignoreMissingTimeField: settings.minimumReleaseAgeIgnoreMissingTime,
    saveWorkspaceProtocol: "rolling",
  });
  const told = new Set<string>();

  const answer = async (wanted: Wanted, options: Options): Promise<Response> => {
    const linked = linkedResponse(parts, wanted, options);
    if (linked !== undefined) return linked;
    declineUnroutedJsr(settings, wanted);
    const npmOptions = optionsFor(parts, options);
    await prepareMetadata(parts, wanted, npmOptions);
    const picked = await pick(parts, npm, wanted, npmOptions);
    breaker.check();
    if (picked === null) throw unservedHere(wanted, options);
    const response = responseFor(picked, options);
    tell(parts, told, picked);
    return response;
  };

  return {
    clearResolutionCache: () => {
      npm.clearCache();
    },
    async requestPackage(wanted, options) {
      breaker.check();
      try {
        return await answer(wanted, options);
      } catch (error) {
        // The library swallows any error of an optional dependency; these must not be.
        if (error instanceof Declined) breaker.trip(error);
        throw error;
      }
    },
  };
}

/** `link:` and `workspace:./path` lead to one of the request's projects, or were declined before. */
function linkedResponse(
  parts: PackageRequestParts,
  wanted: Wanted,
  options: Options,
): Response | undefined {
  const from = path.posix.relative(VIRTUAL_ROOT, options.projectDir) || ".";
  const ids = new Set<string>(parts.projects.map(({ id }) => id));
  const target = linkedProject(wanted.bareSpecifier ?? "", from, ids);
  const project = parts.projects.find(({ id }) => id === target);
  if (project === undefined) return undefined;
  const { rootDir, manifest } = project;
  const id = `link:${path.posix.relative(options.projectDir, rootDir)}`;
  const version = manifest.version ?? "0.0.0";
  const name = manifest.name ?? path.posix.basename(rootDir);
  return {
    body: {
      id: id as Response["body"]["id"],
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

/** Without a route for `@jsr`, its packages would be looked for at the default registry. */
function declineUnroutedJsr({ registriesByScope }: Settings, wanted: Wanted): void {
  if (registriesByScope["@jsr"] !== undefined) return;
  const named = [wanted.alias ?? "", wanted.bareSpecifier ?? ""];
  if (named.some((text) => /^(?:jsr:|(?:npm:)?@jsr\/)/.test(text))) {
    throw unsupported("registries", "no registry is named for the scope @jsr");
  }
}

function optionsFor(parts: PackageRequestParts, options: Options): NpmOptions {
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

/** A copy of the library's table would lose what it inherits from the tables above it, so most get it as it is. */
function preferLocked(
  locked: { readonly name?: string; readonly version?: string } | undefined,
  { preferredVersions }: Options,
): Options["preferredVersions"] {
  if (locked?.name === undefined || locked.version === undefined) return preferredVersions;
  return { ...preferredVersions, [locked.name]: { [locked.version]: "version" } };
}

/** The library would count the release age from the machine's clock, so it is counted here, from the job's. */
function cutoff(
  { minimumReleaseAge }: Settings,
  now: number,
  other: Date | undefined,
): Date | undefined {
  if (minimumReleaseAge === 0) return other;
  const own = new Date(now - minimumReleaseAge * 60_000);
  return other !== undefined && other < own ? other : own;
}

/** Asks for what the library is about to look up, so that it finds it parsed. */
async function prepareMetadata(
  { registriesByScope, source, alwaysFull }: PackageRequestParts,
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
  registries: PackageRequestParts["registriesByScope"],
  alias: string | undefined,
  bareSpecifier: string | undefined,
): string {
  if (alias === undefined) return registries.default;
  const name = bareSpecifier?.startsWith("npm:") === true ? bareSpecifier.slice(4) : alias;
  const scope = /^(@[^/]*)\//.exec(name)?.[1];
  return (scope === undefined ? undefined : registries[scope]) ?? registries.default;
}

async function pick(
  { settings, now }: PackageRequestParts,
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

function unservedHere(wanted: Wanted, options: Options): Error {
  const { dev = false } = wanted as { readonly dev?: boolean };
  const depth = -options.downloadPriority;
  return unserved(wanted.alias, dev, wanted.optional === true, depth);
}

function responseFor(picked: Picked, options: Options): Response {
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

/** One frame for each tarball, the first time that the walk comes to it. */
function tell({ onPackage }: PackageRequestParts, told: Set<string>, picked: Picked): void {
  const { id, manifest, resolution } = picked;
  if (resolution.type !== undefined || told.has(id)) return;
  told.add(id);
  const { dist } = manifest as { readonly dist?: Readonly<Record<string, unknown>> };
  const { unpackedSize, fileCount } = { ...dist };
  onPackage({
    type: "package",
    id,
    name: manifest.name,
    version: manifest.version,
    ...(resolution.integrity === undefined ? {} : { integrity: resolution.integrity }),
    tarball: resolution.tarball,
    ...(typeof unpackedSize === "number" ? { unpackedSize } : {}),
    ...(typeof fileCount === "number" ? { fileCount } : {}),
  });
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
