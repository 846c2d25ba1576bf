import { gzipSync } from "node:zlib";
import type { Manifest } from "../fixtures/world.ts";
import { packTarball } from "../fixtures/packages/tarball.ts";
import type { Tarball } from "../fixtures/packages/tarball.ts";
import { sha256Hex } from "../wire/digest.ts";
import { acceptsGzip } from "../wire/encoding.ts";
import { header, jsonReply, utf8 } from "../wire/message.ts";
import type { Handler, Message, Reply } from "../wire/message.ts";
import { createMoods } from "./faults.ts";
import type { Moods, Subject } from "./faults.ts";
import { remembering } from "./memory.ts";
import type { Memory } from "./memory.ts";

export interface NpmRegistryOptions {
  /** Where clients reach it, without a trailing slash: `dist.tarball` starts with it. */
  readonly baseUrl: string;
  readonly packages: Readonly<Record<string, MockPackage>>;
  /** Full `authorization` values that are let in; null where everybody is. */
  readonly admitted: readonly string[] | null;
  /** What everybody else is told, whatever they ask for. */
  readonly denies: 401 | 403 | 404;
}

export interface MockPackage {
  readonly versions: Readonly<Record<string, MockManifest>>;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** A manifest, and what is planted in it: `canary` stands in its description and in its tarball. */
export interface MockManifest extends Manifest {
  readonly canary?: string;
}

/** A registry as a pure model (`state` and `answer`) behind a thin door (`handler`). */
export interface NpmRegistry {
  readonly handler: Handler;
  readonly memory: Memory;
  readonly moods: Moods;
  admit(authorizations: readonly string[]): void;
  publish(name: string, version: string, manifest: MockManifest): void;
  unpublish(name: string): void;
  /** The tarball of a version, as it is served. */
  tarball(name: string, version: string): Tarball | undefined;
}

export function npmRegistry(options: NpmRegistryOptions): NpmRegistry {
  const state: State = {
    ...options,
    packages: new Map(Object.entries(options.packages)),
    rendered: new Map(),
    tarballs: new Map(),
  };
  const moods = createMoods();
  const { handler, memory } = remembering(async (message, signal) => {
    const subject = subjectOf(state, message.target);
    return (await moods.meet(subject, signal)) ?? answer(state, message);
  });
  return {
    handler,
    memory,
    moods,
    admit: (authorizations) => {
      state.admitted = authorizations;
    },
    publish: (name, version, manifest) => {
      const before = state.packages.get(name);
      const versions = { ...before?.versions, [version]: manifest };
      state.packages.set(name, { versions, tags: { ...before?.tags, latest: version } });
      forget(state, name);
    },
    unpublish: (name) => {
      state.packages.delete(name);
      forget(state, name);
    },
    tarball: (name, version) => tarballOf(state, name, version),
  };
}

interface State extends Omit<NpmRegistryOptions, "packages" | "admitted"> {
  admitted: readonly string[] | null;
  readonly packages: Map<string, MockPackage>;
  /** Documents as they were last served, by name and form. */
  readonly rendered: Map<string, Rendered>;
  readonly tarballs: Map<string, Tarball>;
}

interface Rendered {
  readonly identity: Uint8Array;
  readonly gzip: Uint8Array;
  readonly etag: string;
}

/** What this state says to a message. Whoever is not admitted hears the same of every name. */
function answer(state: State, message: Message): Reply {
  const place = placeOf(state, message.target);
  if (message.method !== "GET" && message.method !== "HEAD") {
    return jsonReply(405, { error: "this registry is read-only" }, [["allow", "GET, HEAD"]]);
  }
  if (place?.kind === "ping") return jsonReply(200, {});
  const shown = header(message.headers, "authorization");
  if (state.admitted !== null && (shown === undefined || !state.admitted.includes(shown))) {
    const challenge = state.denies === 401 ? ([["www-authenticate", "Bearer"]] as const) : [];
    return jsonReply(state.denies, { error: DENIALS[state.denies] }, challenge);
  }
  if (place === null) return notFound();
  if (place.kind === "tarball") {
    const version = versionOf(state, place.name, place.file);
    const tarball = version === null ? undefined : tarballOf(state, place.name, version);
    if (tarball === undefined) return notFound();
    const headers = [["content-type", "application/octet-stream"]] as const;
    return { status: 200, headers, body: tarball.bytes };
  }
  if (!state.packages.has(place.name)) return notFound();
  if (place.kind === "manifest") {
    const document = documentOf(state, place.name, true);
    const version = document["dist-tags"][place.version] ?? place.version;
    const manifest = Object.hasOwn(document.versions, version) ? document.versions[version] : null;
    return manifest === null ? notFound() : jsonReply(200, manifest);
  }
  return packument(state, place.name, message);
}

const DENIALS = { 401: "authentication required", 403: "forbidden", 404: "not found" } as const;

type Place =
  | { readonly kind: "ping" }
  | { readonly kind: "packument"; readonly name: string }
  | { readonly kind: "manifest"; readonly name: string; readonly version: string }
  | { readonly kind: "tarball"; readonly name: string; readonly file: string };

/** Reads a target such as `/base/@scope%2fname` or `/base/@scope/name/-/name-1.0.0.tgz`. */
function placeOf(state: State, target: string): Place | null {
  const base = new URL(state.baseUrl).pathname.replace(/\/$/, "");
  const path = target.replace(/[?#].*$/s, "");
  if (!path.startsWith(`${base}/`)) return null;
  const rest = path.slice(base.length + 1).replace(/^(@[^/]+)%2f/i, "$1/");
  if (rest === "-/ping") return { kind: "ping" };
  const found = /^(@[^/]+\/[^/]+|[^@/-][^/]*)(?:\/(?:-\/([^/]+)|([^/]+)))?$/.exec(rest);
  const [, name, file, version] = found ?? [];
  if (name === undefined) return null;
  if (file !== undefined) return { kind: "tarball", name, file };
  if (version !== undefined) return { kind: "manifest", name, version };
  return { kind: "packument", name };
}

function subjectOf(state: State, target: string): Subject {
  const place = placeOf(state, target);
  if (place === null || place.kind === "ping") return { package: null, kind: "other" };
  const kind = place.kind === "tarball" ? "tarball" : "packument";
  return { package: place.name, kind };
}

function packument(state: State, name: string, message: Message): Reply {
  const full = !(header(message.headers, "accept") ?? "").includes(ABBREVIATED);
  const { identity, gzip, etag } = rendered(state, name, full);
  const common = [
    ["etag", etag],
    ["last-modified", new Date(LONG_AGO).toUTCString()],
    ["vary", "Accept, Accept-Encoding"],
    ["cache-control", "public, max-age=300"],
  ] as const;
  if (header(message.headers, "if-none-match") === etag) {
    return { status: 304, headers: common, body: new Uint8Array(0) };
  }
  const zipped = acceptsGzip(header(message.headers, "accept-encoding"));
  const encoding = zipped ? ([["content-encoding", "gzip"]] as const) : [];
  const type = full ? "application/json" : ABBREVIATED;
  const headers = [["content-type", type], ...encoding, ...common] as const;
  return { status: 200, headers, body: zipped ? gzip : identity };
}

const ABBREVIATED = "application/vnd.npm.install-v1+json";

function rendered(state: State, name: string, full: boolean): Rendered {
  const key = `${name} ${String(full)}`;
  const known = state.rendered.get(key);
  if (known !== undefined) return known;
  const identity = utf8(JSON.stringify(documentOf(state, name, full)));
  const etag = `"${sha256Hex(identity).slice(0, 32)}"`;
  const made = { identity, gzip: gzipSync(identity), etag };
  state.rendered.set(key, made);
  return made;
}

interface Document {
  readonly name: string;
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

function documentOf(state: State, name: string, full: boolean): Document {
  const { versions, tags } = state.packages.get(name) ?? { versions: {} };
  const ids = Object.keys(versions);
  const published = ids.map((id) => [id, versions[id]?.published ?? LONG_AGO] as const);
  const modified =
    published
      .map(([, at]) => at)
      .sort()
      .at(-1) ?? LONG_AGO;
  const time = { created: LONG_AGO, modified, ...Object.fromEntries(published) };
  const manifests = ids.map((id) => [id, manifestOf(state, name, id, full)] as const);
  return {
    name,
    "dist-tags": { latest: ids.at(-1) ?? "", ...tags },
    versions: Object.fromEntries(manifests),
    ...(full ? { _id: name, readme: `# ${name}`, time } : { modified }),
  };
}

function manifestOf(state: State, name: string, version: string, full: boolean): object {
  const manifest = state.packages.get(name)?.versions[version] ?? {};
  const { canary, published: _published, ...fields } = manifest;
  const { bytes: _bytes, ...dist } = tarballOf(state, name, version) ?? { bytes: null };
  const file = `${name.slice(name.indexOf("/") + 1)}-${version}.tgz`;
  return {
    name,
    version,
    ...(full || canary !== undefined ? { description: descriptionOf(name, canary) } : {}),
    ...fields,
    dist: { ...dist, tarball: `${state.baseUrl}/${name}/-/${file}` },
  };
}

function descriptionOf(name: string, canary: string | undefined): string {
  return canary === undefined ? `the package ${name}` : `the package ${name} ${canary}`;
}

function tarballOf(state: State, name: string, version: string): Tarball | undefined {
  const manifest = state.packages.get(name)?.versions[version];
  if (manifest === undefined) return undefined;
  const key = `${name}@${version}`;
  const known = state.tarballs.get(key);
  if (known !== undefined) return known;
  const { canary, published: _published, ...fields } = manifest;
  const packed = packTarball({
    "package.json": JSON.stringify({ name, version, ...fields }),
    "README.md": `# ${descriptionOf(name, canary)}\n`,
    "index.js": `module.exports = ${JSON.stringify(canary ?? key)};\n`,
  });
  state.tarballs.set(key, packed);
  return packed;
}

function versionOf(state: State, name: string, file: string): string | null {
  const prefix = `${name.slice(name.indexOf("/") + 1)}-`;
  if (!file.startsWith(prefix) || !file.endsWith(".tgz")) return null;
  const version = file.slice(prefix.length, -4);
  return Object.hasOwn(state.packages.get(name)?.versions ?? {}, version) ? version : null;
}

function forget(state: State, name: string): void {
  for (const full of [true, false]) state.rendered.delete(`${name} ${String(full)}`);
  for (const key of state.tarballs.keys()) {
    if (key.startsWith(`${name}@`)) state.tarballs.delete(key);
  }
}

function notFound(): Reply {
  return jsonReply(404, { error: "not found" });
}

/** When everything was published that does not say otherwise: older than any release-age policy minds. */
const LONG_AGO = "2020-01-01T00:00:00.000Z";
