import { sha256Hex } from "../../wire/digest.ts";
import { header, WireError } from "../../wire/message.ts";
import type { HeaderList } from "../../wire/message.ts";
import type { Caller } from "../core/caller.ts";
import type { Route } from "../core/classify.ts";
import { emptyFootprint } from "../core/footprint.ts";
import type { Footprint } from "../core/footprint.ts";
import { isRefusal, refuse } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import type { StoredScope } from "../core/scope.ts";
import { scopeKey } from "../core/scope.ts";
import type { FetchedMetadata, StoredMetadata } from "../ports.ts";
import type { Running } from "../running.ts";
import { hostedMetadata } from "./hosted.ts";
import { askUpstream } from "./outbound.ts";
import type { UpstreamCredential, UpstreamReply } from "./outbound.ts";
import { settleProbe } from "./probing.ts";
import type { AskOpenly } from "./probing.ts";
import { sealTarballs } from "./sealing.ts";

/** On whose behalf, and into which footprint, a fetch is made. */
export interface Errand {
  readonly caller: Caller;
  readonly footprint: Footprint;
  readonly signal: AbortSignal;
  /**
   * Registries that could not be reached meanwhile: they are not waited for again, so that a walk of a
   * hundred packages waits once. Never shared, since one caller's trouble must not become another's.
   */
  readonly unreachable: Set<string>;
}

export function errandFor(caller: Caller, signal: AbortSignal): Errand {
  return { caller, signal, footprint: emptyFootprint(), unreachable: new Set() };
}

/** A fetch that the rules or an upstream refused. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = "Refused";
    this.refusal = refusal;
  }
}

/**
 * The one door to a route: it classifies, records and only then says which credential goes along. Throws
 * `Refused`; the refusal is in the footprint by then.
 */
export function enterRoute(
  running: Running,
  errand: Errand,
  registry: string,
  name: string,
): Route {
  const { parts, rules } = running;
  const route = parts.classify(rules.policy, errand.caller, registry, name);
  if (isRefusal(route)) {
    const named = parts.namedClass(rules.policy, registry, name);
    throw refusedBy(running, errand, route, named);
  }
  parts.recordUse(errand.footprint, registry, route);
  return route;
}

/** The packument of `name` at `registry`, through the scope of its route. Throws `Refused`. */
export async function fetchMetadata(
  running: Running,
  errand: Errand,
  wanted: { readonly registry: string; readonly name: string; readonly full: boolean },
): Promise<FetchedMetadata & { readonly route: Route }> {
  const settled = await settleProbe(
    running,
    wanted,
    askOpenly(running, wanted.full),
    errand.signal,
  );
  if (isRefusal(settled)) throw refusedBy(running, errand, settled, "unknown");
  if (settled === "absent") return absentAt(errand, wanted);
  const route = enterRoute(running, errand, wanted.registry, wanted.name);
  const tarballs = running.parts.tarballRouting(running.rules.policy, route);
  const found =
    route.class === "hosted"
      ? await hostedMetadata(running, route)
      : await upstreamMetadata(running, errand, route, wanted.full);
  if (isRefusal(found)) throw refusedBy(running, errand, found, route.class);
  running.metrics.routed(tarballs);
  if (found === null) return { ...ABSENT, tarballs, route };
  const headers: HeaderList = [["content-type", found.contentType]];
  const stored = { status: 200, headers, tarballs, route };
  if (tarballs !== "sealed") return { ...stored, body: found.body, digest: found.digest };
  const body = sealTarballs(running, found.body);
  return { ...stored, body, digest: sha256Hex(body) };
}

const ABSENT = { status: 404, headers: [], body: new Uint8Array(0), digest: sha256Hex("") };

/** A name that an undeclared registry does not have: no route of anybody's, so the outcome is the asker's. */
function absentAt(
  { footprint }: Errand,
  { registry, name }: { readonly registry: string; readonly name: string },
): FetchedMetadata & { readonly route: Route } {
  footprint.unshareable = true;
  const route: Route = { class: "unknown", registry, package: name };
  return { ...ABSENT, tarballs: "sealed", route };
}

