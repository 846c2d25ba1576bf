import { isTarballSpecifier } from "../core/direct-tarballs.ts";
import { nameAndVersion, urlInKey } from "../core/lockfile-routes.ts";
import type { RoutedPackage } from "../core/lockfile-routes.ts";
import { isRefusal } from "../core/refusal.ts";
import { registryFor } from "../core/request.ts";
import type { Honoured, LockfileInput } from "../core/request.ts";
import { withSpecifiers } from "../core/specifiers.ts";
import type { Running } from "../running.ts";
import { enterTarball, routedKeys, routedSpecifiers } from "./direct-tarballs.ts";
import { enterRoute, refusedBy } from "./metadata.ts";
import type { Errand } from "./metadata.ts";

/** What a resolve starts from, and what its outcome has to be told with. */
export interface Seed {
  /** Every URL in it is one of ours, but for the specifiers, which are the request's own. */
  readonly lockfile: LockfileInput | undefined;
  /** Its packages that come from registries. */
  readonly packages: readonly RoutedPackage[];
  /** Private tarball URLs that the request names, each with what stands for it in a lockfile. */
  readonly specifiers: ReadonlyMap<string, string>;
}

/** The input lockfile with every URL routed; its entries are gated like any fetch. Throws `Refused`. */
export function enterSeed(running: Running, errand: Errand, honoured: Honoured): Seed {
  const specifiers = routedSpecifiers(running, errand, honoured);
  if (honoured.lockfile === undefined) return { lockfile: undefined, packages: [], specifiers };
  const { parts, rules } = running;
  const keyed = reworded(honoured.lockfile, routedKeys(running, errand, honoured.lockfile));
  const routed = parts.routeLockfile(parts, rules.policy, errand.caller, honoured, keyed);
  if (isRefusal(routed)) throw refusedBy(running, errand, routed, "unknown");
  for (const { registry, route } of routed.packages) {
    parts.recordUse(errand.footprint, registry, route);
  }
  const unrouted = new Map([...specifiers].map(([raw, url]) => [url, raw]));
  const lockfile = withSpecifiers(routed.lockfile, unrouted);
  return { lockfile, packages: routed.packages, specifiers };
}

/**
 * A resolver may keep a package without asking for its metadata. Whatever stands in the outcome is in the
 * footprint all the same, and whatever the caller may not use refuses the whole. Throws `Refused`.
 */
export function touchTheRest(
  running: Running,
  errand: Errand,
  honoured: Honoured,
  lockfile: LockfileInput,
): void {
  const touched = new Set([...errand.footprint.routes.values()].map((use) => use.package));
  for (const key of Object.keys(lockfile.packages ?? {})) {
    const url = urlInKey(key);
    if (url !== null && isTarballSpecifier(url)) enterTarball(running, errand, url);
    const name = nameAndVersion(key)?.name;
    if (name === undefined || touched.has(name)) continue;
    const registry = registryFor(honoured, running.rules.policy.officialRegistry, name);
    enterRoute(running, errand, registry, name);
  }
}

/** The lockfile with some URLs in the place of others, wherever they stand. */
function reworded(lockfile: LockfileInput, urls: ReadonlyMap<string, string>): LockfileInput {
  if (urls.size === 0) return lockfile;
  const longestFirst = [...urls].sort(([a], [b]) => b.length - a.length);
  const text = longestFirst.reduce(
    (written, [from, to]) => written.replaceAll(inJson(from), inJson(to)),
    JSON.stringify(lockfile),
  );
  return JSON.parse(text) as LockfileInput;
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
