import { nameAndVersion } from "../core/lockfile-routes.ts";
import { isRefusal } from "../core/refusal.ts";
import { registryFor } from "../core/request.ts";
import type { Honoured } from "../core/request.ts";
import { needsTimes, violationsOf } from "../core/verify.ts";
import type { Violation } from "../ports.ts";
import type { Running } from "../running.ts";
import { fetchMetadata, Refused } from "./metadata.ts";
import type { Errand } from "./metadata.ts";

const AT_ONCE = 16;

/**
 * Holds every package of the input lockfile against its registry, through the same scopes and gates as a
 * resolve. Throws `Refused` when any route refuses.
 */
export async function verifyLockfile(
  running: Running,
  errand: Errand,
  honoured: Honoured,
): Promise<readonly Violation[]> {
  const { parts, ports, rules } = running;
  const lockfile = honoured.lockfile ?? {};
  const routed = parts.routeLockfile(parts, rules.policy, errand.caller, honoured, lockfile);
  if (isRefusal(routed)) {
    parts.recordRefusal(errand.footprint, routed);
    throw new Refused(routed);
  }
  const now = ports.clock.now();
  const full = needsTimes(honoured);
  const byName = Map.groupBy(Object.entries(lockfile.packages ?? {}), ([key]) => {
    return nameAndVersion(key)?.name ?? key;
  });
  const queue = [...byName];
  const found: Violation[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, entries] = next;
      const at = routed.packages.find((entry) => entry.name === name);
      const registry = at?.registry ?? registryFor(honoured, rules.policy.officialRegistry, name);
      const { status, body } = await fetchMetadata(running, errand, { registry, name, full });
      found.push(...violationsOf(honoured, now, name, entries, status === 200 ? body : null));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found.sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}
