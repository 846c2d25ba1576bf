import { acceptsGzip } from "../wire/encoding.ts";
import { header, headerAll, jsonReply, NO_BODY } from "../wire/message.ts";
import type { Handler, HeaderList, Message, Reply } from "../wire/message.ts";
import type { Tarball } from "../fixtures/packages/tarball.ts";
import { createMoods } from "./faults.ts";
import type { Moods, Subject } from "./faults.ts";
import { createMemory } from "./memory.ts";
import type { Memory } from "./memory.ts";
import { isUnchanged } from "./npm/conditions.ts";
import { placeOf } from "./npm/place.ts";
import type { Place } from "./npm/place.ts";
import {
  createShelf,
  LONG_AGO,
  manifestOf,
  packumentOf,
  put,
  remove,
  tarballOf,
  versionIn,
} from "./npm/shelf.ts";
import type { MockManifest, MockPackage, Shelf } from "./npm/shelf.ts";
import type { Keeps, TarballHost } from "./npm/tarball-hosts.ts";

export interface NpmRegistryOptions {
  /** Where clients reach it, without a trailing slash. */
  readonly baseUrl: string;
  /** Where packuments say that tarballs are. Default: here. */
  readonly tarballs?: TarballHost;
  /** What it has besides its own packages: tarballs of other registries. */
  readonly keeps?: Keeps;
  readonly packages: Readonly<Record<string, MockPackage>>;
  /** Full `authorization` values that are let in; null where everybody is. */
  readonly admitted: readonly string[] | null;
  /** What everybody else is told, whatever they ask for. */
  readonly denies: 401 | 403 | 404;
  /** What it is called in the memory. Default: `npm`. */
  readonly name?: string;
  /** Shared with other mocks where their order matters. Default: one of its own. */
  readonly memory?: Memory;
  /** Milliseconds since the epoch, for what is published later. Default: a day long past. */
  readonly now?: () => number;
}

/** A registry as a pure model (`State` and `answer`) behind a thin door (`handler`). */
export interface NpmRegistry {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly handler: Handler;
  readonly memory: Memory;
  readonly moods: Moods;
  /** From now on these `authorization` values are let in and no others. */
  admit(authorizations: readonly string[]): void;
  publish(name: string, version: string, manifest: MockManifest): void;
  unpublish(name: string): void;
  /** Every name that it has, with its versions. */
  contents(): ReadonlyMap<string, readonly string[]>;
  /** The tarball of a version, as it is served; null when there is none. */
  tarball(name: string, version: string): Tarball | null;
}

export function npmRegistry(options: NpmRegistryOptions): NpmRegistry {
  const { baseUrl, denies, memory = createMemory(), now = () => Date.parse(LONG_AGO) } = options;
  const state: State = {
    shelf: createShelf(options.tarballs ?? { baseUrl }, options.packages, now),
    keeps: options.keeps ?? (() => null),
    basePath: new URL(baseUrl).pathname.replace(/\/$/, ""),
    admitted: options.admitted,
    denies,
  };
  const moods = createMoods();
  const handler = memory.remembering(options.name ?? "npm", async (message, signal) => {
    const subject = subjectOf(state.basePath, message.target);
    return moods.meet(subject, message, (asked) => answer(state, asked), signal);
  });
  return {
    baseUrl,
    handler,
    memory,
    moods,
    admit: (authorizations) => {
      state.admitted = authorizations;
    },
    publish: (name, version, manifest) => {
      put(state.shelf, name, version, manifest);
    },
    unpublish: (name) => {
      remove(state.shelf, name);
    },
    contents: () =>
      new Map(
        [...state.shelf.packages].map(([name, { versions }]) => [name, Object.keys(versions)]),
      ),
    tarball: (name, version) => tarballOf(state.shelf, name, version),
  };
}

interface State {
  readonly shelf: Shelf;
  readonly keeps: Keeps;
  readonly basePath: string;
  readonly denies: 401 | 403 | 404;
  admitted: readonly string[] | null;
}

