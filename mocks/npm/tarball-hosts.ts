import type { Tarball } from "../../fixtures/packages/tarball.ts";
import type { World } from "../../fixtures/world.ts";

/** Where a registry's packuments say that its tarballs are. */
export interface TarballHost {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** What stands behind every URL. */
  readonly query?: string;
}

/** What a host keeps for other registries; null for what it does not have, or not for such a query. */
export type Keeps = (name: string, version: string, query: string) => Tarball | null;

/** How the registries of a world keep tarballs for each other, as options of the one called `name`. */
export function tarballHosting(
  upstreams: World["upstreams"],
  name: string,
  there: {
    /** An upstream's base URL, without a trailing slash. */
    readonly place: (upstream: string) => string;
    /** The secret in signed URLs of an upstream's tarballs. */
    readonly signature: (upstream: string) => string;
    readonly tarball: (upstream: string, name: string, version: string) => Tarball | null;
  },
): { readonly tarballs?: TarballHost; readonly keeps?: Keeps } {
  const queryOf = (upstream: string): string =>
    upstreams[upstream]?.tarballs?.signed === true ? `signature=${there.signature(upstream)}` : "";
  const host = upstreams[name]?.tarballs;
  const query = queryOf(name);
  const kept = Object.keys(upstreams).filter((other) => upstreams[other]?.tarballs?.at === name);
  return {
    ...(host === undefined
      ? {}
      : { tarballs: { baseUrl: there.place(host.at), ...(query === "" ? {} : { query }) } }),
    ...(kept.length === 0
      ? {}
      : {
          keeps: (pkg, version, shown) => {
            const open = kept.filter((other) => [shown, ""].includes(queryOf(other)));
            const [found = null] = open.flatMap(
              (other) => there.tarball(other, pkg, version) ?? [],
            );
            return found;
          },
        }),
  };
}