/** For probes: asks as anybody could, and keeps what comes where anybody may have it. */
export function askOpenly(running: Running, full: boolean): AskOpenly {
  return async (route, signal) => {
    const shelf = { scope: { kind: "public" }, stored: undefined } as const;
    return (await ask(running, targetOf(route, full), shelf, signal)).found;
  };
}

/** Asks the upstream of a private route whether it still stands by what is stored. Null: it does. */
export async function revalidate(
  running: Running,
  route: Extract<Route, { class: "proxied" }>,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const scope = running.parts.scopeOfRoute(route);
  if (scope.kind === "bypass") return null;
  const { metadata } = running.ports.stores;
  const abbreviated = targetOf(route, false);
  const full = targetOf(route, true);
  const isFull =
    (await metadata.get(scope, abbreviated.key)) === undefined &&
    (await metadata.get(scope, full.key)) !== undefined;
  const target = isFull ? full : abbreviated;
  const stored = await metadata.get(scope, target.key);
  const key = `validation ${scopeKey(scope)} ${target.key}`;
  const flight = await running.flights.join(key, signal, (aboard) =>
    ask(running, target, { scope, stored }, aboard),
  );
  if (!flight.led) running.metrics.joined("validation");
  const { found } = flight.value;
  return isRefusal(found) ? found : null;
}

/** The credential of a route, and the only origins that it may be sent to. */
export function credentialOf(route: Route): UpstreamCredential | null {
  if (route.class !== "proxied") return null;
  const { registry, tarballOrigins, authorization } = route.alias;
  return { authorization, origins: [new URL(registry).origin, ...tarballOrigins] };
}

async function upstreamMetadata(
  running: Running,
  errand: Errand,
  route: Exclude<Route, { class: "hosted" }>,
  full: boolean,
): Promise<StoredMetadata | Refusal | null> {
  const scope = running.parts.scopeOfRoute(route);
  const target = targetOf(route, full);
  const { registry } = target;
  const heard = (asked: Asked): StoredMetadata | Refusal | null => {
    if (!asked.reached) errand.unreachable.add(registry);
    return asked.found;
  };
  const isDown = errand.unreachable.has(registry);
  if (scope.kind === "bypass") {
    if (isDown) return settle(running, target, null, null);
    return heard(await ask(running, target, null, errand.signal));
  }
  const stored = await running.ports.stores.metadata.get(scope, target.key);
  if (stored !== undefined && ageOf(running, stored) < running.rules.metadataTtlMs) return stored;
  if (isDown) return settle(running, target, { scope, stored }, null);
  // Whoever waits for one fetch has passed the same gate: the scope is in the key.
  const flight = await running.flights.join(
    `metadata ${scopeKey(scope)} ${target.key}`,
    errand.signal,
    (signal) => ask(running, target, { scope, stored }, signal),
  );
  if (!flight.led) running.metrics.joined("metadata");
  return heard(flight.value);
}

interface Target {
  readonly route: Exclude<Route, { class: "hosted" }>;
  readonly registry: string;
  readonly full: boolean;
  readonly key: string;
}

function targetOf(route: Target["route"], full: boolean): Target {
  const registry = route.class === "proxied" ? route.alias.registry : route.registry;
  return { route, registry, full, key: `${registry}${route.package}#${String(full)}` };
}

interface Shelf {
  readonly scope: StoredScope;
  readonly stored: StoredMetadata | undefined;
}

interface Asked {
  readonly found: StoredMetadata | Refusal | null;
  /** Whether the upstream answered at all. */
  readonly reached: boolean;
}

async function ask(
  running: Running,
  target: Target,
  shelf: Shelf | null,
  signal: AbortSignal,
): Promise<Asked> {
  const reply = await tryUpstream(running, target, shelf?.stored, signal);
  return { found: await settle(running, target, shelf, reply), reached: reply !== null };
}

