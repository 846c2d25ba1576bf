import { must } from "../case.ts";
import type { Case, ResolveChanges } from "../case.ts";
import { as, operator } from "../steps.ts";

/** One dependency that names a tarball by its URL, under a name that leads to no private registry. */
function depends(url: string, more: Readonly<Record<string, unknown>> = {}): ResolveChanges {
  return { fields: { projects: [{ dir: ".", dependencies: { direct: url } }], ...more } };
}

const WIDGET = "{acme}/@acme/widget/-/widget-1.1.0.tgz";
const ROUTED = "{self}/~acme/@acme/widget/-/widget-1.1.0.tgz";
const PAYROLL = "{acme}/@acme/payroll/-/payroll-1.0.0.tgz";
const NOTHING_PRIVATE = { acme: 0, globex: 0, elsewhere: 0 } as const;

/** Dependencies that name a tarball by its URL. */
export const directTarballCases: readonly Case[] = [
  must("resolve/direct-tarballs/routed", {
    title: "A tarball under an alias's registry is locked by its routed URL, with integrity",
    cites: ["resolve.routing.public", "resolve.routing.no-secret-out"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("public", depends(WIDGET))
        .isServed({
          packages: ["@acme/widget@{self}/~acme/@acme/widget/-/widget-1.1.0.tgz"],
          says: [ROUTED, "sha512-"],
          omits: ["{acme}"],
        }),
    ],
  }),
  ...Object.entries({
    "path-with-scope": WIDGET,
    "encoded-scope": "{acme}/@acme%2fwidget/-/widget-1.1.0.tgz",
    "encoded-at": "{acme}/%40acme%2Fwidget/-/widget-1.1.0.tgz",
    "own-endpoint": ROUTED,
  }).map(([spelling, url]) =>
    must(`resolve/direct-tarballs/access-by-${spelling}`, {
      title: `A tarball's URL (${spelling}) takes the access of the package in its path`,
      cites: ["resolve.boundary.direct-tarball"],
      world: "two-teams",
      steps: [
        as("alice").resolves("public", depends(url)).isServed({ cache: "miss" }),
        as("mallory").resolves("public", depends(url)).isRefused({ upstream: NOTHING_PRIVATE }),
        as("anonymous").resolves("public", depends(url)).isRefused({ upstream: NOTHING_PRIVATE }),
        as("bob").resolves("public", depends(url)).isServed({ cache: "hit" }),
      ],
    }),
  ),
  must("resolve/direct-tarballs/package-access", {
    title: "Access for a single package applies to that package's tarball by its URL, too",
    cites: ["resolve.boundary.direct-tarball", "resolve.alias.package-access"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public", depends(PAYROLL)).isServed(),
      as("bob").resolves("public", depends(PAYROLL)).isRefused({ upstream: NOTHING_PRIVATE }),
      as("alice").resolves("public", depends(PAYROLL)).isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/direct-tarballs/in-the-footprint", {
    title: "A resolve that only fetched a private tarball stands behind that tarball's gate",
    cites: ["resolve.footprint.direct-tarball", "resolve.gate.alias"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("public", depends(WIDGET)).isServed(),
      as("bob").resolves("public", depends(WIDGET)).isServed({ cache: "hit" }),
      operator.revokes("bob", { from: "acme" }),
      as("bob").resolves("public", depends(WIDGET)).isRefused({ upstream: NOTHING_PRIVATE }),
      as("alice").resolves("public", depends(WIDGET)).isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/direct-tarballs/override", {
    title: "An override that names a private tarball takes that package's access and is routed",
    cites: ["resolve.boundary.direct-tarball", "resolve.routing.no-secret-out"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("public", { fields: { overrides: { ms: WIDGET } } })
        .isServed({ says: [ROUTED], omits: ["{acme}"] }),
      as("mallory")
        .resolves("public", { fields: { overrides: { ms: WIDGET } } })
        .isRefused({ upstream: NOTHING_PRIVATE }),
      as("alice")
        .resolves("public", { fields: { overrides: { ms: WIDGET } } })
        .isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/direct-tarballs/catalog", {
    title:
      "A catalog's entry that names a private tarball takes that package's access and is routed",
    cites: ["resolve.boundary.direct-tarball", "resolve.routing.no-secret-out"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("public", depends("catalog:", { catalogs: { default: { direct: WIDGET } } }))
        .isServed({ says: [ROUTED], omits: ["{acme}"] }),
      as("mallory")
        .resolves("public", depends("catalog:", { catalogs: { default: { direct: WIDGET } } }))
        .isRefused({ upstream: NOTHING_PRIVATE }),
      as("alice")
        .resolves("public", depends("catalog:", { catalogs: { default: { direct: WIDGET } } }))
        .isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/direct-tarballs/as-a-registry-would", {
    title: "A URL under the very registry that its name's scope uses names no upstream, either",
    cites: ["resolve.routing.no-secret-out"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("endpoint", {
          fields: {
            projects: [{ dir: ".", dependencies: { "@acme/widget": WIDGET } }],
            registries: { "{acme}/": { scopes: ["@acme"] } },
          },
        })
        .isServed({ omits: ["{acme}"], says: ["widget-1.1.0.tgz"] }),
    ],
  }),
  must("resolve/direct-tarballs/public-keeps-its-url", {
    title: "A public tarball by its URL keeps it, and is everybody's",
    cites: ["resolve.routing.public"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("public", depends("{npm}/left-pad/-/left-pad-1.3.0.tgz"))
        .isServed({ says: ["{npm}/left-pad/-/left-pad-1.3.0.tgz"], omits: ["{self}/"] }),
      as("mallory")
        .resolves("public", depends("{npm}/left-pad/-/left-pad-1.3.0.tgz"))
        .isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/direct-tarballs/hosted", {
    title: "A hosted tarball by its URL needs access to the package",
    cites: ["resolve.class.hosted", "resolve.boundary.direct-tarball"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("public", depends("{self}/@corp/handbook/-/handbook-1.0.0.tgz"))
        .isServed({ says: ["{self}/@corp/handbook/-/handbook-1.0.0.tgz"] }),
      as("mallory")
        .resolves("public", depends("{self}/@corp/handbook/-/handbook-1.0.0.tgz"))
        .isRefused({ upstream: NOTHING_PRIVATE }),
      as("bob")
        .resolves("public", depends("{self}/@corp/handbook/-/handbook-1.0.0.tgz"))
        .isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/direct-tarballs/seeded", {
    title: "A lockfile with a tarball's routed URL is a seed like any other",
    cites: ["resolve.routing.lockfile", "resolve.boundary.direct-tarball"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public", depends(WIDGET)).isServed().labelled("first"),
      as("alice")
        .resolves("public", { ...depends(WIDGET), seededBy: "first" })
        .isServed({ sameAs: "first", omits: ["{acme}"] }),
      as("alice")
        .resolves("public", { ...depends(WIDGET, { frozenLockfile: true }), seededBy: "first" })
        .isServed({ omits: ["{acme}"], says: [ROUTED] }),
      as("alice")
        .verifies("public", { ...depends(WIDGET), seededBy: "first" })
        .isServed({ omits: ["{acme}"] }),
      as("mallory")
        .resolves("public", { ...depends(WIDGET, { frozenLockfile: true }), seededBy: "first" })
        .isRefused({ upstream: NOTHING_PRIVATE }),
      as("alice").resolves("public", depends(WIDGET)).isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/direct-tarballs/sealed", {
    title: "A tarball that no route leads to is locked by a sealed URL, and never stored",
    cites: ["resolve.routing.sealed", "resolve.class.unknown-anonymous"],
    world: "two-teams-gateway",
    needs: ["gateway"],
    steps: [
      as("alice")
        .resolves("public", depends("{elsewhere}/stray/-/stray-1.0.0.tgz"))
        .isServed({ says: ["{self}/-/gateway/"], omits: ["{elsewhere}"] }),
      as("alice")
        .resolves("public", depends("{elsewhere}/stray/-/stray-1.0.0.tgz"))
        .isServed({ upstream: { elsewhere: { atLeast: 1 } }, omits: ["{elsewhere}"] }),
    ],
  }),
];
