/** A resolve or verify request as decisions see it: checked, defaults in place, unknown fields gone. */
export interface ResolveRequest {
  readonly ask: "resolve" | "verify";
  /** Every field that shapes the result, and no other; ready for the base key and for the resolver. */
  readonly honoured: Honoured;
}

export interface Honoured {
  readonly projects: readonly ProjectInput[];
  readonly registry?: string | undefined;
  readonly registries: Readonly<Record<string, RegistryInput>>;
  readonly lockfile?: LockfileInput | undefined;
  readonly overrides?: Readonly<Record<string, string>> | undefined;
  readonly catalogs?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  readonly packageExtensions?: Readonly<Record<string, unknown>> | undefined;
  readonly frozenLockfile: boolean;
  readonly preferFrozenLockfile: boolean;
  readonly fixLockfile: boolean;
  readonly trustLockfile: boolean;
  readonly ignoreManifestCheck: boolean;
  readonly [setting: string]: unknown;
}

export interface ProjectInput {
  readonly dir: string;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly [field: string]: unknown;
}

export interface RegistryInput {
  readonly scopes?: readonly string[] | undefined;
  readonly prefix?: string | undefined;
}

/** The on-disk lockfile format as JSON, as far as decisions read it. */
export interface LockfileInput {
  readonly lockfileVersion?: string | number | undefined;
  readonly importers?: Readonly<Record<string, unknown>> | undefined;
  readonly packages?: Readonly<Record<string, LockfilePackage>> | undefined;
  readonly snapshots?: Readonly<Record<string, unknown>> | undefined;
  readonly [field: string]: unknown;
}

export interface LockfilePackage {
  readonly resolution?:
    | {
        readonly integrity?: string | undefined;
        readonly tarball?: string | undefined;
        readonly [field: string]: unknown;
      }
    | undefined;
  readonly version?: string | undefined;
  readonly [field: string]: unknown;
}

/** The manifest fields whose values are dependency specifiers. */
export const DEPENDENCY_FIELDS = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
] as const;

/** Fields that a real client compares in `appliedPolicies`, each with what it sends when it is unset. */
const POLICY_FIELDS: Readonly<Record<string, unknown>> = {
  autoInstallPeers: true,
  dedupePeers: false,
  excludeLinksFromLockfile: false,
  addMissingPeerTypes: false,
  projectScopedOptionalPeers: false,
  frozenLockfile: false,
  resolutionMode: "highest",
  trustLockfile: false,
  minimumReleaseAge: null,
  minimumReleaseAgeExclude: [],
  minimumReleaseAgeIgnoreMissingTime: null,
  trustPolicy: null,
  trustPolicyExclude: [],
  trustPolicyIgnoreAfter: null,
};

/** Says back which policies shaped the result, in the types that clients compare. */
export function appliedPolicies(honoured: Honoured): Readonly<Record<string, unknown>> {
  const echo = Object.entries(POLICY_FIELDS).map(([field, unset]) => [
    field,
    honoured[field] ?? unset,
  ]);
  const applied = Object.fromEntries(echo) as Record<string, unknown>;
  return applied["trustPolicy"] === "off" ? { ...applied, trustPolicy: null } : applied;
}

/** The registry that a request uses for a name: its scope's, or else the default. */
export function registryFor(honoured: Honoured, officialRegistry: string, name: string): string {
  if (name.startsWith("@")) {
    const scope = name.slice(0, name.indexOf("/"));
    for (const [url, { scopes }] of Object.entries(honoured.registries)) {
      if (scopes?.includes(scope)) return url;
    }
  }
  return honoured.registry ?? officialRegistry;
}
