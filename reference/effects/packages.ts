import { discard, header, utf8, WireError } from "../../wire/message.ts";
import type { Body, Reply } from "../../wire/message.ts";
import type { Caller } from "../core/caller.ts";
import { ownEndpoint } from "../core/classify.ts";
import type { Route } from "../core/classify.ts";
import {
  abbreviated,
  manifestOf,
  ownsTarball,
  parsePackument,
  routed,
  upstreamTarball,
  withoutPlaces,
} from "../core/documents.ts";
import { descriptorOf } from "../core/footprint.ts";
import { isRefusal, refuse } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import { normalRegistry } from "../core/registry-url.ts";
import type { FetchedMetadata } from "../ports.ts";
import type { Running } from "../running.ts";
import { watchAccess, whileOpen } from "./access-watch.ts";
import { credentialOf, errandFor, fetchMetadata } from "./metadata.ts";
import { openUpstream } from "./outbound.ts";
import type { UpstreamCredential, UpstreamRequest } from "./outbound.ts";
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
  /** Of the upstream's reply, where it said them. */
  readonly lengthBytes: string | undefined;
  readonly encoding: string | undefined;
}

/** A packument in the form that was asked for, with this server's tarball URLs. Throws `Refused`. */
export async function readPackument(
  running: Running,
  caller: Caller,
  asked: Asked & { readonly full: boolean },
  signal: AbortSignal,
): Promise<JsonDocument | Refusal> {
  const found = await fetchFor(running, caller, asked, asked.full, signal);
  if (found.status !== 200) return NOT_FOUND;
  const document = routed(parsePackument(found.body), asked.name, found.tarballs);
  return asked.full
    ? shown(running, found.route, document, "application/json")
    : shown(running, found.route, abbreviated(document), ABBREVIATED);
}

/** One version's manifest, by version or by tag. Throws `Refused`. */
export async function readManifest(
  running: Running,
  caller: Caller,
  asked: Asked & { readonly version: string },
  signal: AbortSignal,
): Promise<JsonDocument | Refusal> {
  const found = await fetchFor(running, caller, asked, true, signal);
  if (found.status !== 200) return NOT_FOUND;
  const document = routed(parsePackument(found.body), asked.name, found.tarballs);
  const manifest = manifestOf(document, asked.version);
  return manifest === undefined
    ? NOT_FOUND
    : shown(running, found.route, manifest, "application/json");
}

/** The dist-tags of a package. Throws `Refused`. */
export async function readTags(
  running: Running,
  caller: Caller,
  asked: Asked,
  signal: AbortSignal,
): Promise<JsonDocument | Refusal> {
  const found = await fetchFor(running, caller, asked, false, signal);
  if (found.status !== 200) return NOT_FOUND;
  const tags = parsePackument(found.body)["dist-tags"];
  return shown(running, found.route, tags, "application/json");
}

/**
 * A tarball that the packument names, opened where it really is. Only files that a version names are
 * served, and the gate stands before anything is asked. Throws `Refused`.
 */
export async function readTarball(
  running: Running,
  caller: Caller,
  asked: Asked & { readonly file: string },
  signal: AbortSignal,
): Promise<OpenedTarball | Refusal> {
  const since = running.rules;
  const found = await fetchFor(running, caller, asked, false, signal);
  const opened = await openFound(running, found, asked, signal);
  const descriptor = descriptorOf(found.route);
  if (isRefusal(opened) || opened.body instanceof Uint8Array || descriptor === null) return opened;
  const isOpen = watchAccess(running, caller, [descriptor.digest], since);
  return { ...opened, body: whileOpen(opened.body, isOpen) };
}

/** The same where the packument was fetched already. */
export async function openFound(
  running: Running,
  found: FetchedMetadata & { readonly route: Route },
  { name, file }: { readonly name: string; readonly file: string },
  signal: AbortSignal,
): Promise<OpenedTarball | Refusal> {
  if (found.status !== 200) return NOT_FOUND;
  const url = upstreamTarball(parsePackument(found.body), name, file);
  if (url === undefined) return NOT_FOUND;
  if (found.route.class === "hosted") {
    const bytes = await running.ports.stores.hosted.tarball(name, file);
    return bytes === undefined
      ? NOT_FOUND
      : { body: bytes, lengthBytes: undefined, encoding: undefined };
  }
  if (!ownsTarball(found.route, url)) return NOT_FOUND;
  return openTarball(running, url, credentialOf(found.route), signal, found.route.class);
}

/**
 * A tarball by a URL that this server sealed: read-only, and without any credential. It must still lie
 * outside of every other route, and within the rules of this moment.
 */
export async function openGateway(
  running: Running,
  sealed: string,
  signal: AbortSignal,
): Promise<OpenedTarball | Refusal> {
  const url = unseal(running.secret, sealed);
  const { policy } = running.rules;
  if (url === null || !running.parts.isOpenPlace(running.parts, policy, url)) return NOT_FOUND;
  return openTarball(running, url, null, signal, "unknown");
}

const ABBREVIATED = "application/vnd.npm.install-v1+json";
const NOT_FOUND: Refusal = refuse("not-found", "not found");

async function fetchFor(
  running: Running,
  caller: Caller,
  { alias, name }: Asked,
  full: boolean,
  signal: AbortSignal,
): Promise<FetchedMetadata & { readonly route: Route }> {
  const { publicUrl } = running.rules.policy;
  const registry = alias === null ? `${publicUrl}/` : `${publicUrl}/~${alias}/`;
  return fetchMetadata(running, errandFor(caller, signal), { registry, name, full });
}

function shown(running: Running, route: Route, value: object, contentType: string): JsonDocument {
  const { publicUrl } = running.rules.policy;
  return { bytes: utf8(withoutPlaces(JSON.stringify(value), route, publicUrl)), contentType };
}

/** A tarball at a place upstream, with its body unread. */
export async function openTarball(
  running: Running,
  url: string,
  credential: UpstreamCredential | null,
  signal: AbortSignal,
  routeClass: Route["class"],
): Promise<OpenedTarball | Refusal> {
  const { policy } = running.rules;
  const place = normalRegistry(url);
  // A packument that names this server itself would have it ask itself, without end.
  if (typeof place === "string" || ownEndpoint(policy, place) !== null) return NOT_FOUND;
  let reply: Reply;
  try {
    reply = await openInTime(running, { url, headers: [], credential, routeClass }, signal);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    running.ports.log("tarball-failed", { kind: error.kind });
    return refuse("upstream-down", "the tarball cannot be fetched");
  }
  if (reply.status === 200) {
    return {
      body: reply.body,
      lengthBytes: header(reply.headers, "content-length"),
      encoding: header(reply.headers, "content-encoding"),
    };
  }
  await discard(reply.body);
  const denied = reply.status < 500 && reply.status !== 429;
  return refuse(denied ? "upstream-denied" : "upstream-down", "the tarball cannot be fetched");
}

/** The time limit is for the head: a large tarball may take as long as its reader does. */
async function openInTime(
  running: Running,
  request: UpstreamRequest,
  signal: AbortSignal,
): Promise<Reply> {
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new WireError("timeout", "the upstream took too long"));
  }, running.rules.config.limits.responseMs);
  try {
    const either = AbortSignal.any([signal, limit.signal]);
    return await openUpstream(running, request, either);
  } finally {
    clearTimeout(timer);
  }
}
