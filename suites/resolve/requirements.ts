import type { Requirement } from "../requirements.ts";

/** The rules of the resolve accelerator that cases cite so far. */
export const resolveRequirements: readonly Requirement[] = [
  must("resolve.wire.ping", "1", "`GET /-/ping` | 200 `{}`: ready"),
  must("resolve.wire.handshake", "1", "`GET /-/pnpr` | handshake, no auth"),
  must(
    "resolve.wire.stream",
    "1",
    "`application/x-ndjson`, one frame a line, **every line ends in `\\n`**: any number of `package` frames, then exactly one terminal frame",
  ),
  must(
    "resolve.wire.hit-equals-miss",
    "1",
    "a hit is the `done` frame alone, byte for byte the one that the miss ended with. No header tells hit from miss.",
  ),
  must(
    "resolve.wire.bearer",
    "1",
    "A Bearer token that is unknown or revoked is 401, never anonymous",
  ),
  must("resolve.wire.two-authorizations", "1", "Two `Authorization` headers: 400."),
  must(
    "resolve.wire.bad-input",
    "1",
    'Always a JSON `{"error": "…"}` that names what was wrong and echoes no secret, before any upstream is touched and with nothing cached',
  ),
  must(
    "resolve.wire.malformed",
    "1",
    "not JSON, a wrong type, a scope routed to two registries, no `lockfile` to verify | 400",
  ),
  must(
    "resolve.wire.error-frame",
    "1",
    "a package that does not exist, no matching version, an upstream that refuses or is down | 200 with an `error` frame and a `code`",
  ),
  must(
    "resolve.class.official-unscoped",
    "11",
    "unscoped official-npm packages are fetched without credentials and hit the shared cache for logged-in callers",
  ),
  must(
    "resolve.class.hosted",
    "11",
    "hosted private packages need package access, also when the client's registry is this server",
  ),
  must(
    "resolve.class.proxied",
    "11",
    "proxied private packages need an authorised alias and never use a client's credential",
  ),
  must(
    "resolve.class.no-forwarding",
    "4",
    "They never derive from the request's `Authorization`, from client registry config, or from a URL's user info.",
  ),
  must(
    "resolve.class.refused-before-upstream",
    "2",
    "A caller whom an alias's policy does not admit is **refused without any request upstream**; it does not slide into an anonymous fetch whose result would then be shared.",
  ),
  must("resolve.class.private-default", "11", "a custom private default registry is not public"),
  must(
    "resolve.class.unknown-rejected",
    "2",
    "`unknownRoutes: reject` (default) refuses at the boundary, 403.",
  ),
  must(
    "resolve.class.unknown-anonymous",
    "2",
    "fetches without any credential, request-locally: nothing is written that anyone else could read, and the result is never stored.",
  ),
  must(
    "resolve.alias.package-access",
    "4",
    "gate: the caller may still use that alias (for that package).",
  ),
  must(
    "resolve.alias.rotation",
    "3",
    "a rotation by either means opens a new private namespace at once and the old one ages out.",
  ),
  must(
    "resolve.footprint.optional",
    "4",
    "An optional dependency on a private route that the caller may not use fails the resolve with a clear error: a lockfile that silently lacks a package is worse than none.",
  ),
  must("resolve.scope.mixed", "11", "mixed resolves use the right metadata namespace per fetch"),
  must("resolve.scope.no-reuse", "11", "unauthorised access misses and reuses no private mirror"),
  must("resolve.scope.shared-by-alias", "11", "users of one alias share resolutions and metadata"),
  must(
    "resolve.closed.upstream-denial",
    "9",
    "Upstream 401 or 403: refuse. No stale copy, no broader mirror, no other descriptor's. A private 404 likewise, and the stored copy is dropped",
  ),
  must(
    "resolve.closed.stale-while-down",
    "9",
    "a stored copy of the same scope may serve, within the freshness limit (default 24 h)",
  ),
  must(
    "resolve.boundary.inline-credentials",
    "11",
    "inline URL credentials are refused before any fetch",
  ),
  must(
    "resolve.boundary.allowlist",
    "1",
    "a registry or URL outside the allowlist | 403, naming it without its credentials, query or fragment",
  ),
  must("resolve.verify.scope", "11", "verification can neither read nor fill a wrong scope"),
  must(
    "resolve.verify.answer",
    "1",
    "`POST /-/pnpr/v0/verify-lockfile` | one terminal frame: `done` or `violations`",
  ),
  must(
    "resolve.gate.confinement",
    "preface",
    "A private candidate is keyed by the same private access descriptor that produced it, and is served only to a caller who passes every gate in its footprint *now*.",
  ),
  must("resolve.gate.alias", "11", "revoked alias or package access stops matching"),
  must(
    "resolve.gate.follower",
    "5",
    "a follower passes its own gates before it is given anything.",
  ),
  must(
    "resolve.routing.public",
    "11",
    "public tarballs keep their URLs while private and unknown ones are routed",
  ),
  must("resolve.routing.replay", "11", "cached private resolutions replay no private upstream URL"),
  must("resolve.routing.lockfile", "11", "lockfile and frozen paths do not bypass routing"),
  must(
    "resolve.routing.endpoint",
    "7",
    "canonical for a client whose scope points at that endpoint: then the lockfile entry is integrity-only",
  ),
  must(
    "resolve.routing.no-secret-out",
    "7",
    "No frame, lockfile, cached candidate, error or log line holds an upstream credential, a signed query or a raw private URL.",
  ),
  must("resolve.cache.bounded", "11", "candidate lists stay bounded"),
  must(
    "resolve.cache.base-key",
    "5",
    "Order of object keys does not matter; the caller, its credential and the policy never enter.",
  ),
  must("resolve.cache.ttl", "5", "TTL 300 s by default, 0 switches off."),
  must(
    "resolve.cache.joins",
    "5",
    "Identical misses in flight share one resolve, but only between callers who select the same descriptors",
  ),
  must(
    "resolve.cache.upstream-count",
    "5",
    "A hit costs one digest, one look-up, one gate per descriptor and one write of ready bytes.",
  ),
  must(
    "resolve.cache.class-change",
    "5",
    "if any class has changed (a public route made private, say), it is a miss and the candidate goes.",
  ),
];

function must(id: string, section: string, quote: string): Requirement {
  const source = section === "preface" ? "spec/resolve.md" : `spec/resolve.md, section ${section}`;
  return { id, level: "must", kind: "behaviour", quote, source };
}
