import { must } from "../case.ts";
import type { Case } from "../case.ts";
import type { ResolveRequest } from "../../fixtures/world.ts";
import { as, upstream } from "../steps.ts";

/** A project of each class, the URL that clients are to be told, and what they are never told. */
interface Class {
  readonly project: string;
  readonly world: string;
  readonly says: readonly string[];
  readonly omits: readonly string[];
  /** A range of the project's package that nothing meets. */
  readonly unmet: Partial<ResolveRequest>;
}

const CLASSES: Readonly<Record<string, Class>> = {
  public: {
    ...{ project: "public", world: "two-teams" },
    // A client makes this URL itself: the lockfile's entry is integrity-only.
    says: ["left-pad@1.3.0"],
    omits: ["{self}/"],
    unmet: { projects: [{ dir: ".", dependencies: { "left-pad": "9.9.9" } }] },
  },
  hosted: {
    ...{ project: "handbook", world: "two-teams" },
    // The scope's registry is this server: a client makes the URL itself.
    says: ["@corp/handbook@1.0.0"],
    omits: ["~", "gateway"],
    unmet: { projects: [{ dir: ".", dependencies: { "@corp/handbook": "9.9.9" } }] },
  },
  proxied: {
    ...{ project: "web", world: "two-teams" },
    says: ["{self}/~acme/@acme/widget/-/widget-1.1.0.tgz"],
    omits: ["{acme}", "{acme-address}"],
    unmet: { projects: [{ dir: ".", dependencies: { "@acme/widget": "9.9.9" } }] },
  },
  endpoint: {
    ...{ project: "endpoint", world: "two-teams" },
    says: ["@acme/widget@1.1.0"],
    omits: ["{acme}", "{acme-address}"],
    unmet: { projects: [{ dir: ".", dependencies: { "@acme/widget": "9.9.9" } }] },
  },
};

const RULES: Readonly<Record<string, readonly string[]>> = {
  public: ["resolve.routing.public", "resolve.routing.public-url"],
  hosted: ["resolve.routing.hosted"],
  proxied: ["resolve.routing.proxied", "resolve.routing.explicit"],
  endpoint: ["resolve.routing.endpoint"],
};

/** Where a lockfile can come from. */
const PATHS: Readonly<Record<string, Partial<ResolveRequest>>> = {
  seeded: {},
  frozen: { frozenLockfile: true },
  preferred: { preferFrozenLockfile: true },
  trusted: { frozenLockfile: true, trustLockfile: true },
};

const SIGNED = ["signature", "made-up-secret"];

/** What a lockfile may say where the package is, each of them nothing that a client may be told. */
const RAW_URLS: Readonly<Record<string, string>> = {
  raw: "{acme}/@acme/widget/-/widget-1.0.0.tgz",
  "with-a-query": "{acme}/@acme/widget/-/widget-1.0.0.tgz?signature=made-up-secret",
  "encoded-scope": "{acme}/@acme%2Fwidget/-/widget-1.0.0.tgz",
  "another-package": "{acme}/@acme/payroll/-/payroll-1.0.0.tgz",
  "another-alias": "{globex}/@globex/engine/-/engine-3.0.0.tgz",
  "another-endpoint": "{self}/~globex/@globex/engine/-/engine-3.0.0.tgz",
  "no-such-endpoint": "{self}/~nobody/@acme/widget/-/widget-1.0.0.tgz",
  hosted: "{self}/@corp/handbook/-/handbook-1.0.0.tgz",
  gateway: "{self}/-/gateway/made-up/widget-1.0.0.tgz",
};

