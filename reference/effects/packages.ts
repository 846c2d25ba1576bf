import { bytesOf, header, utf8, WireError } from "../../wire/message.ts";
import type { Body, Message } from "../../wire/message.ts";
import type { Caller } from "../core/caller.ts";
import type { Route } from "../core/classify.ts";
import { emptyFootprint } from "../core/footprint.ts";
import { refuse } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import { tarballFile, tarballUrl } from "../core/tarballs.ts";
import type { FetchedMetadata } from "../ports.ts";
import type { Running } from "../running.ts";
import { credentialOf, fetchMetadata } from "./metadata.ts";
import type { Errand } from "./metadata.ts";
import { openUpstream } from "./outbound.ts";
import type { UpstreamCredential } from "./outbound.ts";
import { unseal } from "./sealing.ts";

/** Which package a client asked for: by an alias's endpoint, or (null) at this server's own base. */
export interface Asked {
  readonly alias: string | null;
  readonly name: string;
}

export interface JsonDocument {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

export interface OpenedTarball {
  readonly body: Body;
  readonly lengthBytes: string | undefined;
}

/** A packument, abbreviated where the client asked for that, with this server's tarball URLs. */
export async function readPackument(
  running: Running,
  caller: Caller,
  asked: Asked,
  message: Message,
  signal: AbortSignal,
): Promise<JsonDocument | Refusal> {
  const abbreviated = (header(message.headers, "accept") ?? "").includes(ABBREVIATED);
  const found = await fetchFor(running, caller, asked, !abbreviated, signal);
  if (found.status !== 200) return refuse("not-found", "not found");
  const document = routedDocument(asked.name, found);
  const shown = abbreviated ? abbreviate(document) : document;
  const contentType = abbreviated ? ABBREVIATED : "application/json";
  return { bytes: utf8(JSON.stringify(shown)), contentType };
}

/** One version's manifest, by version or by tag. */
export async function readManifest(
  running: Running,
  caller: Caller,
  asked: Asked & { readonly version: string },
  _message: Message,
  signal: AbortSignal,
): Promise<JsonDocument | Refusal> {
  const found = await fetchFor(running, caller, asked, true, signal);
  if (found.status !== 200) return refuse("not-found", "not found");
  const document = routedDocument(asked.name, found);
  const version = document["dist-tags"]?.[asked.version] ?? asked.version;
  const manifest = Object.hasOwn(document.versions, version)
    ? document.versions[version]
    : undefined;
  return manifest === undefined
    ? refuse("not-found", "not found")
    : { bytes: utf8(JSON.stringify(manifest)), contentType: "application/json" };
}

/** A tarball that the packument names, opened where it really is. The gate stands before anything is asked. */
export async function readTarball(
  running: Running,
  caller: Caller,
  asked: Asked & { readonly file: string },
  signal: AbortSignal,
): Promise<OpenedTarball | Refusal> {
  const found = await fetchFor(running, caller, asked, false, signal);
  if (found.status !== 200) return refuse("not-found", "not found");
  if (found.route.class === "hosted") {
    const bytes = await running.ports.stores.hosted.tarball(asked.name, asked.file);
    return bytes === undefined
      ? refuse("not-found", "not found")
      : { body: bytes, lengthBytes: undefined };
  }
  const document = parsePackument(found.body);
  const url = Object.values(document.versions)
    .map(({ dist }) => dist?.tarball ?? "")
    .find((tarball) => tarballFile(tarball) === asked.file);
  if (url === undefined) return refuse("not-found", "not found");
  return openTarball(running, url, credentialOf(found.route), signal);
}

/** A tarball by a URL that this server sealed: read-only, and without any credential. */
export async function openGateway(
  running: Running,
  sealed: string,
  signal: AbortSignal,
): Promise<OpenedTarball | Refusal> {
  const url = unseal(running.secret, sealed);
  return url === null ? refuse("not-found", "not found") : openTarball(running, url, null, signal);
}

async function openTarball(
  running: Running,
  url: string,
  credential: UpstreamCredential | null,
  signal: AbortSignal,
): Promise<OpenedTarball | Refusal> {
  try {
    const reply = await openUpstream(running, { url, headers: [], credential }, signal);
    if (reply.status === 200) {
      return { body: reply.body, lengthBytes: header(reply.headers, "content-length") };
    }
    await bytesOf(reply.body, 65_536);
    const denied = reply.status < 500 && reply.status !== 429;
    return refuse(denied ? "upstream-denied" : "upstream-down", "the tarball cannot be fetched");
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return refuse("upstream-down", "the tarball cannot be fetched");
  }
}

async function fetchFor(
  running: Running,
  caller: Caller,
  { alias, name }: Asked,
  full: boolean,
  signal: AbortSignal,
): Promise<FetchedMetadata & { readonly route: Route }> {
  const { publicUrl } = running.rules.policy;
  const registry = alias === null ? `${publicUrl}/` : `${publicUrl}/~${alias}/`;
  const errand: Errand = { caller, footprint: emptyFootprint(), signal };
  return fetchMetadata(running, errand, { registry, name, full });
}

interface Packument {
  readonly name: string;
  readonly "dist-tags"?: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, Manifest>>;
  readonly [field: string]: unknown;
}

interface Manifest {
  readonly dist?: { readonly tarball?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

function parsePackument(bytes: Uint8Array): Packument {
  return JSON.parse(Buffer.from(bytes).toString("utf8")) as Packument;
}

/** The document with every tarball where this server serves it; public ones stay where they are. */
function routedDocument(name: string, found: FetchedMetadata): Packument {
  const document = parsePackument(found.body);
  const { tarballs } = found;
  if (typeof tarballs === "string") return document;
  const versions = Object.entries(document.versions).map(([version, manifest]) => {
    const file = manifest.dist?.tarball === undefined ? null : tarballFile(manifest.dist.tarball);
    if (file === null) return [version, manifest];
    const dist = { ...manifest.dist, tarball: tarballUrl(tarballs.base, name, file) };
    return [version, { ...manifest, dist }];
  });
  return { ...document, versions: Object.fromEntries(versions) as Packument["versions"] };
}

const ABBREVIATED = "application/vnd.npm.install-v1+json";

/** What the abbreviated form keeps of a manifest, as the registry's API documents it. */
const KEPT = [
  ...["name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies"],
  ...["bundleDependencies", "bundledDependencies", "peerDependencies", "peerDependenciesMeta"],
  ...["bin", "directories", "dist", "engines", "cpu", "os", "libc", "_hasShrinkwrap"],
  "hasInstallScript",
];

function abbreviate(document: Packument): object {
  const versions = Object.entries(document.versions).map(([version, manifest]) => [
    version,
    Object.fromEntries(KEPT.flatMap((key) => (key in manifest ? [[key, manifest[key]]] : []))),
  ]);
  const time = document["time"] as Record<string, string> | undefined;
  return {
    name: document.name,
    modified: document["modified"] ?? time?.["modified"],
    "dist-tags": document["dist-tags"],
    versions: Object.fromEntries(versions) as unknown,
    ...(time === undefined ? {} : { time }),
  };
}
