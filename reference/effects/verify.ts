import { nameAndVersion, urlInKey } from "../core/lockfile-routes.ts";
import type { RoutedPackage } from "../core/lockfile-routes.ts";
import type { Honoured, LockfilePackage } from "../core/request.ts";
import { needsTimes, tarballViolation, violationsOf } from "../core/verify.ts";
import type { Violation } from "../ports.ts";
import type { Running } from "../running.ts";
import { fetchTarball } from "./direct-tarballs.ts";
import { enterSeed } from "./lockfiles.ts";
import { fetchMetadata } from "./metadata.ts";
import type { Errand } from "./metadata.ts";

/**
 * Holds every package of the input lockfile against its registry, and every tarball that was named by its URL
 * against what is there, through the same scopes and gates as a resolve. Throws `Refused` when any route
 * refuses.
 */
export async function verifyLockfile(
  running: Running,
  errand: Errand,
  honoured: Honoured,
): Promise<readonly Violation[]> {
  const { lockfile = {}, packages } = enterSeed(running, errand, honoured);
  const entries = lockfile.packages ?? {};
  const now = running.ports.clock.now();
  const full = needsTimes(honoured);
  const groups = Map.groupBy(packages, ({ registry, name }) => `${registry} ${name}`);
  const checks = [
    ...[...groups.values()].map((group) => async (): Promise<readonly Violation[]> => {
      const [first] = group;
      if (first === undefined) return [];
      const { registry, name } = first;
      const { status, body } = await fetchMetadata(running, errand, { registry, name, full });
      const locked = entriesOf(entries, group);
      return violationsOf(honoured, now, name, locked, status === 200 ? body : null);
    }),
    ...Object.entries(entries).flatMap(([key, entry]) => {
      const url = urlInKey(key);
      if (url === null || nameAndVersion(key) !== null) return [];
      return [async () => tarballViolation(key, entry, await fetchTarball(running, errand, url))];
    }),
  ];
  const found = (await someAtOnce(checks, running.rules.config.limits.verifyAtOnce)).flat();
  return found.sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

function entriesOf(
  entries: Readonly<Record<string, LockfilePackage>>,
  group: readonly RoutedPackage[],
): [string, LockfilePackage][] {
  return group.flatMap(({ key }) => {
    const entry = entries[key];
    return entry === undefined ? [] : [[key, entry] as [string, LockfilePackage]];
  });
}

async function someAtOnce<T>(checks: readonly (() => Promise<T>)[], atOnce: number): Promise<T[]> {
  const queue = [...checks];
  const results: T[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      results.push(await next());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
