import { rulesFrom } from "../requirement.ts";

/** The safety invariant, and the rules of the wire: section 1. */
export const wireRequirements = [
  ...rulesFrom("spec/resolve.md, its safety invariant", {
    "resolve.gate.confinement":
      "A private candidate is keyed by the same private access descriptor that produced " +
      "it, and is served only to a caller who passes every gate in its footprint *now*.",
    "resolve.gate.untold":
      "How many candidates exist, and what their footprints are, is never told to a " + "client.",
    "resolve.gate.everyone-else": "Everyone else sees a miss or a refusal.",
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
    "resolve.wire.superset":
      "A miss streams `package` frames while it resolves (a superset of the final set is " +
      "allowed)",
    "resolve.wire.policy-types":
      "`minimumReleaseAgeExclude` (`[]` for null), `minimumReleaseAgeIgnoreMissingTime`, " +
      '`trustPolicy` (`null` for `"off"`), `trustPolicyExclude` (`[]` for null)',
    "resolve.wire.verify-policies": "`verify-lockfile`'s `done` carries it too.",
    "resolve.wire.transforms":
      "want the response header `pnpr-project-transforms: 1` whenever they sent " +
      "`packageExtensions` or patches.",
    "resolve.wire.declined": "What cannot be served faithfully is declined, not faked",
    "resolve.wire.other-schemes": "no `Authorization`, or another scheme, is anonymous.",
    "resolve.wire.one-project": "(or the three maps at the top level for one project)",
    "resolve.wire.announced": "announce only the features that are really served",
    "resolve.wire.too-large":
      "body over the limit (default 32 MiB) | 413, without buffering it all",
    "resolve.wire.too-busy":
      "too much asked at once by one caller | 429 with `Retry-After`; others are not " + "affected",
  }),
];