/** What this state says to a message. Whoever is not admitted hears the same of every name. */
function answer(state: State, message: Message): Reply {
  const place = placeOf(state.basePath, message.target);
  const wanted = place?.kind === "advisories" ? ["POST"] : ["GET", "HEAD"];
  if (!wanted.includes(message.method)) {
    return jsonReply(405, { error: "this registry is read-only" }, [["allow", wanted.join(", ")]]);
  }
  if (place?.kind === "ping") return jsonReply(200, {});
  const shown = headerAll(message.headers, "authorization");
  if (shown.length > 1) return jsonReply(400, { error: "two credentials" });
  if (!isAdmitted(state, shown[0])) {
    const challenge = state.denies === 401 ? ([["www-authenticate", "Bearer"]] as const) : [];
    return jsonReply(state.denies, { error: DENIALS[state.denies] }, challenge);
  }
  return place === null ? notFound() : serve(state, place, message);
}

const DENIALS = { 401: "authentication required", 403: "forbidden", 404: "not found" } as const;

function notFound(): Reply {
  return jsonReply(404, { error: DENIALS[404] });
}

function isAdmitted({ admitted }: State, shown: string | undefined): boolean {
  if (admitted === null) return true;
  return shown !== undefined && admitted.map(withPlainScheme).includes(withPlainScheme(shown));
}

/** A scheme's name may be in any letter case (RFC 9110, section 11.1); the credential may not. */
function withPlainScheme(authorization: string): string {
  return authorization.replace(/^\S+ +/, (scheme) => `${scheme.trim().toLowerCase()} `);
}

function serve(state: State, place: Exclude<Place, { kind: "ping" }>, message: Message): Reply {
  const { shelf } = state;
  switch (place.kind) {
    case "advisories":
      return jsonReply(200, {});
    case "packument":
      return servePackument(state, place.name, message);
    case "manifest": {
      const manifest = manifestOf(shelf, place.name, place.version);
      return manifest === null ? notFound() : jsonReply(200, manifest);
    }
    case "tarball": {
      const tarball = tarballAt(state, place, message);
      if (tarball === null) return notFound();
      const headers = [["etag", `"${tarball.shasum}"`], ...caching(state, [])] as const;
      if (isUnchanged(message, headers)) return { status: 304, headers, body: NO_BODY };
      const type = ["content-type", "application/octet-stream"] as const;
      return { status: 200, headers: [type, ...headers], body: tarball.bytes };
    }
  }
}

function tarballAt(
  { shelf, keeps }: State,
  { name, file }: Extract<Place, { kind: "tarball" }>,
  { target }: Message,
): Tarball | null {
  const version = versionIn(name, file);
  if (version === null) return null;
  const [, query = ""] = /\?([^#]*)/.exec(target) ?? [];
  return tarballOf(shelf, name, version) ?? keeps(name, version, query);
}

function servePackument(state: State, name: string, message: Message): Reply {
  const abbreviated = (header(message.headers, "accept") ?? "").includes(ABBREVIATED);
  const form = abbreviated ? "abbreviated" : "full";
  const rendered = packumentOf(state.shelf, name, form);
  if (rendered === null) return notFound();
  const headers = [
    ["etag", rendered.etag],
    ["last-modified", new Date(rendered.modifiedAt).toUTCString()],
    ...caching(state, ["Accept", "Accept-Encoding"]),
  ] as const;
  if (isUnchanged(message, headers)) return { status: 304, headers, body: NO_BODY };
  const zipped = acceptsGzip(header(message.headers, "accept-encoding"));
  const body = zipped ? rendered.gzip() : rendered.identity;
  const type = ["content-type", abbreviated ? ABBREVIATED : "application/json"] as const;
  const encoding = zipped ? ([["content-encoding", "gzip"]] as const) : [];
  return { status: 200, headers: [type, ...encoding, ...headers], body };
}

const ABBREVIATED = "application/vnd.npm.install-v1+json";

/** Behind a credential nothing may be kept for anybody else. */
function caching({ admitted }: State, vary: readonly string[]): HeaderList {
  const isPrivate = admitted !== null;
  const names = isPrivate ? [...vary, "Authorization"] : vary;
  return [
    ["cache-control", isPrivate ? "private, must-revalidate" : "public, max-age=300"],
    ...(names.length === 0 ? [] : [["vary", names.join(", ")] as const]),
  ];
}

function subjectOf(basePath: string, target: string): Subject {
  const place = placeOf(basePath, target);
  const below = target.startsWith(`${basePath}/`) ? target.slice(basePath.length + 1) : "";
  switch (place?.kind) {
    case "packument":
    case "manifest":
      return { package: place.name, kind: "packument", below };
    case "tarball":
      return { package: place.name, kind: "tarball", below };
    default:
      return { package: null, kind: "other", below };
  }
}
