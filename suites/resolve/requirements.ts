import { rulesFrom } from "../requirement.ts";

/** The rules of the resolve accelerator that cases cite so far, section by section. */
export const resolveRequirements = [
  ...rulesFrom("spec/resolve.md, its safety invariant", {
    "resolve.gate.confinement":
      "A private candidate is keyed by the same private access descriptor that produced " +
      "it, and is served only to a caller who passes every gate in its footprint *now*.",
  }),
  ...rulesFrom("spec/resolve.md, section 1", {
    "resolve.wire.ping": "`GET /-/ping` | 200 `{}`: ready",
    "resolve.wire.handshake": "`GET /-/pnpr` | handshake, no auth",
    "resolve.wire.stream":
      "`application/x-ndjson`, one frame a line, **every line ends in `\\n`**: any number " +
      "of `package` frames, then exactly one terminal frame",
    "resolve.wire.fields":
      "fields as pnpm 12 sends them, unknown fields ignored, `null` means unset",
    "resolve.wire.auth-headers": "`authHeaders` (parsed, **never used**)",
    "resolve.wire.hit-equals-miss":
      "a hit is the `done` frame alone, byte for byte the one that the miss ended with. No " +
      "header tells hit from miss.",
    "resolve.wire.applied-policies":
      "`appliedPolicies` echoes fourteen fields of the request, in the types real clients " +
      "compare",
    "resolve.wire.bearer": "A Bearer token that is unknown or revoked is 401, never anonymous",
    "resolve.wire.anonymous":
      "no `Authorization`, or another scheme, is anonymous. Anonymous callers may resolve " +
      "public routes by default; `anonymous: refuse` turns that off",
    "resolve.wire.two-authorizations": "Two `Authorization` headers: 400.",
    "resolve.wire.bad-input":
      'Always a JSON `{"error": "…"}` that names what was wrong and echoes no secret, ' +
      "before any upstream is touched and with nothing cached",
    "resolve.wire.login-required":
      "not authenticated where that is required (decided before the body is read) | 401 " +
      "with `WWW-Authenticate`",
    "resolve.wire.malformed":
      "not JSON, a wrong type, a scope routed to two registries, no `lockfile` to verify | " +
      "400",
    "resolve.wire.error-frame":
      "a package that does not exist, no matching version, an upstream that refuses or is " +
      "down | 200 with an `error` frame and a `code`",
    "resolve.boundary.user-info": "`user:pass@` in any URL anywhere in the request | 400",
    "resolve.boundary.allowlist":
      "a registry or URL outside the allowlist | 403, naming it without its credentials, " +
      "query or fragment",
    "resolve.verify.answer":
      "`POST /-/pnpr/v0/verify-lockfile` | one terminal frame: `done` or `violations`",
    "resolve.operator.own-port":
      "operator listener (own port): `GET /-/metrics`, `GET /-/health`, `POST /-/reload` | " +
      "section 10; never on the client's port",
  }),
  ...rulesFrom("spec/resolve.md, section 2", {
    "resolve.class.declared-public":
      "a declared public route wins and suppresses every credential.",
    "resolve.class.hosted-for-all": "A package whose policy admits everyone is public.",
    "resolve.class.refused-before-upstream":
      "A caller whom an alias's policy does not admit is **refused without any request " +
      "upstream**; it does not slide into an anonymous fetch whose result would then be " +
      "shared.",
    "resolve.class.unknown-rejected":
      "`unknownRoutes: reject` (default) refuses at the boundary, 403.",
    "resolve.class.unknown-anonymous":
      "fetches without any credential, request-locally: nothing is written that anyone " +
      "else could read, and the result is never stored.",
    "resolve.class.of-the-route":
      "Privacy belongs to the route: scoped names can be public, unscoped ones private, " +
      "and a caller's being logged in makes nothing private.",
  }),
  ...rulesFrom("spec/resolve.md, section 3", {
    "resolve.alias.claims": "It fetches only the names it claims, when resolving as when serving.",
    "resolve.alias.final":
      "a refusal or a 404 from one is final and never sends the request on to the next.",
    "resolve.alias.own-origins":
      "A credential goes only to the alias's own configured origins over their own scheme, " +
      "never to a host that a packument names, and not across a redirect; each redirect hop " +
      "is checked against the allowlist.",
    "resolve.alias.rotation":
      "a rotation by either means opens a new private namespace at once and the old one " +
      "ages out.",
  }),
  ...rulesFrom("spec/resolve.md, section 4", {
    "resolve.alias.package-access": "gate: the caller may still use that alias (for that package).",
    "resolve.descriptor.shared":
      "gate: the caller still satisfies the package policy. Not per caller, not per token.",
    "resolve.class.no-forwarding":
      "They never derive from the request's `Authorization`, from client registry config, " +
      "or from a URL's user info.",
    "resolve.footprint.direct-tarball":
      "tarballs fetched for manifest or integrity (direct URL dependencies included)",
    "resolve.footprint.every-fetch":
      "The **footprint** collects the descriptor of every fetch that the resolve made",
    "resolve.footprint.refused-view":
      "it must never be stored as public, and never be served to someone who can see more.",
    "resolve.footprint.optional":
      "An optional dependency on a private route that the caller may not use fails the " +
      "resolve with a clear error: a lockfile that silently lacks a package is worse than " +
      "none.",
  }),
  ...rulesFrom("spec/resolve.md, section 5", {
    "resolve.cache.base-key":
      "Order of object keys does not matter; the caller, its credential and the policy " +
      "never enter.",
    "resolve.cache.inputs":
      "SHA-256 over a canonical form of everything that shapes the result: registry, " +
      "registries, every setting listed in section 1 that the resolver honours, all projects",
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
  }),
  ...rulesFrom("spec/resolve.md, section 6", {
    "resolve.boundary.origins":
      "Allowed: public routes, alias registries and their declared tarball origins, this " +
      "server's own endpoints.",
    "resolve.boundary.transports":
      "every URL in dependencies, overrides, catalogs and input lockfile, in every " +
      "transport: `http(s):`, `git+…:`, `ssh:`, scp form, `github:` shorthand",
    "resolve.boundary.transitive":
      "so that a transitive dependency gets no further than a direct one.",
    "resolve.boundary.direct-tarball":
      "A direct tarball URL under an alias's registry belongs to the package in its path: " +
      "that package's access applies.",
    "resolve.boundary.climbing":
      "`..` segments, encoded or not, backslashes and user-info tricks are refused.",
  }),
  ...rulesFrom("spec/resolve.md, section 7", {
    "resolve.routing.class-of-registry":
      "The class is that of the registry the package came from, not of the host its " +
      "`dist.tarball` names (registries keep tarballs elsewhere).",
    "resolve.routing.public-url": "the upstream's `dist.tarball`, without query or fragment",
    "resolve.routing.endpoint":
      "canonical for a client whose scope points at that endpoint: then the lockfile entry " +
      "is integrity-only",
    "resolve.routing.explicit":
      "for a request whose scope names the upstream itself the entry carries this URL " +
      "explicitly",
    "resolve.routing.hosted": "hosted | `PUBLIC_URL/PKG/-/FILE.tgz`",
    "resolve.routing.sealed":
      "a read-only URL sealed by the server secret, which names no upstream",
    "resolve.routing.no-secret-out":
      "No frame, lockfile, cached candidate, error or log line holds an upstream " +
      "credential, a signed query or a raw private URL.",
    "resolve.routing.raw":
      "An input lockfile with raw private or unroutable URLs is rerouted or refused, on " +
      "the frozen path as well.",
  }),
  ...rulesFrom("spec/resolve.md, section 9", {
    "resolve.closed.upstream-denial":
      "Upstream 401 or 403: refuse. No stale copy, no broader mirror, no other " +
      "descriptor's. A private 404 likewise, and the stored copy is dropped",
    "resolve.closed.unpublished": "an unpublished public package stops resolving as well.",
    "resolve.closed.stale-while-down":
      "a stored copy of the same scope may serve, within the freshness limit (default 24 h)",
    "resolve.closed.pinned": "A pinned version is no exception: past the TTL it is revalidated.",
    "resolve.cache.restart": "Restarting with the same secret finds the mirror again.",
    "resolve.verify.no-oracle": "It is no oracle for names the caller cannot see.",
  }),
  ...rulesFrom("spec/resolve.md, section 10", {
    "resolve.operator.validation":
      "before a proxied private hit, one authenticated conditional request; a refusal " +
      "drops the candidate and refuses the caller.",
    "resolve.operator.probing":
      "for an undeclared `(registry, scope)` under an allowed host, one anonymous request; " +
      "`requires-auth` or `public` is remembered with a TTL; never with a caller's " +
      "credential.",
    "resolve.operator.metrics": "No package, user or alias secrets in labels.",
    "resolve.operator.reload":
      "applies a changed config without losing requests: revocation bites on the next " +
      "look-up.",
  }),
  ...rulesFrom("pnpm/pnpm issue #12699, as listed in spec/resolve.md, section 11", {
    "resolve.class.official-unscoped":
      "unscoped official-npm packages are fetched without credentials and hit the shared " +
      "cache for logged-in callers",
    "resolve.class.hosted":
      "hosted private packages need package access, also when the client's registry is " +
      "this server",
    "resolve.class.proxied":
      "proxied private packages need an authorised alias and never use a client's " + "credential",
    "resolve.scope.mixed": "mixed resolves use the right metadata namespace per fetch",
    "resolve.scope.no-reuse": "unauthorised access misses and reuses no private mirror",
    "resolve.closed.fallback": "401, 403 and private 404 fall back to nothing",
    "resolve.boundary.inline-credentials": "inline URL credentials are refused before any fetch",
    "resolve.verify.scope": "verification can neither read nor fill a wrong scope",
    "resolve.scope.shared-by-alias": "users of one alias share resolutions and metadata",
    "resolve.gate.alias": "revoked alias or package access stops matching",
    "resolve.routing.public":
      "public tarballs keep their URLs while private and unknown ones are routed",
    "resolve.routing.replay": "cached private resolutions replay no private upstream URL",
    "resolve.routing.lockfile": "lockfile and frozen paths do not bypass routing",
    "resolve.class.private-default": "a custom private default registry is not public",
    "resolve.cache.bounded": "candidate lists stay bounded",
  }),
];
