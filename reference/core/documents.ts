import type { Route } from "./classify.ts";
import { liesUnder, normalUrl } from "./registry-url.ts";
import { routeTarball, tarballOwner } from "./tarballs.ts";
import type { TarballRouting } from "./tarballs.ts";

/** A packument as a registry serves it: its own fields, and whatever else it says. */
export interface Packument {
  readonly name: string;
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, Manifest>>;
  readonly [field: string]: unknown;
}

export interface Manifest {
  readonly dist?: { readonly tarball?: unknown; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** Whether the bytes are a packument of that name; an upstream that sends another's is as good as down. */
export function isPackument(body: Uint8Array, name: string): boolean {
  try {
    const document: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    if (typeof document !== "object" || document === null || !("versions" in document))
      return false;
    return "name" in document && document.name === name;
  } catch {
    return false;
  }
}

/** Reads bytes that were found to be a packument of that name when they were stored. */
export function parsePackument(bytes: Uint8Array): Packument {
  const document = JSON.parse(Buffer.from(bytes).toString("utf8")) as Partial<Packument>;
  return {
    ...document,
    name: document.name ?? "",
    "dist-tags": document["dist-tags"] ?? {},
    versions: document.versions ?? {},
  };
}

/**
 * The document with every tarball where this server serves it. A version whose tarball no client may be
 * sent to is left out: it could not be installed.
 */
export function routed(document: Packument, name: string, routing: TarballRouting): Packument {
  const versions = Object.entries(document.versions).flatMap(
    ([version, manifest]): [string, Manifest][] => {
      const tarball = routeTarball(manifest.dist?.tarball, name, routing);
      return tarball === undefined
        ? []
        : [[version, { ...manifest, dist: { ...manifest.dist, tarball } }]];
    },
  );
  const there = new Set(versions.map(([version]) => version));
  const tags = Object.entries(document["dist-tags"]).filter(([, version]) => there.has(version));
  return {
    ...document,
    "dist-tags": Object.fromEntries(tags),
    versions: Object.fromEntries(versions),
  };
}

/** One version's manifest, by version or by tag. */
export function manifestOf(document: Packument, wanted: string): Manifest | undefined {
  const tags = document["dist-tags"];
  const version = (Object.hasOwn(tags, wanted) ? tags[wanted] : undefined) ?? wanted;
  return Object.hasOwn(document.versions, version) ? document.versions[version] : undefined;
}

/** Where the tarball that is served under a file's name really is. */
export function upstreamTarball(
  document: Packument,
  name: string,
  file: string,
): string | undefined {
  const served = `/${name}/-/${file}`;
  return Object.values(document.versions)
    .map(({ dist }) => dist?.tarball)
    .filter((tarball) => typeof tarball === "string")
    .find((tarball) => routeTarball(tarball, name, { base: "" }) === served);
}

/**
 * Whether a tarball of this route may be fetched from a URL. One under an alias's registry belongs to the
 * package in its path: a packument cannot lend another package's tarball to its own readers.
 */
export function ownsTarball(route: Route, text: string): boolean {
  const url = normalUrl(text);
  if (typeof url === "string") return false;
  if (route.class !== "proxied" || !liesUnder(url.href, route.alias.registry)) return true;
  const owner = tarballOwner(url.href.slice(route.alias.registry.length));
  return owner === null || owner === route.package;
}

/** What the abbreviated form keeps of a manifest: what an installer needs. */
const KEPT: readonly string[] = [
  ...["name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies"],
  ...["bundleDependencies", "bundledDependencies", "peerDependencies", "peerDependenciesMeta"],
  ...["acceptDependencies", "bin", "directories", "dist", "engines", "cpu", "os", "libc"],
  ...["funding", "_hasShrinkwrap", "hasInstallScript"],
];

/** The form that installers ask for. `time` stays where it is known: release-age policies need it. */
export function abbreviated(document: Packument): object {
  const time = document["time"];
  const versions = Object.entries(document.versions).map(([version, manifest]) => {
    const kept = Object.fromEntries(
      KEPT.filter((key) => Object.hasOwn(manifest, key)).map((key) => [key, manifest[key]]),
    );
    return [version, hasInstallScript(manifest) ? { ...kept, hasInstallScript: true } : kept];
  });
  return {
    name: document.name,
    modified: document["modified"] ?? modifiedIn(time),
    "dist-tags": document["dist-tags"],
    versions: Object.fromEntries(versions) as unknown,
    ...(time === undefined ? {} : { time }),
  };
}

function hasInstallScript({ scripts }: Manifest): boolean {
  if (typeof scripts !== "object" || scripts === null) return false;
  return ["preinstall", "install", "postinstall"].some((script) => script in scripts);
}

function modifiedIn(time: unknown): unknown {
  return typeof time === "object" && time !== null && "modified" in time
    ? time.modified
    : undefined;
}

/** The document's text without any place upstream: what still names one names this server's endpoint. */
export function withoutPlaces(text: string, route: Route, publicUrl: string): string {
  if (route.class !== "proxied") return text;
  const { registry, tarballOrigins, name } = route.alias;
  const endpoint = `${publicUrl}/~${name}`;
  const places = [registry.slice(0, -1), new URL(registry).origin, ...tarballOrigins];
  return places.reduce((shown, place) => shown.replaceAll(place, endpoint), text);
}
