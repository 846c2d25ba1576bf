import { baseKey } from "./base-key.ts";
import { checkBoundary, isAllowed } from "./boundary.ts";
import { identify, shownBy } from "./caller.ts";
import { classify, namedClass, probeFor } from "./classify.ts";
import { aliasDescriptor, epochOf, hostedDescriptor } from "./descriptor.ts";
import { isOpenPlace, placeTarball } from "./direct-tarballs.ts";
import { evictionsFor } from "./eviction.ts";
import { recordRefusal, recordUse, scopeOfRoute } from "./footprint.ts";
import { admits, passes } from "./gate.ts";
import { routeLockfile } from "./lockfile-routes.ts";
import { currentDigest, goneBecause, lookUp, standingOf, viewOf } from "./lookup.ts";
import { tarballRouting } from "./tarballs.ts";
import { disposeOf } from "./upstream.ts";

/**
 * Every decision of the core, by name. Effects and surfaces call decisions through this record alone, so a
 * fault is one of these replaced, and a reader finds here all that the server decides.
 */
export interface Parts {
  readonly shownBy: typeof shownBy;
  readonly identify: typeof identify;
  readonly checkBoundary: typeof checkBoundary;
  readonly isAllowed: typeof isAllowed;
  readonly classify: typeof classify;
  readonly namedClass: typeof namedClass;
  readonly probeFor: typeof probeFor;
  readonly admits: typeof admits;
  readonly passes: typeof passes;
  readonly aliasDescriptor: typeof aliasDescriptor;
  readonly hostedDescriptor: typeof hostedDescriptor;
  readonly epochOf: typeof epochOf;
  readonly currentDigest: typeof currentDigest;
  readonly recordUse: typeof recordUse;
  readonly recordRefusal: typeof recordRefusal;
  readonly scopeOfRoute: typeof scopeOfRoute;
  readonly baseKey: typeof baseKey;
  readonly lookUp: typeof lookUp;
  readonly goneBecause: typeof goneBecause;
  readonly standingOf: typeof standingOf;
  readonly viewOf: typeof viewOf;
  readonly evictionsFor: typeof evictionsFor;
  readonly disposeOf: typeof disposeOf;
  readonly tarballRouting: typeof tarballRouting;
  readonly placeTarball: typeof placeTarball;
  readonly isOpenPlace: typeof isOpenPlace;
  readonly routeLockfile: typeof routeLockfile;
}

export const PARTS: Parts = {
  shownBy,
  identify,
  checkBoundary,
  isAllowed,
  classify,
  namedClass,
  probeFor,
  admits,
  passes,
  aliasDescriptor,
  hostedDescriptor,
  epochOf,
  currentDigest,
  recordUse,
  recordRefusal,
  scopeOfRoute,
  baseKey,
  lookUp,
  goneBecause,
  standingOf,
  viewOf,
  evictionsFor,
  disposeOf,
  tarballRouting,
  placeTarball,
  isOpenPlace,
  routeLockfile,
};
