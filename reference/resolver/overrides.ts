import { matchCatalogResolveResult, resolveFromCatalog } from "@pnpm/catalogs.resolver";
import semver from "semver";
import { Declined, unsupported } from "./failure.ts";
import { splitSelector, type Selector } from "./selector.ts";

/** One entry of the request's `overrides`, read. */
export interface Override {
  /** As the request has it: the lockfile's key. */
  readonly selector: string;
  readonly parent: Selector | undefined;
  readonly target: Selector;
  /** The specifier that takes the target's place, or `-` for none at all. */
  readonly to: string;
}

/** The dependency maps of a manifest, of a project or of a package. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

/** Throws pnpm's own error for a `catalog:` that names no entry. */
export function parseOverrides(
  written: Readonly<Record<string, string>>,
  catalogs: Record<string, Record<string, string>>,
): readonly Override[] {
  return Object.entries(written).map(([selector, value]) => {
    // A `>` that follows a space, a `|` or an `@` belongs to a range.
    const arrow = /[^ |@]>/.exec(selector);
    const parent = arrow === null ? undefined : splitSelector(selector.slice(0, arrow.index + 1));
    const target = splitSelector(arrow === null ? selector : selector.slice(arrow.index + 2));
    const to = dereferenced(target.name, value, catalogs);
    if (/^(?:link|file):|^\$/.test(to)) {
      throw unsupported("overrides", `"${selector}" leads to a place that is not served here`);
    }
    const override = { selector, parent, target, to };
    checkConvergence(override);
    return override;
  });
}

/** `name@` with nothing behind it stands alone, and for one exact version. */
function checkConvergence({ selector, parent, target, to }: Override): void {
  const code = "ERR_PNPM_INVALID_CONVERGENCE_OVERRIDE";
  if (parent !== undefined && (parent.range === "" || target.range === "")) {
    throw new Declined(code, `the override "${selector}" has a parent and an empty range`);
  }
  if (target.range === "" && semver.valid(to) === null) {
    throw new Declined(code, `the override "${selector}" needs an exact version`);
  }
}

/** The lockfile's `overrides`, or undefined where there are none. */
export function overridesMap(overrides: readonly Override[]): Record<string, string> | undefined {
  if (overrides.length === 0) return undefined;
  return Object.fromEntries(overrides.map(({ selector, to }) => [selector, to]));
}

/** What a dependency's specifier becomes where no parent is known; undefined for no change. */
export function overrideEdge(
  overrides: readonly Override[],
): ((name: string, specifier: string) => string | undefined) | undefined {
  const general = overrides.filter(({ parent }) => parent === undefined);
  if (general.length === 0) return undefined;
  return (name, specifier) => replacement(general, [], name, specifier);
}

/** Rewrites a manifest's dependency maps into fresh ones; the manifest that came in is left as it was. */
export function overrideManifest<M extends Manifest>(
  overrides: readonly Override[],
  manifest: M,
): M {
  if (overrides.length === 0) return manifest;
  const scoped = overrides.filter(
    ({ parent }) => parent !== undefined && isParent(parent, manifest),
  );
  const general = overrides.filter(({ parent }) => parent === undefined);
  const pick = (name: string, specifier: string): string | undefined =>
    replacement(general, scoped, name, specifier);

  const maps: Record<string, Record<string, string>> = {};
  for (const field of ["dependencies", "optionalDependencies", "devDependencies"] as const) {
    const deps = manifest[field];
    if (deps !== undefined) maps[field] = overrideMap(deps, pick);
  }
  if (manifest.peerDependencies !== undefined) {
    const dependencies = (maps["dependencies"] ??= {});
    maps["peerDependencies"] = overridePeers(manifest.peerDependencies, dependencies, pick);
  }
  return { ...manifest, ...maps };
}

type Pick = (name: string, specifier: string) => string | undefined;

function overrideMap(deps: Record<string, string>, pick: Pick): Record<string, string> {
  const edited = { ...deps };
  for (const [name, specifier] of Object.entries(deps)) {
    const to = pick(name, specifier);
    if (to === "-") Reflect.deleteProperty(edited, name);
    else if (to !== undefined) edited[name] = to;
  }
  return edited;
}

/** A peer that is overridden by something other than a range becomes a dependency beside it. */
function overridePeers(
  peers: Record<string, string>,
  dependencies: Record<string, string>,
  pick: Pick,
): Record<string, string> {
  const edited = { ...peers };
  for (const [name, specifier] of Object.entries(peers)) {
    const to = pick(name, specifier);
    if (to === "-") Reflect.deleteProperty(edited, name);
    else if (to !== undefined && isPeerRange(to)) edited[name] = to;
    else if (to !== undefined) dependencies[name] = to;
  }
  return edited;
}

/**
 * Overrides under the parent come first; `name@` converges whatever range admits its version, and
 * comes last.
 */
function replacement(
  general: readonly Override[],
  scoped: readonly Override[],
  name: string,
  specifier: string,
): string | undefined {
  const fits = ({ target }: Override): boolean =>
    target.name === name && target.range !== "" && meets(target.range, specifier);
  const picked = mostSpecific(scoped.filter(fits)) ?? mostSpecific(general.filter(fits));
  if (picked !== undefined) return picked.to;
  const converging = general.findLast(({ target }) => target.name === name && target.range === "");
  if (converging === undefined || semver.validRange(specifier, true) === null) return undefined;
  return semver.satisfies(converging.to, specifier, true) ? converging.to : undefined;
}

function mostSpecific(overrides: Override[]): Override | undefined {
  return overrides.sort((a, b) => (meets(b.target.range ?? "", a.target.range ?? "") ? -1 : 1))[0];
}

function meets(range: string | undefined, specifier: string): boolean {
  if (range === undefined || range === "" || range === specifier) return true;
  const known = semver.validRange(range) !== null && semver.validRange(specifier) !== null;
  return known && semver.intersects(specifier, range);
}

function isParent(parent: Selector, manifest: Manifest): boolean {
  if (parent.name !== manifest.name) return false;
  if (parent.range === undefined || parent.range === "") return true;
  return manifest.version !== undefined && semver.satisfies(manifest.version, parent.range);
}

function isPeerRange(specifier: string): boolean {
  if (semver.validRange(specifier) !== null) return true;
  return specifier.includes("workspace:") || specifier.includes("catalog:");
}

function dereferenced(
  alias: string,
  bareSpecifier: string,
  catalogs: Record<string, Record<string, string>>,
): string {
  const found = resolveFromCatalog(catalogs, { alias, bareSpecifier });
  return matchCatalogResolveResult(found, {
    found: ({ resolution }) => resolution.specifier,
    unused: () => bareSpecifier,
    misconfiguration: ({ error }) => {
      throw error;
    },
  });
}