/** Each class in each place where a URL can appear. */
export const routeCases: readonly Case[] = [
  ...Object.entries(CLASSES).flatMap(([name, { project, world, says, omits, unmet }]) => [
    must(`resolve/routing/${name}-fresh-and-replayed`, {
      title: `A ${name} package's URL is the same in frames, in the lockfile and in a replay`,
      cites: ["resolve.routing.replay", "resolve.routing.no-secret-out", ...(RULES[name] ?? [])],
      world,
      steps: [
        as("alice").resolves(project).labelled("first").isServed({ cache: "miss", says, omits }),
        as("bob").resolves(project).isServed({ cache: "hit", says, omits, sameAs: "first" }),
      ],
    }),
    ...Object.entries(PATHS).map(([path, fields]) =>
      must(`resolve/routing/${name}-${path}`, {
        title: `A ${name} package's URL stays routed on the ${path} path`,
        cites: ["resolve.routing.lockfile", "resolve.routing.no-secret-out"],
        world,
        steps: [
          as("alice").resolves(project).labelled("first").isServed(),
          as("bob").resolves(project, { seededBy: "first", fields }).isServed({ says, omits }),
          as("bob").verifies(project, { seededBy: "first", fields }).isServed({ omits }),
          ...(name === "public"
            ? []
            : [
                as("carol").resolves(project, { seededBy: "first", fields }).isRefused({ omits }),
                as("anonymous")
                  .resolves(project, { seededBy: "first", fields })
                  .isRefused({ omits }),
              ]),
          as("alice").resolves(project, { seededBy: "first", fields }).isServed({ says, omits }),
        ],
      }),
    ),
    must(`resolve/routing/${name}-in-an-error`, {
      title: `An error about a ${name} package names no registry that is not the client's to know`,
      cites: ["resolve.routing.no-secret-out", "resolve.wire.error-frame"],
      world,
      steps: [
        as("alice").resolves(project).isServed(),
        as("alice")
          .resolves(project, { fields: unmet })
          .isRefused({ omits: name === "public" ? ["{self}/"] : omits }),
        as("bob").resolves(project).isServed({ cache: "hit" }),
      ],
    }),
  ]),
  ...["npm", "acme"].map((name) =>
    must(`resolve/routing/signed-tarballs-of-${name}`, {
      title: `A signed query behind a tarball's URL (${name}) reaches no client, by no way`,
      cites: ["resolve.routing.no-secret-out", "resolve.routing.public-url"],
      world: "two-teams",
      steps: [
        upstream(name).keepsTarballsAt(`{${name}}`, { query: "signature=made-up-secret" }),
        as("alice").resolves("web").labelled("first").isServed({ cache: "miss", omits: SIGNED }),
        as("bob").resolves("web").isServed({ cache: "hit", omits: SIGNED }),
        as("bob")
          .resolves("web", { seededBy: "first", fields: { frozenLockfile: true } })
          .isServed({ omits: SIGNED }),
        as("alice").reads("@acme/widget", { via: "acme" }).isServed({ omits: SIGNED }),
      ],
    }),
  ),
  must("resolve/routing/class-of-the-registry-decides", {
    title: "A private package whose tarballs are kept at a public host is routed all the same",
    cites: ["resolve.routing.class-of-registry", "resolve.routing.proxied"],
    world: "two-teams",
    steps: [
      upstream("acme").keepsTarballsAt("{npm}", { query: "signature=made-up-secret" }),
      as("alice")
        .resolves("web")
        .isServed({
          says: ["{self}/~acme/@acme/widget/-/widget-1.1.0.tgz"],
          omits: [...SIGNED, "{npm}/@acme", "{acme}"],
        }),
      as("alice")
        .reads("@acme/widget", { via: "acme" })
        .isServed({ omits: ["{npm}/@acme"] }),
    ],
  }),
  must("resolve/routing/public-tarball-with-user-info", {
    title: "A public tarball whose URL carries a credential is told to nobody",
    cites: ["resolve.routing.no-user-info"],
    world: "two-teams",
    steps: [
      as("alice").resolves("intranet").concerning("project public").isServed(),
      upstream("npm").keepsTarballsAt("http://made-up-user:made-up-secret@{npm-address}"),
      as("alice")
        .resolves("public")
        .isRefused({ omits: ["made-up-secret"] }),
      upstream("npm").recovers(),
      as("alice").resolves("intranet").concerning("project public").isServed(),
    ],
  }),
  ...Object.entries(RAW_URLS).map(([name, tarball]) =>
    must(`resolve/routing/lockfile-tarball-${name}`, {
      title: `A tarball URL in an input lockfile (${name}) is rerouted or refused on every path`,
      cites: ["resolve.routing.raw", "resolve.routing.lockfile"],
      world: "two-teams",
      steps: [
        as("alice").resolves("private-default").isServed(),
        // What a lockfile is made of is served routed, or not at all: the oracle holds it to that.
        ...Object.values(PATHS).map((fields) =>
          as("alice").resolves("private-default", {
            fields: { ...fields, lockfile: raw(tarball) },
          }),
        ),
        as("alice").verifies("private-default", { fields: { lockfile: raw(tarball) } }),
        ...["mallory", "carol", "anonymous"].map((who) =>
          as(who)
            .resolves("private-default", {
              fields: { frozenLockfile: true, lockfile: raw(tarball) },
            })
            .isRefused({ upstream: { acme: 0 } }),
        ),
        as("alice").resolves("private-default").isServed(),
      ],
    }),
  ),
];

/** A lockfile of one private package with such a tarball. */
function raw(tarball: string): object {
  return {
    lockfileVersion: "9.0",
    settings: { autoInstallPeers: true, excludeLinksFromLockfile: false },
    importers: {
      ".": { dependencies: { "@acme/widget": { specifier: "1.0.0", version: "1.0.0" } } },
    },
    packages: {
      "@acme/widget@1.0.0": { resolution: { integrity: "sha512-bWFkZS11cA==", tarball } },
    },
    snapshots: { "@acme/widget@1.0.0": {} },
  };
}
