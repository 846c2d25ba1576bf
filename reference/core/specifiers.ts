import type { LockfileInput } from "./request.ts";

/**
 * The lockfile with other specifiers: its record of what the request asked for. What was resolved stays as it
 * is.
 */
export function withSpecifiers<L extends LockfileInput>(
  lockfile: L,
  swap: ReadonlyMap<string, string>,
): L {
  if (swap.size === 0) return lockfile;
  const swapped = (value: unknown): unknown =>
    typeof value === "string" ? (swap.get(value) ?? value) : value;
  return {
    ...lockfile,
    ...mapped(lockfile, "importers", (importer) => inMaps(importer, swapped)),
    ...mapped(lockfile, "catalogs", (catalog) => inEntries(catalog, swapped)),
    ...mapped(lockfile, "overrides", swapped),
  };
}

/** One field of the lockfile, each of its entries changed; nothing where there is no such field. */
function mapped(
  lockfile: LockfileInput,
  field: string,
  change: (entry: unknown) => unknown,
): Record<string, unknown> {
  const found = lockfile[field];
  return isRecord(found) ? { [field]: withValues(found, change) } : {};
}

/** An importer: its dependency maps, and whatever else it has. */
function inMaps(importer: unknown, swapped: (value: unknown) => unknown): unknown {
  return isRecord(importer) ? withValues(importer, (map) => inEntries(map, swapped)) : importer;
}

/** A map of entries that each have a specifier. */
function inEntries(map: unknown, swapped: (value: unknown) => unknown): unknown {
  if (!isRecord(map)) return map;
  return withValues(map, (entry) =>
    isRecord(entry) && "specifier" in entry
      ? { ...entry, specifier: swapped(entry["specifier"]) }
      : entry,
  );
}

function withValues(
  record: Readonly<Record<string, unknown>>,
  change: (value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
