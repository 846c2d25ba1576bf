import { z } from "zod";
import { normalRegistry } from "../../core/registry-url.ts";
import { isRefusal, refuse } from "../../core/refusal.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { Honoured, ResolveRequest } from "../../core/request.ts";

/** What a request to this surface is for. */
export type ResolveIntent =
  { readonly want: "handshake" } | { readonly want: "answer"; readonly ask: ResolveRequest["ask"] };

/** Finds the intent from the request line alone; null where this surface has nothing at that target. */
export function readTarget(method: string, target: string): ResolveIntent | Refusal | null {
  const path = target.replace(/\?.*$/s, "");
  if (path === "/-/pnpr") return allowed(method, "GET", { want: "handshake" });
  const ask = /^\/-\/pnpr\/v0\/(resolve|verify-lockfile)$/.exec(path)?.[1];
  if (ask === undefined) return null;
  return allowed(method, "POST", { want: "answer", ask: ask === "resolve" ? "resolve" : "verify" });
}

function allowed(method: string, wanted: string, intent: ResolveIntent): ResolveIntent | Refusal {
  const fits = method === wanted || (method === "HEAD" && wanted === "GET");
  return fits ? intent : refuse("wrong-method", `only ${wanted} is answered here`);
}

/** A body that was read: what the caller sent, as sent, and the checked request made from it. */
export interface ReadBody {
  readonly raw: unknown;
  readonly request: ResolveRequest;
}

/** Reads and checks a body. Unknown fields are ignored, `null` means unset. */
export function readBody(ask: ResolveRequest["ask"], bytes: Uint8Array): ReadBody | Refusal {
  let raw: unknown;
  try {
    raw = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return refuse("malformed", "the body is not JSON");
  }
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    return refuse("malformed", "the body is not a JSON object");
  }
  if (nestsDeeperThan(raw, MAX_DEPTH)) return refuse("malformed", "the body is nested too deeply");
  if (hasLostKey(raw)) return refuse("malformed", 'the body has a key "__proto__"');
  const checked = fields.safeParse(withoutNulls(raw));
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const where = issue?.path.map((step) => repeatable(String(step))).join(".") ?? "";
    return refuse("malformed", `${where.slice(0, 200)}: ${issue?.message ?? "not valid"}`);
  }
  const honoured = honouredFrom(checked.data);
  if (isRefusal(honoured)) return honoured;
  if (ask === "verify" && honoured.lockfile === undefined) {
    return refuse("malformed", "lockfile: there is none to verify");
  }
  return { raw, request: { ask, honoured } };
}

/** Far beyond any lockfile, and far from what recursion over it could overflow. */
const MAX_DEPTH = 64;

function nestsDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((inner) => nestsDeeperThan(inner, depth - 1));
}

/** A key that maps would lose without a word, and with it a dependency: no package can be called so. */
function hasLostKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(hasLostKey);
}

