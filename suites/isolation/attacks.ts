import { must } from "../case.ts";
import type { Case, ResolveChanges } from "../case.ts";
import { as, operator, upstream } from "../steps.ts";

const QUIET = { acme: 0, globex: 0, elsewhere: 0 } as const;
const ACME = { registries: { "{acme}/": { scopes: ["@acme"] } } };

/** Spellings of acme's registry that one part of a server may read as acme's, and another not. */
const SPELLINGS: Readonly<Record<string, string>> = {
  "no-slash": "{acme}",
  "two-slashes": "{acme}//",
  "upper-case-scheme": "HTTP://{acme-address}/",
  "trailing-dot": "http://{acme-hostname}.{acme-path}/",
  "upper-case-path": "http://{acme-host}/NPM/",
  "percent-path": "http://{acme-host}/%6Epm/",
  "default-port": "http://{acme-hostname}:80{acme-path}/",
  "other-port": "http://{acme-hostname}:8080{acme-path}/",
  "other-scheme": "https://{acme-address}/",
  "dot-segment": "{acme}/./",
  "climbing-back": "{acme}/x/../",
  "encoded-climbing": "{acme}/x/%2e%2e/",
  query: "{acme}/?x=1",
  fragment: "{acme}/#x",
  "path-parameter": "{acme}/;x/",
  "own-endpoint-twice": "{self}/~acme/~acme/",
  "own-endpoint-encoded": "{self}/%7Eacme/",
  "own-endpoint-upper-case": "{self}/~ACME/",
};

/** Names that are not `@acme/widget`, and that some part of a server may take for it. */
const NAMES: Readonly<Record<string, string>> = {
  "upper-case-scope": "@ACME/widget",
  "upper-case-name": "@acme/Widget",
  "encoded-slash": "@acme%2fwidget",
  "encoded-scope": "%40acme/widget",
  "zero-width": "@acme/wid\u200bget",
  "full-width": "@acme/ｗidget",
  cyrillic: "@аcme/widget",
  "combining-mark": "@acme/widge\u0301t",
  "trailing-space": "@acme/widget ",
  "leading-space": " @acme/widget",
  "dot-segment": "@acme/./widget",
  climbing: "@open/../@acme/widget",
  "null-byte": "@acme/widget\u0000",
  newline: "@acme/widget\n",
  "two-scopes": "@acme/@acme/widget",
  "empty-scope": "@/widget",
};

/** Keys that every object of a careless server has. */
const INHERITED = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];

/** How a lockfile may be sent, each of which some server reads instead of resolving. */
const SENT: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  frozen: { frozenLockfile: true },
  trusted: { frozenLockfile: true, trustLockfile: true, ignoreManifestCheck: true },
  preferred: { preferFrozenLockfile: true },
  "to-be-fixed": { fixLockfile: true },
  plain: {},
};

