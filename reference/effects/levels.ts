import type { Running } from "../running.ts";
import type { Crowd } from "./crowd.ts";
import type { Levels } from "./metrics.ts";

/** Everything that must stay bounded, as it stands: candidates, work under way, what waits. */
export async function levelsOf(
  { ports, flights, rules }: Running,
  crowds: { readonly resolve: Crowd; readonly npm: Crowd },
): Promise<Levels> {
  const census = await ports.stores.candidates.census();
  const metadata = await ports.stores.metadata.size();
  const { running, waiting } = ports.resolver.load?.() ?? { running: 0, waiting: 0 };
  const late = ports.lateness?.();
  return {
    ...(late === undefined
      ? {}
      : {
          event_loop_late_p99_seconds: late.p99Ms / 1000,
          event_loop_late_most_seconds: late.mostMs / 1000,
        }),
    candidates: census.length,
    candidates_fullest_key: largest(census, ({ baseKey }) => baseKey),
    candidates_fullest_caller: largest(census, ({ owner }) => owner),
    candidates_bytes: census.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    metadata_entries: metadata.entries,
    metadata_bytes: metadata.bytes,
    probe_verdicts: rules.probes.verdicts.size,
    requests_inside: crowds.resolve.count() + crowds.npm.count(),
    work_under_way: flights.count(),
    resolver_running: running,
    resolver_waiting: waiting,
  };
}

/** The size of the largest group. */
function largest<T>(all: readonly T[], groupOf: (one: T) => string): number {
  const groups = Map.groupBy(all, groupOf);
  return groups.values().reduce((most, { length }) => Math.max(most, length), 0);
}
