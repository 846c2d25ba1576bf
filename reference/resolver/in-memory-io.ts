import { createHash } from "node:crypto";
import { utf8 } from "../../wire/message.ts";
import type {
  FetchedMetadata,
  FetchedTarball,
  PackageFrame,
  ResolveIo,
  ResolveJob,
} from "../ports.ts";

/** Packages in a few words, for tests: `{ foo: { "1.0.0": {} } }`. */
export type Packages = Readonly<Record<string, Readonly<Record<string, VersionInBrief>>>>;

export interface VersionInBrief {
  readonly dependencies?: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly published?: string;
  /** In place of the canonical URL. */
  readonly tarball?: string;
  readonly [field: string]: unknown;
}

export interface InMemoryIo extends ResolveIo {
  /** `name` or `name (full)`, in the order of asking. */
  readonly asked: string[];
  readonly frames: PackageFrame[];
}

export interface InMemoryOptions {
  readonly tarballs?: FetchedMetadata["tarballs"];
  /** Takes the place of the answer for some names. */
  readonly answers?: Readonly<Record<string, () => FetchedMetadata | Promise<FetchedMetadata>>>;
  /** Tarballs by the URL that a dependency names. */
  readonly direct?: Readonly<Record<string, FetchedTarball>>;
  /** What comes between the question and the answer. */
  readonly before?: (name: string) => Promise<void>;
}

export const REGISTRY = "http://registry.test/";
const LONG_AGO = "2020-01-01T00:00:00.000Z";

/** A `ResolveIo` that answers from packuments in memory, abbreviated unless asked for all. */
export function inMemoryIo(packages: Packages, options: InMemoryOptions = {}): InMemoryIo {
  const asked: string[] = [];
  const frames: PackageFrame[] = [];
  return {
    asked,
    frames,
    async metadata(registry, name, full) {
      asked.push(full ? `${name} (full)` : name);
      await options.before?.(name);
      const special = options.answers?.[name];
      if (special !== undefined) return special();
      const versions = packages[name];
      if (versions === undefined) return answered(404, { error: "not found" });
      return answered(200, packument(registry, name, versions, full), options.tarballs);
    },
    async tarball(url) {
      asked.push(url);
      const found = options.direct?.[url];
      if (found === undefined) throw new Error(`no tarball at ${url}`);
      return found;
    },
    onPackage(frame) {
      frames.push(frame);
    },
  };
}

/** A job of one project with these dependencies, at noon of the first day of 2026. */
export function jobFor(
  dependencies: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, unknown>> = {},
): ResolveJob {
  const now = Date.UTC(2026, 0, 1, 12);
  const request = { projects: [{ dir: "", name: "root", dependencies }], ...fields };
  return { request, owner: "somebody", defaultRegistry: REGISTRY, now };
}

export function answered(
  status: number,
  value: unknown,
  tarballs: FetchedMetadata["tarballs"] = "as-is",
): FetchedMetadata {
  const body = utf8(JSON.stringify(value));
  const digest = createHash("sha256").update(body).digest("hex");
  return { status, headers: [["content-type", "application/json"]], body, digest, tarballs };
}

export function packument(
  registry: string,
  name: string,
  versions: Readonly<Record<string, VersionInBrief>>,
  full: boolean,
): Readonly<Record<string, unknown>> {
  const numbers = Object.keys(versions);
  const published = numbers.map((number) => versions[number]?.published ?? LONG_AGO);
  const times = Object.fromEntries(numbers.map((number, index) => [number, published[index]]));
  return {
    name,
    "dist-tags": { latest: numbers.at(-1) },
    versions: Object.fromEntries(
      Object.entries(versions).map(([number, { tarball, ...manifest }]) => [
        number,
        { name, version: number, ...manifest, dist: dist(registry, name, number, tarball) },
      ]),
    ),
    ...(full ? { time: times } : { modified: [...published].sort().at(-1) }),
  };
}

function dist(registry: string, name: string, version: string, tarball: string | undefined) {
  const file = `${name.slice(name.indexOf("/") + 1)}-${version}.tgz`;
  const hash = createHash("sha512").update(`${name}@${version}`).digest("base64");
  return {
    integrity: `sha512-${hash}`,
    tarball: tarball ?? `${registry}${name}/-/${file}`,
    unpackedSize: 1000,
    fileCount: 3,
  };
}
