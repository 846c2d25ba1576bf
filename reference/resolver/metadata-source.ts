import { STATUS_CODES } from "node:http";
import { setImmediate } from "node:timers/promises";
import type {
  createNpmResolver,
  PackageMeta,
  PackageMetaCache,
} from "@pnpm/resolving.npm-resolver";
import { isPackageName } from "../core/names.ts";
import type { FetchedMetadata, ResolveIo } from "../ports.ts";
import type { Breaker } from "./breaker.ts";
import { Declined } from "./failure.ts";
import type { Memo } from "./memo.ts";
import { parsePackument } from "./packument.ts";
import { routingKey } from "../core/tarballs.ts";

/** The metadata of one request: its own cache, over the one way out. */
export interface MetadataSource {
  readonly metaCache: PackageMetaCache;
  readonly fetchFromRegistry: Parameters<typeof createNpmResolver>[0];
  /**
   * Brings a packument into the cache, so that the library finds it there instead of parsing it once
   * more.
   */
  prepare(wanted: Wanted): Promise<void>;
}

export interface Wanted {
  readonly registry: string;
  readonly name: string;
  readonly full: boolean;
  /** The release-age cutoff, for which an abbreviated packument may know too little. */
  readonly publishedBy: Date | undefined;
}

export interface SourceParts {
  readonly metadata: ResolveIo["metadata"];
  readonly breaker: Breaker;
  /** Parsed packuments across requests, by the digest of their bytes: whose they are does not enter. */
  readonly memo: Memo<PackageMeta>;
  /** Every registry that the request may reach, each ending in a slash. */
  readonly registries: readonly string[];
  /** Whether the policies of the request need full packuments throughout. */
  readonly alwaysFull: boolean;
}

type Loaded = { readonly document: PackageMeta } | { readonly status: number };

export function createMetadataSource(parts: SourceParts): MetadataSource {
  // Never shared between requests: the library's key knows a registry and a name, but no scope.
  const metaCache = new Map<string, PackageMeta>();
  const loads = new Map<string, Promise<Loaded>>();
  const inOrder = createOrder();

  const load = (registry: string, name: string, full: boolean): Promise<Loaded> => {
    const key = `${registry}\0${name}\0${String(full)}`;
    const known = loads.get(key);
    if (known !== undefined) return known;
    const loading = inOrder(loadPackument(parts, registry, name, full));
    loads.set(key, loading);
    return loading;
  };
  const document = async (registry: string, name: string, full: boolean) => {
    const loaded = await load(registry, name, full);
    // The library sets properties on documents, so each request has its own.
    return "document" in loaded ? { ...loaded.document } : undefined;
  };

  return {
    metaCache,
    async prepare({ registry, name, full, publishedBy }) {
      const needsFull = full || parts.alwaysFull;
      const key = cacheKey(registry, name, needsFull, parts.alwaysFull);
      const known = metaCache.get(key) ?? (await document(registry, name, needsFull));
      if (known === undefined) return;
      const sufficient = publishedBy === undefined || knowsAges(known, publishedBy) || needsFull;
      const fuller = sufficient ? undefined : await document(registry, name, true);
      const current = metaCache.get(key);
      if (current === undefined || (current.time === undefined && fuller?.time !== undefined)) {
        metaCache.set(key, fuller ?? known);
      }
    },
    async fetchFromRegistry(uri, options) {
      const { registry, name } = locate(uri, parts.registries);
      const loaded = await load(registry, name, options?.fullMetadata === true);
      if ("status" in loaded) return refusal(loaded.status);
      return new Response(JSON.stringify(loaded.document), {
        headers: { "content-type": "application/vnd.npm.install-v1+json" },
      });
    },
  };
}

/**
 * Hands answers on in the order of the questions, each in a turn of its own: in a graph with cycles the
 * library's result depends on which came first, and a lockfile must not depend on the network's mood.
 */
function createOrder(): <T>(answer: Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (answer) => {
    const before = last;
    const turn = async () => {
      await Promise.allSettled([before, answer]);
      await setImmediate();
      return answer;
    };
    const mine = turn();
    last = mine;
    return mine;
  };
}

/**
 * Trips the breaker on whatever must fail the resolve under an optional dependency as well: all but a
 * 404.
 */
async function loadPackument(
  parts: SourceParts,
  registry: string,
  name: string,
  full: boolean,
): Promise<Loaded> {
  parts.breaker.check();
  try {
    if (!isPackageName(name)) {
      throw new Declined("ERR_PNPM_INVALID_PACKAGE_NAME", `"${name}" is no package name`);
    }
    const fetched = await parts.metadata(registry, name, full);
    if (fetched.status === 404) return { status: 404 };
    if (fetched.status < 200 || fetched.status > 299) {
      const code = `ERR_PNPM_FETCH_${fetched.status}`;
      throw new Declined(code, `the registry of ${name} answered ${fetched.status}`);
    }
    return { document: readPackument(parts.memo, name, fetched) };
  } catch (error) {
    parts.breaker.trip(error);
    throw error;
  }
}

function readPackument(
  memo: Memo<PackageMeta>,
  name: string,
  fetched: FetchedMetadata,
): PackageMeta {
  const key = `${fetched.digest} ${name} ${routingKey(fetched.tarballs)}`;
  const known = memo.get(key);
  if (known !== undefined) return known;
  const parsed = parsePackument(name, fetched.body, fetched.tarballs);
  if (parsed === undefined) {
    throw new Declined(
      "ERR_PNPM_BROKEN_METADATA_JSON",
      `the metadata of ${name} could not be read`,
    );
  }
  memo.put(key, parsed, fetched.body.byteLength);
  return parsed;
}

/** Whether the document says enough to tell which of its versions are older than the cutoff. */
function knowsAges(document: PackageMeta, publishedBy: Date): boolean {
  if (document.time !== undefined) return true;
  return document.modified !== undefined && new Date(document.modified) <= publishedBy;
}

/** The key under which the library looks; a wrong guess costs a parse, never a wrong document. */
function cacheKey(registry: string, name: string, full: boolean, filtered: boolean): string {
  const { origin, pathname } = new URL(registry);
  const kind = full ? (filtered ? ":full:filtered" : ":full") : "";
  return `${origin}${pathname}\0${name}${kind}`;
}

function locate(uri: string, registries: readonly string[]): { registry: string; name: string } {
  const under = registries.filter((registry) => uri.startsWith(new URL(registry).href));
  const [registry] = under.sort((a, b) => b.length - a.length);
  if (registry === undefined) {
    throw new Declined("ERR_PNPM_META_FETCH_FAIL", "a package lies under no known registry");
  }
  return { registry, name: decodeURIComponent(uri.slice(new URL(registry).href.length)) };
}

function refusal(status: number): Response {
  return new Response(null, { status, statusText: STATUS_CODES[status] ?? "" });
}
