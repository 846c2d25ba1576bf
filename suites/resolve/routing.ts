import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as } from "../steps.ts";

/** A lockfile as a client would have it that once resolved against the private registry itself. */
const RAW = {
  lockfileVersion: "9.0",
  settings: { autoInstallPeers: true, excludeLinksFromLockfile: false },
  importers: {
    ".": { dependencies: { "@acme/widget": { specifier: "1.0.0", version: "1.0.0" } } },
  },
  packages: {
    "@acme/widget@1.0.0": {
      resolution: {
        integrity: "sha512-bWFkZS11cA==",
        tarball: "{acme}/@acme/widget/-/widget-1.0.0.tgz",
      },
    },
  },
  snapshots: { "@acme/widget@1.0.0": {} },
};

/** Which tarball URLs clients are told. */
export const routingCases: readonly Case[] = [
  must("resolve/routing/public-keeps-its-url", {
    title: "A public tarball keeps its upstream's URL",
    cites: ["resolve.routing.public"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("public")
        .isServed({ says: ["{npm}/left-pad/-/left-pad-1.3.0.tgz"], omits: ["{self}/"] }),
    ],
  }),
  must("resolve/routing/private-is-routed", {
    title: "A proxied tarball is routed through this server, in frames and in the lockfile",
    cites: ["resolve.routing.public", "resolve.routing.explicit", "resolve.routing.no-secret-out"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("web")
        .isServed({ says: ["{self}/~acme/@acme/widget/-/widget-1.1.0.tgz"], omits: ["{acme}"] }),
      as("alice").downloads("@acme/widget", "1.1.0", { via: "acme" }).isServed(),
    ],
  }),
  must("resolve/routing/replay-has-no-raw-url", {
    title: "A replayed private resolution names no private upstream",
    cites: ["resolve.routing.replay", "resolve.cache.routed"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("web")
        .isServed({ cache: "miss", omits: ["{acme}"] }),
      as("bob")
        .resolves("web")
        .isServed({
          cache: "hit",
          omits: ["{acme}"],
          says: ["{self}/~acme/@acme/core/-/core-2.0.0.tgz"],
        }),
    ],
  }),
  must("resolve/routing/endpoint-is-integrity-only", {
    title: "For a client whose scope is this server's endpoint the lockfile holds integrity alone",
    cites: ["resolve.routing.endpoint"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("endpoint")
        .isServed({ cache: "miss", omits: ["{acme}"] }),
      as("bob")
        .resolves("endpoint")
        .isServed({ cache: "hit", omits: ['"tarball"'] }),
    ],
  }),
  must("resolve/routing/seeded-lockfile", {
    title: "A lockfile that the server made comes back routed, and is gated like any fetch",
    cites: ["resolve.routing.lockfile"],
    world: "two-teams",
    steps: [
      as("alice").resolves("web").labelled("first").isServed(),
      as("bob")
        .resolves("web", { seededBy: "first" })
        .isServed({ says: ["{self}/~acme/@acme/widget/-/widget-1.1.0.tgz"], omits: ["{acme}"] }),
      as("mallory")
        .resolves("web", { seededBy: "first" })
        .isRefused({ upstream: { acme: 0 } }),
      as("alice").resolves("web", { seededBy: "first" }).isServed(),
    ],
  }),
  must("resolve/routing/frozen-does-not-bypass", {
    title: "A frozen lockfile is gated and routed like everything else",
    cites: ["resolve.routing.lockfile"],
    world: "two-teams",
    steps: [
      as("alice").resolves("web").labelled("first").isServed(),
      as("bob")
        .resolves("web", { seededBy: "first", fields: { frozenLockfile: true } })
        .isServed({ says: ["{self}/~acme/@acme/widget/-/widget-1.1.0.tgz"], omits: ["{acme}"] }),
      as("mallory")
        .resolves("web", { seededBy: "first", fields: { frozenLockfile: true } })
        .isRefused({ upstream: { acme: 0 } }),
      as("alice")
        .resolves("web", { seededBy: "first", fields: { frozenLockfile: true } })
        .isServed(),
    ],
  }),
  must("resolve/routing/raw-private-url-in-a-lockfile", {
    title: "A raw private URL in an input lockfile is routed or refused, frozen or not",
    cites: ["resolve.routing.lockfile", "resolve.routing.raw", "resolve.routing.no-secret-out"],
    world: "two-teams",
    steps: [
      as("alice").resolves("private-default").isServed(),
      ...[true, false].map((frozenLockfile) =>
        as("alice").resolves("private-default", { fields: { frozenLockfile, lockfile: RAW } }),
      ),
      as("mallory")
        .resolves("private-default", { fields: { frozenLockfile: true, lockfile: RAW } })
        .isRefused({ upstream: { acme: 0 } }),
      as("alice").resolves("private-default").isServed(),
    ],
  }),
  must("resolve/verify/wrong-scope", {
    title: "A verification is gated like a resolve, and fills nothing that an outsider could read",
    cites: ["resolve.verify.scope", "resolve.verify.answer"],
    world: "two-teams",
    steps: [
      as("alice").resolves("web").labelled("lock").isServed(),
      as("alice")
        .verifies("web", { seededBy: "lock" })
        .isServed({ says: ['"type":"done"'] }),
      as("mallory")
        .verifies("web", { seededBy: "lock" })
        .isRefused({ upstream: { acme: 0 } }),
      as("anonymous")
        .verifies("web", { seededBy: "lock" })
        .isRefused({ upstream: { acme: 0 } }),
      as("bob").verifies("web", { seededBy: "lock" }).isServed(),
    ],
  }),
];
