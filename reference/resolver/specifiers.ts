import path from "node:path";
import { normalUrl } from "../core/registry-url.ts";
import type { UrlProblem } from "../core/registry-url.ts";
import { Declined, unsupported } from "./failure.ts";

/** The project that `link:` or `workspace:` with a path leads to, or undefined for what names no path. */
export function linkedProject(
  specifier: string,
  from: string,
  projects: ReadonlySet<string>,
): string | undefined {
  const written = /^(?:link:|workspace:(?=\.))(.*)$/s.exec(specifier)?.[1];
  if (written === undefined || /^[/~]|[\\\0]|^[a-z]:/i.test(written)) return undefined;
  const target = path.posix.normalize(path.posix.join(from, written)).replace(/\/$/, "");
  return projects.has(target) ? target : undefined;
}

/**
 * Declines what would read a disk, before anything is resolved: the library looks at the target of a
 * root's `link:` by itself. Links between the request's own projects are fine.
 */
export function declineForeignPaths(
  dependencies: Readonly<Record<string, string>>,
  field: string,
  from: string,
  projects: ReadonlySet<string>,
): void {
  for (const [alias, specifier] of Object.entries(dependencies)) {
    if (!isPath(specifier) || linkedProject(specifier, from, projects) !== undefined) continue;
    throw unsupported(
      field,
      `"${alias}" leads to a place that is not among the request's projects`,
    );
  }
}

/** A specifier that no registry can answer: a path, git, or a tarball somewhere. */
export function unserved(
  alias: string | undefined,
  dev: boolean,
  optional: boolean,
  depth: number,
): Error {
  const field = optional ? "optionalDependencies" : dev ? "devDependencies" : "dependencies";
  const what = `"${alias ?? "a dependency"}" has a specifier that is not resolved here`;
  return unsupported(
    depth === 0 ? field : "dependencies",
    depth === 0 ? what : `${what} (transitive)`,
  );
}

/**
 * Declines a URL that is not what it looks like. A request's own were refused at the boundary; a registry's
 * documents name some as well, and the library would fold away what gives them away.
 */
export function declineTricks(specifier: string): void {
  if (!/^https?:/i.test(specifier)) return;
  const problem = normalUrl(specifier);
  if (typeof problem !== "string") return;
  throw new Declined("ERR_PNPR_OUTSIDE_ALLOWLIST", `a dependency names a URL that ${WHY[problem]}`);
}

const WHY: Readonly<Record<UrlProblem, string>> = {
  "inline-credentials": "carries credentials",
  "not-http": "is of no registry",
  "not-a-url": "cannot be read",
  climbs: "climbs out of its path",
};

function isPath(specifier: string): boolean {
  return /^(?:link|file):|^workspace:\.|^(?:\.{1,2})?[/\\]|^\.{1,2}$|^~[/\\]|^[a-z]:[/\\]/i.test(
    specifier,
  );
}
