import { ids } from "./ids.ts";
import type { Defect } from "./defects.ts";

/** What it shows to somebody who may not see it, or asks for somebody who may not ask. */
export const LEAKS: readonly Defect[] = [
  {
    reason: "A path that a request or a manifest names is looked up on the server's own disk.",
    minimal:
      "resolve `{ x: 'file:..' }`, or a public package that depends on it: the lockfile has the " +
      "name of the server's own folder, of any folder with a `package.json` its name and " +
      "dependencies, and an error where there is none.",
    cases: [
      ...ids(
        "resolve/boundary",
        `
        served-file-in-dependencies served-file-in-optional served-link-in-dependencies
        served-link-in-optional served-path-in-dependencies served-path-in-optional disk-file
        disk-relative-file disk-link disk-path disk-home
      `,
      ),
      ...ids(
        "resolve/walk",
        `
        file-in-dependencies file-in-optional link-in-dependencies link-in-optional
      `,
      ),
      ...ids(
        "isolation/own-disk",
        `
        named-by-a-registry-file-absolute named-by-a-registry-link
        named-by-a-registry-link-absolute named-by-a-registry-workspace named-by-a-registry-path
        named-by-a-registry-absolute-path named-by-a-registry-home
      `,
      ),
    ],
  },
  {
    reason:
      "Of several registries with one `url` any that admits the caller is used, whatever a " +
      "narrower or an earlier one says.",
    minimal:
      "two `upstream` registries with one `url`, one for `@shop/*` and a team, the other for " +
      "`@shop/vault` and one of its members: another member is served `@shop/vault`.",
    cases: [
      ...ids(
        "resolve/alias",
        `
        most-specific-claim-by-name most-specific-claim-by-pattern order-decides-among-equals
        endpoint-of-the-wide-one
      `,
      ),
    ],
  },
  {
    reason: "A tarball that is named by its URL is fetched past the access list of its package.",
    minimal:
      "a user of the alias who may not use one of its packages resolves a dependency on that " +
      "package's tarball URL, and is given its name, version and integrity.",
    cases: ["resolve/direct-tarballs/package-access"],
  },
  {
    reason:
      "An optional dependency that the caller may not use is left out in silence, and what is " +
      "left is served from the cache to those who may use it.",
    minimal:
      "resolve an optional dependency on an alias's package as a user whom it does not admit, " +
      "then as one whom it does: neither lockfile has the package.",
    cases: [
      ...ids(
        "resolve/footprint",
        `
        optional-private-fails-clearly reduced-view-is-not-shared
        refused-first-optional-dependency refused-first-transitive-optional
        refused-first-optional-package-extension
      `,
      ),
      ...ids(
        "isolation/views",
        `
        less-first-optional-seen-and-not more-first-optional-seen-and-not
      `,
      ),
      ...ids(
        "isolation/silence",
        `
        alias-optional-mallory endpoint-optional-mallory alias-aloud-optional-mallory
        hosted-optional-mallory one-package-optional-mallory
      `,
      ),
    ],
  },
  {
    reason: "The signed query of `dist.tarball` is passed on, in frames, lockfile and cache.",
    minimal: "resolve a package whose packument says `…/x-1.0.0.tgz?signature=…`.",
    cases: [
      "npm/split-domain/signed-query",
      "resolve/split-domain/public-on-another-host",
      ...ids("resolve/routing", "signed-tarballs-of-npm class-of-the-registry-decides"),
    ],
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
      ...ids(
        "resolve/direct-tarballs",
        `
        routed access-by-path-with-scope access-by-encoded-scope access-by-encoded-at catalog
        seeded
      `,
      ),
    ],
  },
  {
    reason:
      "The `package` frame of a private package that came by a registry's prefix has its raw URL.",
    minimal:
      "resolve `{ '@acme/widget': 'acme:1.0.0' }` with `registries: { '{acme}/': { prefix: " +
      "'acme' } }`.",
    cases: ["resolve/footprint/refused-first-registry-prefix"],
  },
  {
    reason: "An error about a private package names its registry's raw URL.",
    minimal: "resolve a version of an alias's package that does not exist, as a user of the alias.",
    cases: [
      "resolve/routing/proxied-in-an-error",
      ...ids("resolve/closed", "cold-proxied-401 cold-proxied-403 cold-proxied-404"),
    ],
  },
  {
    reason:
      "A frozen lockfile that names a private package by its raw URL is given back to an " +
      "outsider.",
    minimal:
      "send `frozenLockfile: true` with such a lockfile as a user whom the alias does not admit.",
    cases: [
      ...ids(
        "resolve/routing",
        `
        raw-private-url-in-a-lockfile lockfile-tarball-raw lockfile-tarball-encoded-scope
      `,
      ),
      ...ids(
        "isolation/silence",
        `
        alias-frozen-mallory alias-aloud-frozen-mallory one-package-frozen-mallory
      `,
      ),
    ],
  },
  {
    reason:
      "A lockfile that names private packages without their URLs, or asks to be trusted, is " +
      "given back to an outsider, and verified for one.",
    minimal:
      "verify a lockfile that has `@acme/widget@1.0.0` with any integrity as a user whom the " +
      "alias does not admit: `done`.",
    cases: [
      "resolve/routing/proxied-trusted",
      ...ids("resolve/verify", "no-oracle-for-mallory no-oracle-for-carol"),
      "isolation/stolen-lockfile/web-trusted",
      ...ids("isolation/made-up-lockfile", "integrity-alone-plain integrity-alone-to-be-fixed"),
      ...ids(
        "isolation/silence",
        `
        alias-verify-mallory endpoint-frozen-mallory endpoint-verify-mallory
        alias-aloud-verify-mallory hosted-frozen-mallory hosted-verify-mallory
        one-package-verify-mallory
      `,
      ),
    ],
  },
  {
    reason:
      "An outsider's lockfile is verified against the private upstream anonymously, and its 404 " +
      "is a 502.",
    minimal: "verify, or resolve seeded by, a lockfile with an alias's package as an outsider.",
    cases: [
      ...ids(
        "resolve/routing",
        `
        seeded-lockfile frozen-does-not-bypass proxied-seeded proxied-frozen proxied-preferred
        lockfile-tarball-with-a-query lockfile-tarball-another-package
        lockfile-tarball-another-alias lockfile-tarball-another-endpoint
        lockfile-tarball-no-such-endpoint lockfile-tarball-hosted lockfile-tarball-gateway
      `,
      ),
      "resolve/verify/wrong-scope",
      ...ids("isolation/stolen-lockfile", "web-frozen web-preferred web-to-be-fixed web-plain"),
      ...ids(
        "isolation/made-up-lockfile",
        `
        endpoint-url-plain endpoint-url-to-be-fixed raw-url-plain raw-url-to-be-fixed
        public-url-plain public-url-to-be-fixed
      `,
      ),
    ],
  },
  {
    reason:
      "Whether a hosted package exists shows in the status: 403 where it does, 404 where it does " +
      "not.",
    minimal:
      "`GET /@corp/handbook` and `GET /@corp/cookbook` as a user whom neither admits, where only " +
      "the first is there.",
    cases: [
      ...ids(
        "isolation/silence",
        `
        hosted-resolve-mallory hosted-override-mallory hosted-packument-mallory
        hosted-packument-anonymous hosted-tarball-mallory hosted-tarball-anonymous
      `,
      ),
      ...ids(
        "npm/hiding",
        `
        hosted-packument hosted-abbreviated hosted-head hosted-manifest hosted-tag hosted-tarball
        hosted-conditional hosted-tags hosted-publish hosted-unpublish
      `,
      ),
    ],
  },
  {
    reason:
      "A caller whom an alias does not admit is not refused: its upstream is asked anonymously.",
    minimal:
      "resolve an alias's package as a user outside its access list, and look at the upstream.",
    cases: [
      ...ids(
        "resolve/class",
        `
        alias-needs-membership client-credential-never-forwarded per-package-access
        unscoped-can-be-private private-default-registry-is-not-public
      `,
      ),
      ...ids("resolve/gate", "every-descriptor outsider-reuses-nothing refusal-leaves-no-trace"),
      "resolve/tenants/ring-of-teams",
      ...ids("resolve/private-default", "unscoped-is-private namesakes-stay-apart"),
      ...ids("resolve/workspace", "one-private-project overridden-in-private extended-in-private"),
      ...ids(
        "resolve/access",
        `
        proxied-carol proxied-mallory proxied-aloud-alice proxied-aloud-mallory one-package-bob
        one-package-dave one-package-carol one-package-mallory two-teams-alice two-teams-carol
        two-teams-mallory
      `,
      ),
      ...ids(
        "resolve/footprint",
        `
        refused-first-dependency refused-first-dev-dependency refused-first-transitive
        refused-first-transitive-peer refused-first-deep-in-a-cycle refused-first-second-project
        refused-first-npm-alias refused-first-tag refused-first-override
        refused-first-package-extension refused-first-catalog refused-first-catalog-of-an-alias
        after-restart
      `,
      ),
      "resolve/cache/outsider-does-not-wait",
      ...ids("resolve/scope", "in-flight-by-resolve refined-package-is-a-scope-of-its-own"),
      "resolve/walk/private-tarball-of-a-public-package",
      ...ids(
        "isolation/views",
        `
        less-first-outsider-and-member more-first-outsider-and-member
        less-first-member-and-one-of-the-list more-first-member-and-one-of-the-list
        less-first-one-team-and-both more-first-one-team-and-both less-first-other-team-and-both
        more-first-other-team-and-both less-first-through-a-public-package
        more-first-through-a-public-package
      `,
      ),
      "isolation/no-further/raw-private",
      ...ids(
        "isolation/spelled-registry",
        `
        no-slash two-slashes upper-case-scheme encoded-climbing query fragment path-parameter
      `,
      ),
      ...ids(
        "isolation/spelled-name",
        `
        upper-case-name zero-width full-width combining-mark trailing-space dot-segment null-byte
        newline two-scopes
      `,
      ),
      "isolation/confusion/attacker-publishes-a-bridge",
      ...ids(
        "isolation/silence",
        `
        alias-resolve-mallory alias-override-mallory alias-aloud-resolve-mallory
        alias-aloud-override-mallory one-package-resolve-mallory one-package-override-mallory
      `,
      ),
    ],
  },
  {
    reason: "An alias's credential is used for names that the alias does not serve.",
    minimal:
      "resolve `left-pad` with the alias's registry as the default one; its endpoint says 404.",
    cases: [
      "resolve/alias/fetches-only-what-it-claims",
      ...ids(
        "isolation/confusion",
        `
        scope-routed-to-globex public-scope-routed-to-a-private-registry
      `,
      ),
    ],
  },
  {
    reason:
      "A tarball URL that a manifest names is asked for (`HEAD`) before it is held against the " +
      "allowlist.",
    minimal:
      "resolve a public package that depends on `{ x: '{elsewhere}/stray/-/stray-1.0.0.tgz' }`, " +
      "and look at what that host hears.",
    cases: [
      "resolve/boundary/served-known-registry-in-dependencies",
      "resolve/walk/tarball-in-dependencies",
      "isolation/no-further/open-registry",
    ],
  },
  {
    reason: "A registry that has an alias's host but another scheme is asked, and not refused.",
    minimal:
      "resolve with `https://` before the host, port and path of an alias that is `http:`: no " +
      "answer comes within ten seconds.",
    cases: [
      "resolve/boundary/spelling-other-scheme-than-the-alias",
      "isolation/spelled-registry/other-scheme",
    ],
  },
  {
    reason: "A public route opens every name of its registry, whatever its `package` says.",
    minimal:
      "with `routes.public: [{ registry, package: '*' }]`, resolve a scoped package from that " +
      "registry.",
    cases: [...ids("isolation/confusion", "scope-routed-to-npm scope-routed-to-none")],
  },
];
