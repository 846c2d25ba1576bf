import path from "node:path";
import { isTarballSpecifier } from "../core/direct-tarballs.ts";
import type { FetchedTarball, PackageFrame, ResolveIo } from "../ports.ts";
import type { Breaker } from "./breaker.ts";
import { Declined, unsupported, VIRTUAL_ROOT } from "./failure.ts";
import type { PackageResponse, RequestOptions, RequestPackage, Wanted } from "./library.ts";
import type { Picker } from "./picking.ts";
import type { Project } from "./projects.ts";
import { frameOf, linkedResponse, responseFor, tarballFrame, tarballResponse } from "./response.ts";
import type { Settings } from "./settings.ts";
import { declineTricks, linkedProject, unserved } from "./specifiers.ts";

export interface PackageRequestParts {
  readonly settings: Settings;
  readonly projects: readonly Project[];
  readonly picker: Picker;
  readonly breaker: Breaker;
  readonly tarball: ResolveIo["tarball"];
  readonly onPackage: (frame: PackageFrame) => void;
}

/** Answers the library's one question: which package does this dependency come to? */
export function createPackageRequests({
  settings,
  projects,
  picker,
  breaker,
  tarball,
  onPackage,
}: PackageRequestParts): RequestPackage {
  const told = new Set<string>();
  const tarballs = createTarballs(tarball, breaker);
  const byId = new Map<string, Project>(projects.map((project) => [project.id, project]));
  const ids: ReadonlySet<string> = new Set(byId.keys());

  const answer = async (wanted: Wanted, options: RequestOptions): Promise<PackageResponse> => {
    // `link:` and `workspace:./path` lead to one of the request's projects, or are declined below.
    const from = path.posix.relative(VIRTUAL_ROOT, options.projectDir) || ".";
    const linked = byId.get(linkedProject(wanted.bareSpecifier ?? "", from, ids) ?? "");
    if (linked !== undefined) return linkedResponse(linked, options);
    declineUnroutedJsr(settings, wanted);
    declineTricks(wanted.bareSpecifier ?? "");
    const picked = await picker.pick(wanted, options);
    breaker.check();
    if (picked === null && isTarballSpecifier(wanted.bareSpecifier ?? "")) {
      const specifier = wanted.bareSpecifier ?? "";
      const fetched = await tarballs(specifier);
      breaker.check();
      if (!told.has(fetched.url)) onPackage(tarballFrame(fetched));
      told.add(fetched.url);
      return tarballResponse(specifier, fetched, options);
    }
    if (picked === null) throw unservedHere(wanted, options);
    const response = responseFor(picked, options);
    // One frame for each tarball, the first time that the walk comes to it.
    const frame = told.has(picked.id) ? undefined : frameOf(picked);
    told.add(picked.id);
    if (frame !== undefined) onPackage(frame);
    return response;
  };

  return async (wanted, options) => {
    breaker.check();
    try {
      return await answer(wanted, options);
    } catch (error) {
      // The library swallows any error of an optional dependency; these must not be.
      if (error instanceof Declined) breaker.trip(error);
      throw error;
    }
  };
}

/** Each tarball once. Whatever goes wrong with one ends the resolve, optional dependency or not. */
function createTarballs(
  tarball: ResolveIo["tarball"],
  breaker: Breaker,
): (url: string) => Promise<FetchedTarball> {
  const fetches = new Map<string, Promise<FetchedTarball>>();
  const bring = async (url: string): Promise<FetchedTarball> => {
    try {
      return await tarball(url);
    } catch (error) {
      breaker.trip(error);
      throw error;
    }
  };
  return (url) => {
    const known = fetches.get(url) ?? bring(url);
    fetches.set(url, known);
    return known;
  };
}

/** Without a route for `@jsr`, its packages would be looked for at the default registry. */
function declineUnroutedJsr({ registriesByScope }: Settings, wanted: Wanted): void {
  if (registriesByScope["@jsr"] !== undefined) return;
  const named = [wanted.alias ?? "", wanted.bareSpecifier ?? ""];
  if (named.some((text) => /^(?:jsr:|(?:npm:)?@jsr\/)/.test(text))) {
    throw unsupported("registries", "no registry is named for the scope @jsr");
  }
}

function unservedHere(wanted: Wanted, options: RequestOptions): Error {
  const { dev = false } = wanted as { readonly dev?: boolean };
  const depth = -options.downloadPriority;
  return unserved(wanted.alias, dev, wanted.optional === true, depth);
}
