import { rulesFrom, structureFrom } from "../requirement.ts";
import { cacheRequirements } from "./requirements-cache.ts";
import { routeRequirements } from "./requirements-routes.ts";
import { wireRequirements } from "./requirements-wire.ts";

/** The rules of the resolve accelerator that cases cite so far, section by section. */
export const resolveRequirements = [
  ...wireRequirements,
  ...routeRequirements,
  ...cacheRequirements,
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
    "resolve.boundary.own-disk":
      "`file:` and `link:` in what a client sends, or in what a registry serves, never read " +
      "this machine's disk.",
    "resolve.boundary.climbing":
      "`..` segments, encoded or not, backslashes and user-info tricks are refused.",
    "resolve.boundary.each-fetch": "**and** at each fetch",
  }),
  ...structureFrom("spec/resolve.md, section 6", {
    "resolve.boundary.addresses":
      "At connect time, private, loopback, link-local and metadata addresses are refused " +
      "unless the route's own configured host is there (DNS rebinding).",
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
    "resolve.routing.no-user-info": "one with user info is refused, like any other URL that has it",
    "resolve.routing.proxied": "proxied | `PUBLIC_URL/~ALIAS/PKG/-/FILE.tgz`",
  }),
  ...structureFrom("spec/resolve.md, section 7", {
    "resolve.routing.same-lockfile":
      "Resolving through this server and resolving client-side against the same registry " +
      "configuration give the same lockfile, byte for byte.",
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
    "resolve.scope.named":
      "Every metadata read or write names its scope: `public` (shared mirror), " +
      "`private(descriptor id)` (own path, own in-memory key, own in-flight lock, own " +
      "validators), `bypass` (request-local).",
    "resolve.scope.fresh":
      "Entries are fresh for `metadataTtl` (a setting, 300 s), then revalidated.",
    "resolve.scope.every-path":
      "It is computed per fetch and reaches every path: memory, disk, conditional requests, " +
      "prefer-offline, release-age short cuts, verification, fallback.",
    "resolve.closed.bounded-wait": "and a caller waits seconds, not minutes",
    "resolve.verify.scopes-and-gates":
      "`verify-lockfile` uses the same scopes, and its verdict cache is keyed and gated like " +
      "candidates: by what was verified, against which registries, under which policy, through " +
      "which descriptors.",
  }),
  ...structureFrom("spec/resolve.md, section 9", {
    "resolve.scope.damage":
      "Corrupt or half-written files are treated as absent and replaced; writes are atomic.",
    "resolve.closed.limits": "(connect 5 s, response 10 s, two tries, all settings)",
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
  ...structureFrom("spec/resolve.md, section 10", {
    "resolve.operator.counted":
      "hits, misses and refusals by class, candidates and evictions, upstream requests by class " +
      "and status, in-flight joins, tarball routing decisions, hit latency.",
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
