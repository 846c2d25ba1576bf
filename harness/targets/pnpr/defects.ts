/** One thing that pnpr 0.1.0-alpha.8 does wrong, learnt by asking it, and the cases that show it. */
export interface Defect {
  /** What happens, in a sentence. */
  readonly reason: string;
  /** The least that has to be done to see it. */
  readonly minimal: string;
  readonly cases: readonly string[];
}

export const DEFECTS: readonly Defect[] = [
  {
    reason: "A tarball that is named by its URL is fetched past the access list of its package.",
    minimal:
      "a user of the alias who may not use one of its packages resolves a dependency on that package's " +
      "tarball URL, and is given its name, version and integrity.",
    cases: ["resolve/direct-tarballs/package-access"],
  },
  {
    reason:
      "An optional dependency that the caller may not use is left out in silence, and what is left is " +
      "served from the cache to those who may use it.",
    minimal:
      "resolve an optional dependency on an alias's package as a user whom it does not admit, then as one " +
      "whom it does: neither lockfile has the package.",
    cases: [
      "resolve/footprint/optional-private-fails-clearly",
      "resolve/footprint/reduced-view-is-not-shared",
    ],
  },
  {
    reason: "The signed query of `dist.tarball` is passed on, in frames, lockfile and cache.",
    minimal: "resolve a package whose packument says `…/x-1.0.0.tgz?signature=…`.",
    cases: ["npm/split-domain/signed-query", "resolve/split-domain/public-on-another-host"],
  },
  {
    reason: "A private tarball that stands on another host than its registry keeps its raw URL.",
    minimal: "resolve a package of an alias whose `dist.tarball` names a second host.",
    cases: ["resolve/split-domain/class-is-the-registrys", "npm/split-domain/undeclared-host"],
  },
  {
    reason:
      "A private tarball that is named by its URL keeps that URL in frames, lockfile and log.",
    minimal:
      "resolve `{ direct: '{acme}/@acme/widget/-/widget-1.1.0.tgz' }` as a user of the alias.",
    cases: [
      "resolve/direct-tarballs/routed",
      "resolve/direct-tarballs/access-by-path-with-scope",
      "resolve/direct-tarballs/access-by-encoded-scope",
      "resolve/direct-tarballs/access-by-encoded-at",
      "resolve/direct-tarballs/catalog",
      "resolve/direct-tarballs/seeded",
    ],
  },
  {
    reason:
      "A frozen lockfile that names a private package by its raw URL is given back to an outsider.",
    minimal:
      "send `frozenLockfile: true` with such a lockfile as a user whom the alias does not admit.",
    cases: ["resolve/routing/raw-private-url-in-a-lockfile"],
  },
  {
    reason:
      "A caller whom an alias does not admit is not refused: its upstream is asked anonymously.",
    minimal:
      "resolve an alias's package as a user outside its access list, and look at the upstream.",
    cases: [
      "resolve/class/alias-needs-membership",
      "resolve/class/client-credential-never-forwarded",
      "resolve/class/per-package-access",
      "resolve/class/unscoped-can-be-private",
      "resolve/class/private-default-registry-is-not-public",
      "resolve/gate/every-descriptor",
      "resolve/gate/outsider-reuses-nothing",
      "resolve/gate/refusal-leaves-no-trace",
      "resolve/tenants/ring-of-teams",
      "resolve/private-default/unscoped-is-private",
      "resolve/private-default/namesakes-stay-apart",
      "resolve/workspace/one-private-project",
      "resolve/workspace/overridden-in-private",
      "resolve/workspace/extended-in-private",
    ],
  },
  {
    reason:
      "An outsider's lockfile is verified against the private upstream anonymously, and its 404 is a 502.",
    minimal: "verify, or resolve seeded by, a lockfile with an alias's package as an outsider.",
    cases: [
      "resolve/routing/seeded-lockfile",
      "resolve/routing/frozen-does-not-bypass",
      "resolve/verify/wrong-scope",
    ],
  },
  {
    reason: "An alias's credential is used for names that the alias does not serve.",
    minimal:
      "resolve `left-pad` with the alias's registry as the default one; its endpoint says 404.",
    cases: ["resolve/alias/fetches-only-what-it-claims"],
  },
  {
    reason:
      "Nothing can be resolved from the server's own registries: it calls itself without a credential.",
    minimal: "publish a package, and resolve it with the server as its scope's registry: 401.",
    cases: [
      "resolve/class/hosted-needs-access",
      "resolve/class/hosted-for-the-logged-in",
      "resolve/class/hosted-by-default-registry",
      "resolve/routing/endpoint-is-integrity-only",
      "resolve/private-default/own-endpoint",
      "resolve/direct-tarballs/access-by-own-endpoint",
      "resolve/direct-tarballs/hosted",
    ],
  },
  {
    reason: "An override to a tarball URL is refused by a policy that the request does not set.",
    minimal: "resolve with `overrides: { ms: '{acme}/@acme/widget/-/widget-1.1.0.tgz' }`.",
    cases: ["resolve/direct-tarballs/override"],
  },
  {
    reason:
      "The path of a registry is taken for the scope of a package whose tarball URL lies under it.",
    minimal:
      "resolve `{ '@acme/widget': '{acme}/@acme/widget/-/widget-1.0.0.tgz' }`, acme at `/npm/`.",
    cases: ["resolve/direct-tarballs/as-a-registry-would"],
  },
  {
    reason: "Metadata within its `maxage` is asked for again by every resolve that misses.",
    minimal:
      "resolve two projects that share a package within five minutes: the second sends a request.",
    cases: [
      "resolve/cache/teammates-share",
      "resolve/cache/restart-keeps-the-gates",
      "resolve/scope/mixed-namespaces",
      "resolve/tenants/one-team-shares",
      "resolve/real-projects/backend",
      "resolve/real-projects/front-end",
      "resolve/real-projects/framework",
    ],
  },
  {
    reason: "Identical misses at the same moment are each resolved.",
    minimal: "send one resolve three times at once on a cold cache, and count requests upstream.",
    cases: ["resolve/cache/join-shares-one-resolve"],
  },
  {
    reason: "A refused URL is repeated with its query.",
    minimal:
      "resolve `{ x: 'https://elsewhere.example.test/x.tgz?token=…' }`: the 403 says the token.",
    cases: ["resolve/boundary/dependency-by-https"],
  },
  {
    reason: "A git dependency is tried, not refused at the door.",
    minimal: "resolve `{ x: 'github:a/b' }`, or `git+` before a public registry's URL.",
    cases: [
      "resolve/boundary/dependency-by-git-to-an-allowed-host",
      "resolve/boundary/dependency-by-shorthand",
    ],
  },
  {
    reason: "An encoded `..` in a tarball URL is followed.",
    minimal: "resolve `{ x: '{npm}/ms/%2e%2e/left-pad/-/left-pad-1.3.0.tgz' }`.",
    cases: ["resolve/boundary/dependency-by-encoded-climbing"],
  },
  {
    reason: "A 401 has neither a challenge nor a JSON body.",
    minimal: "resolve with a token that nobody has: `text/plain`, and no `WWW-Authenticate`.",
    cases: ["resolve/wire/unknown-token"],
  },
  {
    reason: "Error frames have no `code`.",
    minimal: "resolve a package that does not exist.",
    cases: ["resolve/wire/no-such-package"],
  },
  {
    reason: "The handshake does not name the resolver protocol, which is served all the same.",
    minimal: "`GET /-/pnpr`.",
    cases: ["resolve/wire/handshake"],
  },
];