/** Does with an upstream's answer what the core says. Null: there is no such public package. */
async function settle(
  running: Running,
  target: Target,
  shelf: Shelf | null,
  reply: UpstreamReply | null,
): Promise<StoredMetadata | Refusal | null> {
  const { parts, ports, rules } = running;
  const stored = shelf?.stored;
  const disposal = parts.disposeOf(
    shelf?.scope ?? { kind: "bypass" },
    target.route.package,
    reply === null ? { kind: "failure" } : { kind: "status", status: reply.status },
    stored === undefined
      ? null
      : { ageMs: ageOf(running, stored), staleLimitMs: rules.staleLimitMs },
  );
  switch (disposal.act) {
    case "store": {
      const name = target.route.package;
      if (reply === null || !(await running.packuments.holds(reply.body, name))) {
        return refuse("upstream-down", `the registry of "${name}" sent no packument`);
      }
      const entry = entryOf(reply, ports.clock.now());
      if (shelf !== null) await ports.stores.metadata.put(shelf.scope, target.key, entry);
      return entry;
    }
    case "revalidate": {
      if (stored === undefined || shelf === null) return null;
      const entry = { ...stored, checkedAt: ports.clock.now() };
      await ports.stores.metadata.put(shelf.scope, target.key, entry);
      return entry;
    }
    case "serve-stale":
      return stored ?? null;
    case "absent":
      if (shelf !== null) await dropBoth(running, shelf.scope, target);
      return null;
    case "refuse":
      if (disposal.drop && shelf !== null) await dropBoth(running, shelf.scope, target);
      return disposal.refusal;
  }
}

/** A name that is gone is gone in both forms: neither may outlive the other. */
async function dropBoth(running: Running, scope: StoredScope, target: Target): Promise<void> {
  for (const full of [true, false]) {
    const key = `${target.registry}${target.route.package}#${String(full)}`;
    await running.ports.stores.metadata.drop(scope, key);
  }
}

async function tryUpstream(
  running: Running,
  target: Target,
  stored: StoredMetadata | undefined,
  signal: AbortSignal,
): Promise<UpstreamReply | null> {
  const headers: HeaderList = [
    ["accept", target.full ? "application/json" : ABBREVIATED],
    ["accept-encoding", "gzip"],
    ...validatorOf(stored),
  ];
  const url = `${target.registry}${target.route.package.replace("/", "%2F")}`;
  const { route } = target;
  const request = { url, headers, credential: credentialOf(route), routeClass: route.class };
  try {
    return await askUpstream(running, request, signal);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    running.ports.log("upstream-failed", { routeClass: target.route.class, kind: error.kind });
    return null;
  }
}

function validatorOf(stored: StoredMetadata | undefined): HeaderList {
  if (stored?.etag !== undefined) return [["if-none-match", stored.etag]];
  return stored?.lastModified === undefined ? [] : [["if-modified-since", stored.lastModified]];
}

const ABBREVIATED = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

function entryOf(reply: UpstreamReply, now: number): StoredMetadata {
  return {
    body: reply.body,
    digest: sha256Hex(reply.body),
    etag: header(reply.headers, "etag"),
    lastModified: header(reply.headers, "last-modified"),
    contentType: header(reply.headers, "content-type") ?? "application/json",
    checkedAt: now,
  };
}

function ageOf(running: Running, entry: StoredMetadata): number {
  return running.ports.clock.now() - entry.checkedAt;
}

/** The refusal, in the footprint already: an outcome that it shaped is nobody else's. */
export function refusedBy(
  running: Running,
  errand: Errand,
  refusal: Refusal,
  routeClass: Route["class"],
): Refused {
  running.metrics.refused(routeClass, refusal.refused);
  running.parts.recordRefusal(errand.footprint, refusal);
  return new Refused(refusal);
}
