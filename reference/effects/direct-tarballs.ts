import { discard, WireError } from "../../wire/message.ts";
import { isTarballSpecifier } from "../core/direct-tarballs.ts";
import type { TarballPlace } from "../core/direct-tarballs.ts";
import { parsePackument, upstreamTarball } from "../core/documents.ts";
import { isRefusal, refuse } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import { normalUrl } from "../core/registry-url.ts";
import type { Honoured, LockfileInput } from "../core/request.ts";
import { requestSpecifiers } from "../core/boundary.ts";
import type { FetchedTarball } from "../ports.ts";
import type { Running } from "../running.ts";
import { fetchMetadata, Refused, refusedBy } from "./metadata.ts";
import type { Errand } from "./metadata.ts";
import { openFound, openTarball } from "./packages.ts";
import type { OpenedTarball } from "./packages.ts";
import { sealedUrl, unseal } from "./sealing.ts";
import { readContents, TarballProblem } from "./tarball-contents.ts";
import type { TarballContents } from "./tarball-contents.ts";

/** A tarball's place, with the URL that clients may see. */
export type LocatedTarball = TarballPlace & { readonly url: string };

/**
 * The tarball that a dependency names by its URL: classified, recorded, fetched along its own route, hashed,
 * and its manifest read. Throws `Refused`.
 */
export async function fetchTarball(
  running: Running,
  errand: Errand,
  text: string,
): Promise<FetchedTarball> {
  const place = enterTarball(running, errand, text);
  const opened = await open(running, errand, place);
  if (isRefusal(opened)) throw refusedBy(running, errand, opened, place.route.class);
  const contents = await read(running, errand, place, opened);
  const { route } = place;
  const isNamed = route.class === "proxied" || route.class === "hosted";
  if (isNamed && contents.manifest.name !== route.package) {
    throw refusedBy(running, errand, bad(place, "it is another package's"), route.class);
  }
  return { url: place.url, ...contents };
}

/** The one door to a tarball's route, as `enterRoute` is to a package's. Throws `Refused`. */
export function enterTarball(running: Running, errand: Errand, text: string): LocatedTarball {
  const place = locate(running, errand, text);
  if (isRefusal(place)) throw refusedBy(running, errand, unnamed(place), "unknown");
  running.parts.recordUse(errand.footprint, place.registry, place.route);
  return place;
}

/** The name in a URL that some package's manifest has may be news to whoever asked for that package. */
function unnamed(refusal: Refusal): Refusal {
  if (refusal.refused !== "not-admitted") return refusal;
  return refuse("not-admitted", "a dependency names a tarball that is not there for this caller");
}

/**
 * The private tarball URLs that a request itself names, each with the URL that takes its place in whatever
 * leaves this server. Throws `Refused` for one that this caller may not use.
 */
export function routedSpecifiers(
  running: Running,
  errand: Errand,
  honoured: Honoured,
): ReadonlyMap<string, string> {
  const routed = new Map<string, string>();
  for (const specifier of requestSpecifiers(honoured)) {
    if (routed.has(specifier) || !isTarballSpecifier(specifier)) continue;
    const place = locate(running, errand, specifier);
    if (isRefusal(place)) throw refusedBy(running, errand, place, "unknown");
    if (place.route.class === "public" || place.url === specifier) continue;
    running.parts.recordUse(errand.footprint, place.registry, place.route);
    routed.set(specifier, place.url);
  }
  return routed;
}

/** Tarball URLs in the keys of a lockfile, each with its routed form where that is another. */
export function routedKeys(
  running: Running,
  errand: Errand,
  lockfile: LockfileInput,
): ReadonlyMap<string, string> {
  const routed = new Map<string, string>();
  for (const key of Object.keys(lockfile.packages ?? {})) {
    const text = key.slice(key.indexOf("@", 1) + 1);
    if (!isTarballSpecifier(text)) continue;
    const { url } = enterTarball(running, errand, text);
    if (url !== text) routed.set(text, url);
  }
  return routed;
}

/** A URL that this server sealed stands for the one inside, as long as that has no other route. */
function locate(running: Running, errand: Errand, text: string): LocatedTarball | Refusal {
  const { parts, rules, secret } = running;
  const { policy } = rules;
  const prefix = `${policy.publicUrl}/-/gateway/`;
  const sealed = text.startsWith(prefix) ? text.slice(prefix.length).split("/")[0] : undefined;
  const inner = sealed === undefined ? text : unseal(secret, sealed);
  if (inner === null) return refuse("not-found", "a gateway URL that was not sealed here");
  const place = parts.placeTarball(parts, policy, errand.caller, inner);
  if (isRefusal(place)) return place;
  if (sealed !== undefined && place.route.class !== "unknown") {
    return refuse("not-found", "a gateway URL whose tarball has a route of its own by now");
  }
  return { ...place, url: place.url ?? sealedUrl(running, place.href, place.file) };
}

async function open(
  running: Running,
  errand: Errand,
  place: LocatedTarball,
): Promise<OpenedTarball | Refusal> {
  const { route, registry, file, href } = place;
  const signal = AbortSignal.any([
    errand.signal,
    AbortSignal.timeout(running.rules.config.limits.tarballMs),
  ]);
  if (route.class === "public" || route.class === "unknown") {
    return openTarball(running, href, null, signal, route.class);
  }
  // What is not listed could not be served again under its routed URL.
  const found = await fetchMetadata(running, errand, {
    registry,
    name: route.package,
    full: false,
  });
  const listed =
    found.status === 200
      ? upstreamTarball(parsePackument(found.body), route.package, file)
      : undefined;
  if (listed === undefined || !isSame(running, href, listed)) {
    return refuse("not-admitted", `no such tarball of "${route.package}" for this caller`);
  }
  return openFound(running, found, { name: route.package, file }, signal);
}

/** Whether the URL that was asked for is where the registry says that the file is, or is ours. */
function isSame({ rules }: Running, href: string, listed: string): boolean {
  if (href.startsWith(`${rules.policy.publicUrl}/`)) return true;
  const url = normalUrl(listed);
  const plain = (text: string): string => text.replace(/%2f/gi, "/").replace(/%40/g, "@");
  return typeof url !== "string" && plain(url.href) === plain(href);
}

async function read(
  running: Running,
  errand: Errand,
  place: LocatedTarball,
  { body, encoding = "identity" }: OpenedTarball,
): Promise<TarballContents> {
  const { tarballBytes, unpackedBytes } = running.rules.config.limits;
  try {
    if (encoding !== "identity") {
      await discard(body);
      throw new TarballProblem("it comes in an encoding of its own");
    }
    return await readContents(body, { packedBytes: tarballBytes, unpackedBytes });
  } catch (error) {
    errand.signal.throwIfAborted();
    if (error instanceof Refused) throw error;
    if (error instanceof TarballProblem) {
      throw refusedBy(running, errand, bad(place, error.message), place.route.class);
    }
    const kind = error instanceof WireError ? error.kind : "unreadable";
    running.ports.log("tarball-failed", { kind });
    const refusal = refuse("upstream-down", `${place.url} cannot be fetched`);
    throw refusedBy(running, errand, refusal, place.route.class);
  }
}

/** By its routed URL: the raw one may be nobody's business. */
function bad(place: LocatedTarball, why: string): Refusal {
  return refuse("bad-tarball", `${place.url} cannot be locked: ${why}`);
}
