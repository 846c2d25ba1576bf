import type { Caller } from "./caller.ts";
import { ownEndpoint } from "./classify.ts";
import type { classify, Route } from "./classify.ts";
import type { Policy } from "./policy.ts";
import { isRefusal, refuse } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { liesUnder, normalUrl } from "./registry-url.ts";
import { registryFor } from "./request.ts";
import type { Honoured, LockfileInput, LockfilePackage } from "./request.ts";
import { tarballFile, tarballUrl } from "./tarballs.ts";
import type { tarballRouting } from "./tarballs.ts";

export interface RoutedPackage {
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly registry: string;
  readonly route: Route;
}

/** An input lockfile whose every package was classified and whose every URL is one that we may say. */
export interface RoutedLockfile {
  readonly lockfile: LockfileInput;
  readonly packages: readonly RoutedPackage[];
}

/**
 * Holds each entry of an input lockfile against the policy, on the frozen path as on every other: raw private
 * URLs are rewritten to this server's, and what the caller may not use is refused.
 */
export function routeLockfile(
  parts: { readonly classify: typeof classify; readonly tarballRouting: typeof tarballRouting },
  policy: Policy,
  caller: Caller,
  honoured: Honoured,
  lockfile: LockfileInput,
): RoutedLockfile | Refusal {
  const packages: RoutedPackage[] = [];
  const entries: [string, LockfilePackage][] = [];
  for (const [key, entry] of Object.entries(lockfile.packages ?? {})) {
    const direct = urlInKey(key);
    if (direct !== null && entry.resolution?.tarball === direct && !isDirectory(entry)) {
      // Its URL was classified, and routed, before the lockfile came here.
      entries.push([key, entry]);
      continue;
    }
    const id = nameAndVersion(key);
    if (id === null || entry.resolution === undefined || isDirectory(entry)) {
      return refuse("outside-allowlist", `the lockfile's "${key.slice(0, 200)}" has no route here`);
    }
    const registry = registryOf(policy, honoured, id.name, entry);
    const route = parts.classify(policy, caller, registry, id.name);
    if (isRefusal(route)) return route;
    const { tarball } = entry.resolution;
    const routed =
      tarball === undefined
        ? entry
        : reroute(parts, policy, honoured, route, registry, entry, tarball);
    if (isRefusal(routed)) return routed;
    packages.push({ key, ...id, registry, route });
    entries.push([key, routed]);
  }
  const changed =
    entries.length === 0 ? lockfile : { ...lockfile, packages: Object.fromEntries(entries) };
  return { lockfile: changed, packages };
}

/** Name and version of a `packages` key such as `@acme/tool@1.0.0`, or null. */
export function nameAndVersion(
  key: string,
): { readonly name: string; readonly version: string } | null {
  const at = key.indexOf("@", 1);
  if (at === -1) return null;
  const version = key.slice(at + 1);
  return /^[0-9][^/:()]*$/.test(version) ? { name: key.slice(0, at), version } : null;
}

/** The URL of a `packages` key such as `tool@https://…/tool.tgz`, or null. */
export function urlInKey(key: string): string | null {
  const at = key.indexOf("@", 1);
  const text = at === -1 ? "" : key.slice(at + 1);
  return /^https?:\/\//.test(text) ? text : null;
}

function isDirectory(entry: LockfilePackage): boolean {
  return entry.resolution?.["type"] !== undefined || entry.resolution?.["directory"] !== undefined;
}

/** The registry that an entry comes from: the one its tarball lies under, where that is one of ours. */
function registryOf(
  policy: Policy,
  honoured: Honoured,
  name: string,
  entry: LockfilePackage,
): string {
  const requested = registryFor(honoured, policy.officialRegistry, name);
  const url = entry.resolution?.tarball === undefined ? "" : normalUrl(entry.resolution.tarball);
  if (typeof url === "string") return requested;
  const alias = policy.aliases.find(({ registry }) => liesUnder(url.href, registry));
  if (alias !== undefined) return alias.registry;
  const own = /^~[^/]+\//.exec(url.href.slice(policy.publicUrl.length + 1));
  return own !== null && url.href.startsWith(`${policy.publicUrl}/`)
    ? `${policy.publicUrl}/${own[0]}`
    : requested;
}

function reroute(
  parts: { readonly tarballRouting: typeof tarballRouting },
  policy: Policy,
  honoured: Honoured,
  route: Route,
  registry: string,
  entry: LockfilePackage,
  tarball: string,
): LockfilePackage | Refusal {
  const url = normalUrl(tarball);
  const file = tarballFile(tarball);
  const routing = parts.tarballRouting(policy, route);
  if (typeof url === "string" || file === null) return unroutable(route.package);
  if (routing === "sealed") return unroutable(route.package);
  if (routing === "as-is") {
    const ours =
      liesUnder(url.href, registry) ||
      ownEndpoint(policy, url) !== null ||
      // Registries keep tarballs elsewhere: a place where everything is public will do.
      policy.publicRoutes.some(
        (rule) => rule.packages === null && liesUnder(url.href, rule.registry),
      );
    return ours ? withTarball(entry, url.href) : unroutable(route.package);
  }
  const routed = tarballUrl(routing.base, route.package, file);
  // A client whose registry is our own endpoint makes this URL itself: then the entry is integrity-only.
  const requested = registryFor(honoured, policy.officialRegistry, route.package).replace(
    /\/$/,
    "",
  );
  return withTarball(entry, requested === routing.base ? null : routed);
}

function withTarball(entry: LockfilePackage, tarball: string | null): LockfilePackage {
  const { tarball: _raw, ...resolution } = entry.resolution ?? {};
  return { ...entry, resolution: tarball === null ? resolution : { ...resolution, tarball } };
}

function unroutable(name: string): Refusal {
  return refuse(
    "outside-allowlist",
    `the lockfile names a tarball of "${name}" that has no route here`,
  );
}
