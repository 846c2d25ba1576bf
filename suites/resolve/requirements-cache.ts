import { rulesFrom, structureFrom } from "../requirement.ts";

/** The rules of the resolution cache: section 5. */
export const cacheRequirements = [
  ...rulesFrom("spec/resolve.md, section 5", {
    "resolve.cache.base-key":
      "Order of object keys does not matter; the caller, its credential and the policy " +
      "never enter.",
    "resolve.cache.class-change":
      "if any class has changed (a public route made private, say), it is a miss and the " +
      "candidate goes.",
    "resolve.gate.every":
      "A private one matches only when every descriptor can be reproduced by this caller " +
      "now (same epoch) and every gate passes now.",
    "resolve.cache.bounds":
      "Bounded: at most 8 candidates per base key, a total bound, and a share per caller, " +
      "so that no one can push out everyone else's",
    "resolve.cache.ttl": "TTL 300 s by default, 0 switches off.",
    "resolve.cache.joins":
      "Identical misses in flight share one resolve, but only between callers who select " +
      "the same descriptors",
    "resolve.gate.follower": "a follower passes its own gates before it is given anything.",
    "resolve.cache.upstream-count":
      "A hit costs one digest, one look-up, one gate per descriptor and one write of ready " +
      "bytes.",
    "resolve.cache.inputs":
      "Base key: SHA-256 over a canonical form of everything that shapes the result: " +
      "registry, registries, every setting listed in section 1 that the resolver honours, " +
      "all projects, the canonical digest of the input lockfile, and the lockfile flags.",
    "resolve.cache.shared-by-all": "Empty footprint: matches everyone.",
    "resolve.cache.frozen-first":
      "Only a proven-fresh frozen lockfile may answer before the look-up (it resolves " +
      "nothing); lockfile-seeded requests take part in the cache.",
    "resolve.cache.eviction-order":
      "expired go first, then least-recently-used private ones, then public ones.",
    "resolve.cache.settings": "All bounds are settings.",
  }),
  ...rulesFrom("spec/resolve.md, section 5", {
    "resolve.cache.routed": "Candidates hold routed URLs only (section 7).",
  }),
  ...structureFrom("spec/resolve.md, section 5", {
    "resolve.cache.fullest":
      "Among several matches the caller gets the one its own fresh resolve would give: the " +
      "fullest footprint it can satisfy, not the first stored.",
  }),
];
