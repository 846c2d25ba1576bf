import { ANONYMOUS } from "./caller.ts";
import type { Caller } from "./caller.ts";
import type { classify, Route } from "./classify.ts";
import { isPackageName } from "./names.ts";
import type { Policy } from "./policy.ts";
import { isRefusal, refuse } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { liesUnder, normalUrl } from "./registry-url.ts";
import type { NormalUrl } from "./registry-url.ts";
import { tarballFile, tarballOwner, tarballUrl } from "./tarballs.ts";
import type { tarballRouting } from "./tarballs.ts";

/** Where a tarball stands that a dependency names by its URL, and whose it is. */
export interface TarballPlace {
  readonly route: Route;
  /** The registry that the route was classified by. */
  readonly registry: string;
  readonly file: string;
  /** The URL in one spelling. */
  readonly href: string;
  /** As clients may see it; null for one that has to be sealed first. */
  readonly url: string | null;
}

/** Whether a dependency's specifier is a tarball's URL. A repository's is none. */
export function isTarballSpecifier(specifier: string): boolean {
  return /^https?:\/\//i.test(specifier) && !/\.git(?:[?#]|$)/i.test(specifier);
}

/**
 * Classifies a direct tarball URL. One under a registry of ours belongs to the package in its path, and that
 * package's access applies. A URL that no lockfile may hold, for its query, is left to the client.
 */
export function placeTarball(
  parts: { readonly classify: typeof classify; readonly tarballRouting: typeof tarballRouting },
  policy: Policy,
  caller: Caller,
  text: string,
): TarballPlace | Refusal {
  const url = normalUrl(text);
  if (typeof url === "string") {
    const reason = url === "inline-credentials" ? url : "outside-allowlist";
    return refuse(reason, `a tarball URL that cannot be used (${url})`);
  }
  const file = tarballFile(url.href);
  if (file === null) return refuse("outside-allowlist", `${url.href} names no file`);
  if (/[?#]/.test(text)) {
    return refuse("unsupported", `${url.href}: a URL with a query or a fragment cannot be locked`);
  }
  const owned = ownedBy(policy, url);
  if (owned === null) return unowned(policy, url, file);
  const route = parts.classify(policy, caller, owned.registry, owned.name);
  if (isRefusal(route)) return route;
  const place = { route, registry: owned.registry, file, href: hrefFor(policy, route, url, file) };
  const routing = parts.tarballRouting(policy, route);
  if (routing === "sealed") return { ...place, url: null };
  if (routing === "as-is") return { ...place, url: place.href };
  return { ...place, url: tarballUrl(routing.base, owned.name, file) };
}

/**
 * Whether a URL that was sealed may be fetched for whoever has it: what was nobody's then may be somebody's
 * registry by now, or unknown routes may not be served any more.
 */
export function isOpenPlace(
  parts: Parameters<typeof placeTarball>[0],
  policy: Policy,
  text: string,
): boolean {
  const url = normalUrl(text);
  if (typeof url === "string" || policy.unknownRoutes !== "anonymous") return false;
  const place = placeTarball(parts, policy, ANONYMOUS, url.href);
  if (isRefusal(place)) return false;
  return place.route.class === "unknown" || place.route.class === "public";
}

interface Base {
  /** What the tarballs of a registry lie under; ends in a slash. */
  readonly base: string;
  readonly registry: string;
}

/** The package in the URL's path, by the longest base that the URL lies under. */
function ownedBy(policy: Policy, url: NormalUrl): { registry: string; name: string } | null {
  const under = basesOf(policy).filter(({ base }) => liesUnder(url.href, base));
  const [closest] = under.sort((a, b) => b.base.length - a.base.length);
  if (closest === undefined) return null;
  const name = tarballOwner(url.href.slice(closest.base.length));
  return name === null || !isPackageName(name) ? null : { registry: closest.registry, name };
}

function basesOf(policy: Policy): Base[] {
  const own = (base: string): Base => ({ base, registry: base });
  return [
    ...(policy.builtInPublic === "off" ? [] : [own(policy.officialRegistry)]),
    ...policy.publicRoutes.map(({ registry }) => own(registry)),
    own(`${policy.publicUrl}/`),
    ...policy.aliases.flatMap(({ name, registry, tarballOrigins }) => [
      own(registry),
      own(`${policy.publicUrl}/~${name}/`),
      ...tarballOrigins.map((origin) => ({ base: `${origin}/`, registry })),
    ]),
  ];
}

/** A path that names no package is public where everything at its registry is, and else nobody's. */
function unowned(policy: Policy, url: NormalUrl, file: string): TarballPlace | Refusal {
  const place = { file, href: url.href };
  const whole = wholeRegistries(policy).find((registry) => liesUnder(url.href, registry));
  if (whole !== undefined) {
    const route: Route = { class: "public", registry: whole, package: file };
    return { ...place, route, registry: whole, url: url.href };
  }
  const known = basesOf(policy).some(({ base }) => liesUnder(url.href, base));
  if (policy.unknownRoutes === "anonymous" && !known) {
    const registry = `${url.origin}/`;
    return {
      ...place,
      ...{ route: { class: "unknown", registry, package: file }, registry, url: null },
    };
  }
  return refuse("outside-allowlist", `no route leads to ${url.href}`);
}

/** Registries where every name is public, whatever else is said of them. */
function wholeRegistries(policy: Policy): readonly string[] {
  const declared = policy.publicRoutes.filter(({ packages }) => packages === null);
  return [
    ...(policy.builtInPublic === "host" ? [policy.officialRegistry] : []),
    ...declared.map(({ registry }) => registry),
  ];
}

/** Names that nobody hosts may be read through from the official registry: that is where they are. */
function hrefFor(policy: Policy, route: Route, url: NormalUrl, file: string): string {
  const isOurs = liesUnder(url.href, `${policy.publicUrl}/`);
  return route.class === "public" && isOurs
    ? tarballUrl(route.registry.slice(0, -1), route.package, file)
    : url.href;
}