/** What a caller wrote, if it is plain enough to hold no secret: names and versions, and no URLs. */
function repeatable(written: string): string {
  return /^[\w@./*^~:-]{1,80}$/.test(written) && !/:[\\/]|\/\/|:.*@/.test(written) ? written : "…";
}

const text = z.string();
const specifiers = z.record(z.string(), z.string());
const anything = z.record(z.string(), z.unknown());
const patterns = z.array(z.string());

const dependencyFields = {
  dependencies: specifiers.optional(),
  devDependencies: specifiers.optional(),
  optionalDependencies: specifiers.optional(),
};

const project = z.object({
  dir: text.default(""),
  name: text.optional(),
  version: text.optional(),
  ...dependencyFields,
  peerDependencies: specifiers.optional(),
  peerDependenciesMeta: anything.optional(),
  dependenciesMeta: anything.optional(),
});

const lockfilePackage = z.looseObject({
  resolution: z.looseObject({ integrity: text.optional(), tarball: text.optional() }).optional(),
});

const fields = z.object({
  projects: z.array(project).optional(),
  ...dependencyFields,
  registry: text.optional(),
  registries: z
    .record(z.string(), z.object({ scopes: z.array(text).optional(), prefix: text.optional() }))
    .optional(),
  overrides: specifiers.optional(),
  catalogs: z.record(z.string(), specifiers).optional(),
  packageExtensions: z.record(z.string(), anything).optional(),
  patchedDependencies: anything.optional(),
  allowUnusedPatches: z.boolean().optional(),
  updatePatches: z.unknown().optional(),
  autoInstallPeers: z.boolean().optional(),
  dedupePeers: z.boolean().optional(),
  excludeLinksFromLockfile: z.boolean().optional(),
  addMissingPeerTypes: z.boolean().optional(),
  projectScopedOptionalPeers: z.boolean().optional(),
  resolutionMode: z.enum(["highest", "time-based", "lowest-direct"]).optional(),
  lockfile: z
    .looseObject({
      importers: anything.optional(),
      packages: z.record(z.string(), lockfilePackage).optional(),
      snapshots: anything.optional(),
    })
    .optional(),
  frozenLockfile: z.boolean().optional(),
  preferFrozenLockfile: z.boolean().optional(),
  fixLockfile: z.boolean().optional(),
  ignoreManifestCheck: z.boolean().optional(),
  trustLockfile: z.boolean().optional(),
  minimumReleaseAge: z.number().min(0).optional(),
  minimumReleaseAgeExclude: patterns.optional(),
  minimumReleaseAgeIgnoreMissingTime: z.boolean().optional(),
  trustPolicy: z.enum(["off", "no-downgrade"]).optional(),
  trustPolicyExclude: patterns.optional(),
  trustPolicyIgnoreAfter: z.number().optional(),
  acceptedLockfileFormats: z.array(text).optional(),
});

/** Nulls go at every level but inside a lockfile, which is a document of its own, and as items of a list. */
function withoutNulls(value: object): object {
  const kept = Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (inner === null) return [];
    return [[key, key === "lockfile" ? inner : cleared(inner)] as const];
  });
  return Object.fromEntries(kept);
}

function cleared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleared);
  return typeof value === "object" && value !== null ? withoutNulls(value) : value;
}

type Fields = z.infer<typeof fields>;

function honouredFrom(read: Fields): Honoured | Refusal {
  const { dependencies, devDependencies, optionalDependencies } = read;
  const { projects, registries, acceptedLockfileFormats: _formats, ...settings } = read;
  const clash = scopeClash(registries ?? {});
  if (clash !== null)
    return refuse("malformed", `registries: ${repeatable(clash)} is routed to two registries`);
  return {
    ...settings,
    dependencies: undefined,
    devDependencies: undefined,
    optionalDependencies: undefined,
    projects: (projects ?? [{ dir: "", dependencies, devDependencies, optionalDependencies }]).map(
      (one) => ({ ...withoutNulls(one), dir: one.dir === "." ? "" : one.dir }),
    ),
    ...(read.registry === undefined ? {} : { registry: spelled(read.registry) }),
    registries: Object.fromEntries(
      Object.entries(registries ?? {}).map(([url, use]) => [spelled(url), use]),
    ),
    frozenLockfile: read.frozenLockfile ?? false,
    preferFrozenLockfile: read.preferFrozenLockfile ?? false,
    fixLockfile: read.fixLockfile ?? false,
    trustLockfile: read.trustLockfile ?? false,
    ignoreManifestCheck: read.ignoreManifestCheck ?? false,
  };
}

/** One spelling for a registry: a missing slash is no other request. What cannot be read stays as it is. */
function spelled(registry: string): string {
  const url = normalRegistry(registry);
  return typeof url === "string" ? registry : url.href;
}

/** The first scope or prefix that two registries claim, or null. */
function scopeClash(registries: NonNullable<Fields["registries"]>): string | null {
  const claimed = new Map<string, string>();
  for (const [url, { scopes, prefix }] of Object.entries(registries)) {
    for (const claim of [...(scopes ?? []), ...(prefix === undefined ? [] : [`${prefix}:`])]) {
      const other = claimed.get(claim);
      if (other !== undefined && other !== spelled(url)) return claim.slice(0, 200);
      claimed.set(claim, spelled(url));
    }
  }
  return null;
}
