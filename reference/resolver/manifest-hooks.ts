import { createHash } from "node:crypto";
import { packageExtensions as communityExtensions } from "@yarnpkg/extensions";
import semver from "semver";
import type { Manifest } from "./overrides.ts";
import { splitSelector } from "./selector.ts";
import type { PackageExtension } from "./settings.ts";

/** Adds to a manifest what its author forgot to declare. Never touches the manifest that comes in. */
export type Extend = <M extends Manifest>(manifest: M) => M;

type Extensions = Readonly<Record<string, PackageExtension>>;
type Field = (typeof FIELDS)[number];
type Maps = Partial<Record<Field, Record<string, unknown>>>;

const FIELDS = [
  "dependencies",
  "optionalDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
] as const;

/** What pnpm 11.26 adds to the community's list. */
const PNPM_EXTENSIONS: readonly (readonly [string, PackageExtension])[] = [
  ["@angular/build@*", { dependencies: { tslib: "^2.3.0" } }],
  ["@nuxt/vite-builder@>=4.0.0 <4.5.0", { dependencies: { unplugin: "^2.3.5" } }],
  ["@nuxt/vite-builder@>=4.5.0", { dependencies: { unplugin: "^3.3.0" } }],
];

/**
 * The compatibility database, then the request's own extensions; the earlier one wins where both say
 * something.
 */
export function createExtender(requested: Extensions): Extend {
  const byName = new Map<string, { range: string | undefined; adds: Maps }[]>();
  for (const [selector, adds] of mergedBySelector(requested)) {
    const { name, range } = splitSelector(selector);
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [{ range, adds }]);
    else known.push({ range, adds });
  }
  return (manifest) => {
    let extended = manifest;
    for (const { range, adds } of byName.get(manifest.name ?? "") ?? []) {
      if (range !== undefined && !semver.satisfies(manifest.version ?? "", range)) continue;
      extended = { ...extended, ...addedTo(extended, adds) };
    }
    return extended;
  };
}

/**
 * The lockfile's `packageExtensionsChecksum`: the hash that the `object-hash` package gives, keys
 * sorted.
 */
export function extensionsChecksum(requested: Extensions): string | undefined {
  if (Object.keys(requested).length === 0) return undefined;
  return `sha256-${createHash("sha256").update(hashable(requested)).digest("base64")}`;
}

/** Entries under one selector count as one, at the place of the first. */
function mergedBySelector(requested: Extensions): Map<string, Maps> {
  const merged = new Map<string, Maps>();
  const all = [...communityExtensions, ...PNPM_EXTENSIONS, ...Object.entries(requested)];
  for (const [selector, extension] of all) {
    const { dependencies, peerDependencies, peerDependenciesMeta } = extension;
    const optionalDependencies =
      "optionalDependencies" in extension ? extension.optionalDependencies : undefined;
    const next = { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta };
    const previous = merged.get(selector) ?? {};
    merged.set(selector, { ...previous, ...addedTo(previous, next) });
  }
  return merged;
}

/** The maps of `base` that `extension` has something for, with the base's own entries winning. */
function addedTo(
  base: Manifest | Maps,
  extension: Readonly<Partial<Record<Field, Readonly<Record<string, unknown>> | undefined>>>,
): Maps {
  const own: Maps = base;
  const added: Maps = {};
  for (const field of FIELDS) {
    if (extension[field] !== undefined) added[field] = { ...extension[field], ...own[field] };
  }
  return added;
}

function hashable(value: unknown): string {
  if (typeof value === "string") return `string:${value.length}:${value}`;
  if (typeof value === "boolean") return `bool:${String(value)}`;
  if (typeof value !== "object" || value === null) return "Null";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = entries.map(([key, entry]) => `${hashable(key)}:${hashable(entry)},`);
  return `object:${entries.length}:${lines.join("")}`;
}
