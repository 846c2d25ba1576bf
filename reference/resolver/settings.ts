import { z } from "zod";
import { Declined, unsupported } from "./failure.ts";
import { parseOverrides, type Override } from "./overrides.ts";

/**
 * The request's fields that a resolve honours, with their defaults filled in: read here and nowhere
 * else.
 */
export interface Settings {
  readonly projects: readonly RequestedProject[];
  /** Ends in a slash, like every registry here; undefined where the request names none. */
  readonly registry: string | undefined;
  readonly registriesByScope: Readonly<Record<string, string>>;
  readonly registriesByPrefix: Readonly<Record<string, string>>;
  readonly overrides: readonly Override[];
  readonly catalogs: Record<string, Record<string, string>>;
  readonly packageExtensions: Readonly<Record<string, PackageExtension>>;
  readonly autoInstallPeers: boolean;
  readonly dedupePeers: boolean;
  readonly excludeLinksFromLockfile: boolean;
  readonly resolutionMode: "highest" | "time-based" | "lowest-direct";
  readonly lockfile: Readonly<Record<string, unknown>> | undefined;
  readonly fixLockfile: boolean;
  /** Minutes; 0 for no limit. */
  readonly minimumReleaseAge: number;
  readonly minimumReleaseAgeExclude: readonly string[];
  readonly minimumReleaseAgeIgnoreMissingTime: boolean;
  readonly trustPolicy: "off" | "no-downgrade";
  readonly trustPolicyExclude: readonly string[];
  /** Minutes; 0 for never. */
  readonly trustPolicyIgnoreAfter: number;
}

export type RequestedProject = z.output<typeof projectShape>;
export type PackageExtension = z.output<typeof extensionShape>;

const map = z.record(z.string(), z.string());
const flag = z.boolean().nullish();
const names = z.union([z.string().transform((name) => [name]), z.array(z.string())]).nullish();
const anything = z.record(z.string(), z.unknown()).nullish();

const manifestShape = z.object({
  name: z.string().nullish(),
  version: z.string().nullish(),
  dependencies: map.nullish(),
  devDependencies: map.nullish(),
  optionalDependencies: map.nullish(),
  peerDependencies: map.nullish(),
  dependenciesMeta: z
    .record(z.string(), z.looseObject({ injected: z.boolean().optional() }))
    .nullish(),
});
const projectShape = manifestShape.extend({ dir: z.string() });

const extensionShape = z.object({
  dependencies: map.optional(),
  optionalDependencies: map.optional(),
  peerDependencies: map.optional(),
  peerDependenciesMeta: z
    .record(z.string(), z.object({ optional: z.boolean().optional() }))
    .optional(),
});

const requestShape = z.object({
  ...manifestShape.shape,
  projects: z.array(projectShape).nullish(),
  registry: z.string().nullish(),
  registries: z
    .record(
      z.string(),
      z.object({ scopes: z.array(z.string()).nullish(), prefix: z.string().nullish() }),
    )
    .nullish(),
  overrides: map.nullish(),
  catalogs: z.record(z.string(), map).nullish(),
  packageExtensions: z.record(z.string(), extensionShape).nullish(),
  patchedDependencies: anything,
  updatePatches: flag,
  autoInstallPeers: flag,
  dedupePeers: flag,
  excludeLinksFromLockfile: flag,
  addMissingPeerTypes: flag,
  projectScopedOptionalPeers: flag,
  resolutionMode: z.enum(["highest", "time-based", "lowest-direct"]).nullish(),
  lockfile: anything,
  fixLockfile: flag,
  minimumReleaseAge: z.number().nonnegative().nullish(),
  minimumReleaseAgeExclude: names,
  minimumReleaseAgeIgnoreMissingTime: flag,
  trustPolicy: z.enum(["off", "no-downgrade"]).nullish(),
  trustPolicyExclude: names,
  trustPolicyIgnoreAfter: z.number().nonnegative().nullish(),
});

type Request = z.output<typeof requestShape>;

/** Throws `Declined` for a field of a wrong shape and for one that cannot be honoured faithfully. */
export function readSettings(request: Readonly<Record<string, unknown>>): Settings {
  const parsed = requestShape.safeParse(request);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue === undefined ? "the request" : issue.path.join(".");
    throw new Declined("ERR_PNPR_BAD_REQUEST_FIELD", `${field} is not of the right shape`);
  }
  const read = parsed.data;
  declineUnserved(read);
  const catalogs = read.catalogs ?? {};
  return {
    projects: read.projects ?? [{ ...manifestShape.parse(read), dir: "" }],
    registry: read.registry == null ? undefined : withSlash(read.registry),
    ...routed(read.registries),
    overrides: parseOverrides(read.overrides ?? {}, catalogs),
    catalogs,
    packageExtensions: read.packageExtensions ?? {},
    autoInstallPeers: read.autoInstallPeers ?? true,
    dedupePeers: read.dedupePeers ?? false,
    excludeLinksFromLockfile: read.excludeLinksFromLockfile ?? false,
    resolutionMode: read.resolutionMode ?? "highest",
    lockfile: read.lockfile ?? undefined,
    fixLockfile: read.fixLockfile ?? false,
    minimumReleaseAge: read.minimumReleaseAge ?? 0,
    minimumReleaseAgeExclude: read.minimumReleaseAgeExclude ?? [],
    minimumReleaseAgeIgnoreMissingTime: read.minimumReleaseAgeIgnoreMissingTime ?? true,
    trustPolicy: read.trustPolicy ?? "off",
    trustPolicyExclude: read.trustPolicyExclude ?? [],
    trustPolicyIgnoreAfter: read.trustPolicyIgnoreAfter ?? 0,
  };
}

/** Settings that change the result and that this resolver core does not know. */
function declineUnserved(read: Request): void {
  if (Object.keys(read.patchedDependencies ?? {}).length > 0) {
    throw unsupported("patchedDependencies", "patches are not applied here");
  }
  for (const field of [
    "updatePatches",
    "addMissingPeerTypes",
    "projectScopedOptionalPeers",
  ] as const) {
    if (read[field] === true) throw unsupported(field, "this setting is not applied here");
  }
}

function routed(
  registries: Request["registries"],
): Pick<Settings, "registriesByScope" | "registriesByPrefix"> {
  const byScope: [string, string][] = [];
  const byPrefix: [string, string][] = [];
  for (const [url, { scopes, prefix }] of Object.entries(registries ?? {})) {
    for (const scope of scopes ?? []) byScope.push([scope, withSlash(url)]);
    if (prefix != null && prefix !== "") byPrefix.push([prefix, withSlash(url)]);
  }
  return {
    registriesByScope: Object.fromEntries(byScope),
    registriesByPrefix: Object.fromEntries(byPrefix),
  };
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