/** What somebody with an account and a public package tries. */
export const attackCases: readonly Case[] = [
  ...Object.entries(SPELLINGS).map(([name, registry]) =>
    must(`isolation/spelled-registry/${name}`, {
      title: `A private registry that is spelled otherwise (${name}) opens nothing to an outsider`,
      cites: ["resolve.class.under-alias", "resolve.gate.confinement"],
      world: "two-teams",
      steps: [
        as("alice").resolves("web").isServed({ cache: "miss" }),
        as("mallory").resolves("web", routed(registry)).isRefused({ upstream: QUIET }),
        // Whatever a member gets of it is not for an outsider who asks in the same words.
        as("alice").resolves("web", routed(registry)),
        as("mallory").resolves("web", routed(registry)).isRefused({ upstream: QUIET }),
        as("bob").resolves("web").isServed({ cache: "hit" }),
      ],
    }),
  ),
  ...Object.entries(NAMES).map(([name, spelled]) =>
    must(`isolation/spelled-name/${name}`, {
      title: `A name that only looks like a private one (${name}) opens nothing to an outsider`,
      cites: ["resolve.gate.confinement", "resolve.alias.claims"],
      world: "two-teams",
      steps: [
        as("alice").resolves("web").isServed({ cache: "miss" }),
        as("mallory")
          .resolves("web", { fields: { ...ACME, projects: [depending({ [spelled]: "1.0.0" })] } })
          .isRefused({ upstream: QUIET }),
        as("mallory")
          .resolves("web", { fields: { projects: [depending({ x: `npm:${spelled}@1.0.0` })] } })
          .isRefused({ upstream: QUIET }),
        as("bob").resolves("web").isServed({ cache: "hit" }),
      ],
    }),
  ),
  ...INHERITED.flatMap((key) => [
    must(`isolation/inherited-keys/${plain(key)}`, {
      title: `A package that is called ${key} is a name like any other, and there is none`,
      cites: ["resolve.wire.bad-input", "resolve.wire.error-frame"],
      world: "two-teams",
      steps: [
        as("mallory").resolves("public").isServed({ cache: "miss" }),
        as("mallory")
          .resolves("public", { fields: { projects: [depending({ [key]: "1.0.0" })] } })
          .isRefused({ status: [200, 400] }),
        as("mallory")
          .resolves("public", {
            fields: {
              registries: { [key]: { scopes: [`@${key}`] } },
              projects: [depending({ [`@${key}/x`]: "1.0.0" })],
            },
          })
          .isRefused({ status: [400, 403] }),
        as("mallory")
          .reads(key, { via: "hosted" })
          .concerning("project public")
          .isRefused({ status: [401, 403, 404] }),
        as("mallory")
          .reads("@acme/widget", { via: key })
          .concerning("project public")
          .isRefused({ status: [401, 403, 404], upstream: QUIET }),
        as("mallory").resolves("public").isServed({ cache: "hit" }),
      ],
    }),
  ]),
  ...confusionCases(),
  must("isolation/confusion/attacker-publishes-a-bridge", {
    title:
      "A public package that its owner makes depend on private ones opens nothing to the owner",
    cites: ["resolve.footprint.every-fetch", "resolve.boundary.transitive"],
    world: "two-teams",
    steps: [
      upstream("npm").publishes("sly", "3.0.0", {
        dependencies: { "@acme/widget": "*", x: "npm:@acme/payroll@1.0.0" },
      }),
      as("mallory").resolves("sly").isServed(),
      as("mallory")
        .resolves("sly", { fields: { ...ACME, projects: [depending({ sly: "3.0.0" })] } })
        .isRefused({ upstream: { acme: 0 } }),
      as("bob")
        .resolves("sly", { fields: { ...ACME, projects: [depending({ sly: "3.0.0" })] } })
        .isRefused({ upstream: { globex: 0 } }),
      as("alice")
        .resolves("sly", { fields: { ...ACME, projects: [depending({ sly: "3.0.0" })] } })
        .isServed({ packages: ["@acme/payroll@1.0.0"] }),
      as("mallory").resolves("sly").isServed({ cache: "hit" }),
    ],
  }),
  ...lockfileCases(),
  must("isolation/neighbours/flood-of-failures", {
    title: "A caller whose requests all fail leaves others as quick, as full and as hit as before",
    cites: ["resolve.cache.bounds", "resolve.wire.too-busy"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      operator.sets({ candidatesTotal: 3, candidatesPerCaller: 2 }),
      as("alice").resolves("web").isServed({ cache: "miss" }),
      ...Array.from({ length: 12 }, (_, at) =>
        as("mallory").resolves("web", { fields: { projects: [depending({ [`no-${at}`]: "1" })] } }),
      ),
      ...Array.from({ length: 12 }, () => as("mallory").resolves("web").isRefused()),
      as("bob").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
];

function routed(registry: string): ResolveChanges {
  return { fields: { registries: { [registry]: { scopes: ["@acme"] } } } };
}

function depending(dependencies: Readonly<Record<string, string>>) {
  return { dir: ".", dependencies };
}

function plain(key: string): string {
  return key.replaceAll("_", "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Public packages under private names, and private scopes that a client routes elsewhere. */
function confusionCases(): Case[] {
  const scoped = { dependencies: { "@acme/widget": "*" } };
  const wrong = { npm: "{npm}/", globex: "{globex}/", here: "{self}/", none: null };
  return [
    must("isolation/confusion/public-package-of-a-private-name", {
      title: "A public package under a private name is not what the private registry's users get",
      cites: ["resolve.class.private-default", "resolve.class.of-the-route"],
      world: "two-teams",
      steps: [
        upstream("npm").publishes("acme-intranet", "9.9.9"),
        upstream("npm").publishes("@acme/widget", "9.9.9"),
        as("alice")
          .resolves("intranet")
          .isServed({ packages: ["acme-intranet@1.0.0"], upstream: { npm: 0 } }),
        as("alice")
          .resolves("web")
          .isServed({ packages: ["@acme/widget@1.1.0"], omits: ["9.9.9"] }),
        as("bob").resolves("web").isServed({ cache: "hit" }),
      ],
    }),
    ...Object.entries(wrong).map(([name, url]) =>
      must(`isolation/confusion/scope-routed-to-${name}`, {
        title: `A private scope that a client routes elsewhere (${name}) is refused, not fetched there`,
        cites: ["resolve.alias.claims", "resolve.class.built-in"],
        world: "two-teams",
        steps: [
          upstream("npm").publishes("@acme/widget", "9.9.9"),
          as("dave").resolves("web").isServed({ cache: "miss" }),
          as("dave")
            .resolves("web", {
              fields: {
                registries: url === null ? {} : { [url]: { scopes: ["@acme"] } },
                projects: [{ dir: ".", ...scoped }],
              },
            })
            .isRefused({ upstream: { npm: 0, globex: 0 }, omits: ["9.9.9"] }),
          as("dave").resolves("web").isServed({ cache: "hit" }),
        ],
      }),
    ),
    must("isolation/confusion/public-scope-routed-to-a-private-registry", {
      title: "A public scope that a client routes to a private registry asks that registry nothing",
      cites: ["resolve.alias.claims"],
      world: "two-teams",
      steps: [
        as("alice").resolves("opened").isServed({ cache: "miss" }),
        as("alice")
          .resolves("opened", { fields: { registries: { "{acme}/": { scopes: ["@open"] } } } })
          .isRefused({ upstream: { acme: 0 } }),
        as("mallory").resolves("opened").isServed({ cache: "hit" }),
      ],
    }),
  ];
}

/** Lockfiles of others, and lockfiles that somebody made up, with versions that their sender may not use. */
function lockfileCases(): Case[] {
  const resolutions = {
    "integrity-alone": {},
    "endpoint-url": { tarball: "{self}/~acme/@acme/widget/-/widget-1.0.0.tgz" },
    "raw-url": { tarball: "{acme}/@acme/widget/-/widget-1.0.0.tgz" },
    "public-url": { tarball: "{npm}/@acme/widget/-/widget-1.0.0.tgz" },
  };
  const stolen = ["web", "endpoint"].flatMap((project) =>
    Object.entries(SENT).map(([name, fields]) =>
      must(`isolation/stolen-lockfile/${project}-${name}`, {
        title: `A lockfile that fell into other hands (${project}, sent as ${name}) opens nothing there`,
        cites: ["resolve.routing.lockfile", "resolve.gate.confinement"],
        world: "two-teams",
        steps: [
          as("alice").resolves(project).labelled("lock").isServed(),
          as("alice").resolves(project, { seededBy: "lock", fields }).isServed(),
          as("mallory")
            .resolves(project, { seededBy: "lock", fields })
            .isRefused({ upstream: QUIET }),
          as("carol")
            .resolves(project, { seededBy: "lock", fields })
            .isRefused({ upstream: QUIET }),
          as("bob").resolves(project, { seededBy: "lock", fields }).isServed(),
        ],
      }),
    ),
  );
  const madeUp = Object.entries(resolutions).flatMap(([how, resolution]) =>
    ["plain", "to-be-fixed"].map((name) => {
      const dependency = { projects: [depending({ "@acme/widget": "1.0.0" })] };
      const lockfile = lockfileWith(resolution);
      const changes = { fields: { ...ACME, ...SENT[name], ...dependency, lockfile } };
      return must(`isolation/made-up-lockfile/${how}-${name}`, {
        title: `A made-up lockfile (${how}, sent as ${name}) tells its maker nothing of what it names`,
        cites: ["resolve.routing.lockfile", "resolve.gate.confinement"],
        world: "two-teams",
        steps: [
          as("alice").resolves("web").isServed({ cache: "miss" }),
          as("mallory").resolves("web", changes).isRefused({ upstream: QUIET }),
          as("mallory")
            .verifies("web", changes)
            .concerning("project web")
            .isRefused({ upstream: QUIET }),
          as("bob").resolves("web").isServed({ cache: "hit" }),
        ],
      });
    }),
  );
  return [...stolen, ...madeUp];
}

function lockfileWith(resolution: Readonly<Record<string, string>>) {
  return {
    lockfileVersion: "9.0",
    settings: { autoInstallPeers: true, excludeLinksFromLockfile: false },
    importers: {
      ".": { dependencies: { "@acme/widget": { specifier: "1.0.0", version: "1.0.0" } } },
    },
    packages: {
      "@acme/widget@1.0.0": { resolution: { integrity: "sha512-bWFkZS11cA==", ...resolution } },
    },
    snapshots: { "@acme/widget@1.0.0": {} },
  };
}
