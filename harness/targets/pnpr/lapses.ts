import { ids } from "./ids.ts";
import type { Defect } from "./defects.ts";

/** What it does not do, or says in another way than was agreed. */
export const LAPSES: readonly Defect[] = [
  {
    reason:
      "A verification does not ask whether the registry has the locked version, or with that " +
      "integrity.",
    minimal:
      "verify a lockfile that has `@acme/widget@9.9.9`, or 1.0.0 with another integrity, as a " +
      "user of the alias: `done`.",
    cases: [
      ...ids(
        "resolve/verify",
        `
        no-such-version other-integrity no-such-package violations-are-gated
      `,
      ),
    ],
  },
  {
    reason:
      "Of a lockfile, places outside of the allowlist are passed unless they are a `tarball`: " +
      "git repositories, specifiers, versions and keys.",
    minimal:
      "resolve with a lockfile in which a package's resolution is `{ type: 'git', repo: " +
      "'https://elsewhere.example.test/a/b.git', … }`.",
    cases: [
      ...ids(
        "resolve/boundary",
        `
        transport-http transport-https transport-git-http transport-git-https transport-git-ssh
        transport-git-file transport-git transport-ssh transport-scp-user transport-ftp
        place-lockfile-specifier place-lockfile-version place-lockfile-key
        place-lockfile-repository place-lockfile-snapshot
      `,
      ),
    ],
  },
  {
    reason: "An optional dependency that leads outside of the allowlist is left out in silence.",
    minimal:
      "resolve a public package whose `optionalDependencies` name " +
      "`https://elsewhere.example.test/x.tgz`.",
    cases: [
      ...ids(
        "resolve/boundary",
        `
        served-http-in-optional served-known-registry-in-optional served-loopback-in-optional
        served-metadata-in-optional served-git-https-in-optional served-git-ssh-in-optional
        served-git-in-optional served-github-in-optional served-owner-and-repository-in-optional
      `,
      ),
      ...ids(
        "resolve/walk",
        `
        git-in-optional ssh-in-optional shorthand-in-optional tarball-in-optional
      `,
      ),
      ...ids("isolation/no-further", "https git git-plain ssh shorthand bare-shorthand"),
    ],
  },
  {
    reason:
      "The scp form of a git URL is taken for a path: without a user in a request, and always in " +
      "a manifest.",
    minimal: "resolve `{ x: 'elsewhere.example.test:a/b.git' }`: the lockfile has it as a `link:`.",
    cases: [
      ...ids("resolve/boundary", "transport-scp served-scp-in-dependencies served-scp-in-optional"),
      ...ids("resolve/walk", "scp-in-dependencies scp-in-optional"),
      "isolation/no-further/scp",
    ],
  },
  {
    reason: "A `..` in a tarball's URL is followed: encoded in a request, and plain in a manifest.",
    minimal: "resolve `{ x: '{npm}/ms/%2e%2e/left-pad/-/left-pad-1.3.0.tgz' }`.",
    cases: [
      ...ids(
        "resolve/boundary",
        `
        dependency-by-encoded-climbing spelling-backslash-in-the-path spelling-encoded-climbing
        spelling-half-encoded-climbing spelling-encoded-slash-climbing
        spelling-encoded-backslash-climbing spelling-twice-encoded-climbing
        served-climbing-in-dependencies served-climbing-in-optional
      `,
      ),
      "isolation/no-further/climbing",
    ],
  },
  {
    reason:
      "A registry outside of the allowlist that a scope is routed to is refused in the stream, " +
      "with status 200.",
    minimal:
      "resolve `{ '@x/y': '1.0.0' }` with `registries: { 'https://elsewhere.example.test/': { " +
      "scopes: ['@x'] } }`.",
    cases: [
      ...ids(
        "resolve/boundary",
        `
        place-registries spelling-encoded-at spelling-backslashes spelling-climbing
        spelling-climbing-to-the-top spelling-tab-in-the-scheme spelling-line-break-in-the-host
        spelling-space-in-front spelling-upper-case spelling-no-slashes spelling-one-slash
        spelling-three-slashes spelling-scheme-left-out spelling-other-port
        spelling-other-port-of-an-alias spelling-longer-path-than-the-alias
        spelling-beside-the-alias spelling-look-alike-suffix spelling-look-alike-prefix
        spelling-trailing-dot spelling-query-and-fragment spelling-localhost spelling-loopback
        spelling-loopback-as-a-number spelling-loopback-in-hex spelling-loopback-of-version-6
        spelling-mapped-loopback spelling-metadata-address spelling-private-address
      `,
      ),
      ...ids("isolation/inherited-keys", "proto constructor prototype to-string has-own-property"),
    ],
  },
  {
    reason:
      "Nothing can be resolved from the server's own registries: it calls itself without a " +
      "credential.",
    minimal: "publish a package, and resolve it with the server as its scope's registry: 401.",
    cases: [
      ...ids(
        "resolve/class",
        `
        hosted-needs-access hosted-for-the-logged-in hosted-by-default-registry
      `,
      ),
      ...ids(
        "resolve/routing",
        `
        endpoint-is-integrity-only hosted-fresh-and-replayed hosted-seeded hosted-frozen
        hosted-preferred hosted-trusted hosted-in-an-error endpoint-fresh-and-replayed
        endpoint-seeded endpoint-frozen endpoint-preferred endpoint-trusted endpoint-in-an-error
      `,
      ),
      "resolve/private-default/own-endpoint",
      ...ids("resolve/direct-tarballs", "access-by-own-endpoint hosted"),
      ...ids(
        "resolve/access",
        `
        hosted-for-users-mate hosted-for-users-anonymous hosted-for-a-team-mate
        hosted-for-a-team-carol hosted-for-a-team-mallory hosted-for-a-team-anonymous
        proxied-by-endpoint-mate proxied-by-endpoint-carol proxied-by-endpoint-mallory
        proxied-by-endpoint-anonymous
      `,
      ),
      ...ids("resolve/alias", "endpoints-are-namespaces endpoint-keeps-its-policy"),
      "resolve/footprint/hosted-that-depends-on-private",
      "resolve/boundary/allowed-places",
      ...ids(
        "isolation/views",
        `
        less-first-nobody-and-somebody more-first-nobody-and-somebody
        less-first-other-team-and-hosted more-first-other-team-and-hosted
      `,
      ),
      ...ids("isolation/replay", "endpoint handbook lunch"),
      ...ids(
        "isolation/stolen-lockfile",
        `
        endpoint-frozen endpoint-trusted endpoint-preferred endpoint-to-be-fixed endpoint-plain
      `,
      ),
      "npm/publish/readers-see-it",
    ],
  },
  {
    reason: "An override to a tarball URL is refused by a policy that the request does not set.",
    minimal: "resolve with `overrides: { ms: '{acme}/@acme/widget/-/widget-1.1.0.tgz' }`.",
    cases: ["resolve/direct-tarballs/override"],
  },
  {
    reason:
      "The path of a registry is taken for the scope of a package whose tarball URL lies under " +
      "it.",
    minimal:
      "resolve `{ '@acme/widget': '{acme}/@acme/widget/-/widget-1.0.0.tgz' }`, acme at `/npm/`.",
    cases: ["resolve/direct-tarballs/as-a-registry-would"],
  },
  {
    reason: "A public tarball whose URL has user info is served without it, and not refused.",
    minimal: "resolve a package whose `dist.tarball` has a user and a password before its host.",
    cases: ["resolve/routing/public-tarball-with-user-info"],
  },
  {
    reason:
      "A lockfile that it gave out is refused when it comes back, where `dist.tarball` has a " +
      "query.",
    minimal:
      "resolve an alias's package whose packument says `…/x-1.0.0.tgz?signature=…`, and send the " +
      "lockfile back with `frozenLockfile: true`: `TARBALL_URL_MISMATCH`.",
    cases: ["resolve/routing/signed-tarballs-of-acme"],
  },
  {
    reason: "The peer dependencies of a project are passed over in silence.",
    minimal:
      "resolve `{ dependencies: { debug: '^4.0.0' }, peerDependencies: { 'js-tokens': '4.0.0' } " +
      "}` with `autoInstallPeers: true`: the lockfile lacks it.",
    cases: [
      "resolve/base-key/shaping-peer-dependencies",
      "resolve/boundary/place-peer-dependencies",
    ],
  },
  {
    reason: "A setting that it does not know is passed over in silence.",
    minimal:
      "resolve with `addMissingPeerTypes: true`: neither is it declined nor does anything say " +
      "that it was honoured.",
    cases: [
      ...ids(
        "resolve/base-key",
        `
        honoured-or-declined-add-missing-peer-types
        honoured-or-declined-project-scoped-optional-peers
      `,
      ),
    ],
  },
  {
    reason: "Metadata within its `maxage` is asked for again by every resolve that misses.",
    minimal:
      "resolve two projects that share a package within five minutes: the second sends a request.",
    cases: [
      ...ids("resolve/cache", "teammates-share restart-keeps-the-gates"),
      ...ids("resolve/scope", "mixed-namespaces public-is-fetched-once"),
      "resolve/tenants/one-team-shares",
      ...ids("resolve/real-projects", "backend front-end framework"),
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
    cases: [
      ...ids(
        "resolve/boundary",
        `
        dependency-by-https place-dependencies place-dev-dependencies place-optional-dependencies
        place-second-project place-overrides place-catalogs place-named-catalogs
        place-package-extensions place-package-extensions-peer place-lockfile-tarball
        place-registry
      `,
      ),
    ],
  },
  {
    reason: "A git dependency is tried, not refused at the door.",
    minimal: "resolve `{ x: 'github:a/b' }`, or `git+` before a public registry's URL.",
    cases: [
      ...ids(
        "resolve/boundary",
        `
        dependency-by-git-to-an-allowed-host dependency-by-shorthand transport-github
        transport-gitlab transport-bitbucket transport-gist transport-owner-and-repository
        transport-owner-and-commit
      `,
      ),
    ],
  },
  {
    reason: "`null` is refused for `registries`, `resolutionMode` and `trustPolicy`.",
    minimal: "resolve with `registries: null`: 400.",
    cases: ["resolve/base-key/neutral-nulls"],
  },
  {
    reason: "A 401 has neither a challenge nor a JSON body.",
    minimal: "resolve with a token that nobody has: `text/plain`, and no `WWW-Authenticate`.",
    cases: [
      ...ids("resolve/wire", "unknown-token login-before-body-resolve login-before-body-verify"),
    ],
  },
  {
    reason: "Error frames have no `code`.",
    minimal: "resolve a package that does not exist.",
    cases: [
      ...ids(
        "resolve/wire",
        `
        no-such-package no-matching-version upstream-error-frame-401 upstream-error-frame-403
      `,
      ),
    ],
  },
  {
    reason: "The handshake does not name the resolver protocol, which is served all the same.",
    minimal: "`GET /-/pnpr`.",
    cases: [...ids("resolve/wire", "handshake announced")],
  },
  {
    reason: "`done` has no `appliedPolicies`.",
    minimal: "resolve or verify anything.",
    cases: [
      ...ids(
        "resolve/wire",
        `
        applied-policies-unset applied-policies-verification applied-policies-frozen
        applied-policies-auto-install-peers applied-policies-dedupe-peers
        applied-policies-exclude-links-from-lockfile applied-policies-frozen-lockfile
        applied-policies-resolution-mode applied-policies-trust-lockfile
        applied-policies-minimum-release-age applied-policies-minimum-release-age-exclude
        applied-policies-minimum-release-age-ignore-missing-time applied-policies-trust-policy
        applied-policies-trust-policy-exclude applied-policies-trust-policy-ignore-after
      `,
      ),
    ],
  },
  {
    reason: "A request by a method that is not served has an empty body.",
    minimal: "`GET /-/pnpr/v0/resolve`: 405, and no `error`.",
    cases: [...ids("resolve/wire", "method-get method-put method-delete method-patch")],
  },
  {
    reason: "A document that names another package is taken for the one that was asked for.",
    minimal:
      "let an upstream answer for `left-pad` with the packument of `somebody-else`, and resolve " +
      "`left-pad`.",
    cases: [...ids("resolve/closed", "cold-public-another-package cold-proxied-another-package")],
  },
  {
    reason: "Packuments have no `ETag`, so that nobody can ask whether they have changed.",
    minimal: "`GET /~ALIAS/PKG` as a user of the alias.",
    cases: [...ids("npm/packument", "alias-validators alias-head hosted-validators hosted-head")],
  },
];
