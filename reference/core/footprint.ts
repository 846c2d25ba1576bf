import type { Route } from "./classify.ts";
import type { Descriptor } from "./descriptor.ts";
import type { Refusal } from "./refusal.ts";
import type { Scope } from "./scope.ts";

/** One route that a resolve used, as a candidate records it. */
export interface RouteUse {
  /** The registry that the request named, or this server's own base. */
  readonly registry: string;
  readonly package: string;
  readonly routeClass: Route["class"];
  /** The digest of its descriptor, null for a public or unknown route. */
  readonly descriptor: string | null;
}

/** What one request touched so far. Grows at every fetch, and belongs to that request alone. */
export interface Footprint {
  readonly descriptors: Map<string, Descriptor>;
  readonly routes: Map<string, RouteUse>;
  /** The first refusal. An outcome shaped by one is private to that view, and is never stored. */
  refusal: Refusal | null;
  /** Whether anything came by an unknown route: then the result is request-local. */
  unshareable: boolean;
}

export function emptyFootprint(): Footprint {
  return { descriptors: new Map(), routes: new Map(), refusal: null, unshareable: false };
}

/** The private descriptor of a route; null where everybody is admitted. */
export function descriptorOf(route: Route): Descriptor | null {
  if (route.class === "proxied") return route.descriptor;
  return route.class === "hosted" ? route.policy.descriptor : null;
}

/** Where metadata of this route may be read and written. */
export function scopeOfRoute(route: Route): Scope {
  const descriptor = descriptorOf(route);
  if (descriptor !== null) return { kind: "private", descriptor: descriptor.digest };
  return route.class === "unknown" ? { kind: "bypass" } : { kind: "public" };
}

/** Records one more fetch, however it was or will be answered. */
export function recordUse(footprint: Footprint, registry: string, route: Route): void {
  const key = `${registry} ${route.package}`;
  if (footprint.routes.has(key)) return;
  const descriptor = descriptorOf(route);
  footprint.routes.set(key, {
    registry,
    package: route.package,
    routeClass: route.class,
    descriptor: descriptor?.digest ?? null,
  });
  if (descriptor !== null) footprint.descriptors.set(descriptor.digest, descriptor);
  if (route.class === "unknown") footprint.unshareable = true;
}

/** Records that something was refused; the first refusal is the one that is told. */
export function recordRefusal(footprint: Footprint, refusal: Refusal): void {
  footprint.refusal ??= refusal;
}
