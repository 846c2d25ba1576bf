import { must } from "../case.ts";
import type { Case, ResolveChanges } from "../case.ts";
import { as, operator } from "../steps.ts";

const WIDGET = "@acme/widget";
const ACME = { registries: { "{acme}/": { scopes: ["@acme"] } } };

function depends(more: Readonly<Record<string, unknown>>): ResolveChanges {
  return { fields: { ...ACME, projects: [{ dir: ".", ...more }] } };
}

/** Every way by which one private package comes into a resolve of public ones. */
const WAYS: Readonly<Record<string, ResolveChanges>> = {
  dependency: depends({ dependencies: { [WIDGET]: "1.0.0" } }),
  "dev-dependency": depends({ devDependencies: { [WIDGET]: "1.0.0" } }),
  "optional-dependency": depends({ optionalDependencies: { [WIDGET]: "1.0.0" } }),
  transitive: depends({ dependencies: { bridge: "1.0.0" } }),
  "transitive-optional": depends({ dependencies: { "bridge-optional": "1.0.0" } }),
  "transitive-peer": depends({ dependencies: { "bridge-peer": "1.0.0" } }),
  "deep-in-a-cycle": depends({ dependencies: { "ring-one": "1.0.0" } }),
  "second-project": {
    fields: {
      ...ACME,
      projects: [
        { dir: ".", dependencies: { ms: "2.1.3" } },
        { dir: "packages/inner", dependencies: { [WIDGET]: "1.0.0" } },
      ],
    },
  },
  "npm-alias": depends({ dependencies: { innocent: `npm:${WIDGET}@1.0.0` } }),
  tag: depends({ dependencies: { [WIDGET]: "latest" } }),
  override: { fields: { ...ACME, overrides: { ms: `npm:${WIDGET}@1.0.0` } } },
  "package-extension": {
    fields: { ...ACME, packageExtensions: { ms: { dependencies: { [WIDGET]: "1.0.0" } } } },
  },
  "optional-package-extension": {
    fields: { ...ACME, packageExtensions: { ms: { optionalDependencies: { [WIDGET]: "1.0.0" } } } },
  },
  catalog: {
    fields: {
      ...ACME,
      projects: [{ dir: ".", dependencies: { [WIDGET]: "catalog:" } }],
      catalogs: { default: { [WIDGET]: "1.0.0" } },
    },
  },
  "catalog-of-an-alias": {
    fields: {
      ...ACME,
      projects: [{ dir: ".", dependencies: { innocent: "catalog:tools" } }],
      catalogs: { tools: { innocent: `npm:${WIDGET}@1.0.0` } },
    },
  },
  "registry-prefix": {
    fields: {
      registries: { "{acme}/": { prefix: "acme" } },
      projects: [{ dir: ".", dependencies: { [WIDGET]: "acme:1.0.0" } }],
    },
  },
};

/** Whatever brought a private package into a resolve, the outcome stands behind that package's gate. */
export const footprintCases: readonly Case[] = [
  ...Object.entries(WAYS).flatMap(([way, changes]) => [
    must(`resolve/footprint/gated-${way}`, {
      title: `A private package that came by ${way} gates the whole outcome, whoever asked first`,
      cites: ["resolve.footprint.every-fetch", "resolve.gate.confinement"],
      world: "two-teams",
      needs: ["live-changes"],
      steps: [
        as("alice").resolves("public", changes).labelled("miss").isServed({ cache: "miss" }),
        as("mallory")
          .resolves("public", changes)
          .isRefused({ upstream: { acme: 0 } }),
        as("bob").resolves("public", changes).isServed({ cache: "hit", sameAs: "miss" }),
        operator.revokes("bob", { from: "acme" }),
        as("bob")
          .resolves("public", changes)
          .isRefused({ upstream: { acme: 0 } }),
        as("alice").resolves("public", changes).isServed({ cache: "hit", sameAs: "miss" }),
      ],
    }),
    must(`resolve/footprint/refused-first-${way}`, {
      title: `An outsider who asks first (${way}) leaves nothing that an insider would be given`,
      cites: ["resolve.footprint.refused", "resolve.footprint.refused-view"],
      world: "two-teams",
      steps: [
        as("alice").resolves("web").concerning("project public").isServed(),
        as("mallory")
          .resolves("public", changes)
          .isRefused({ upstream: { acme: 0 } }),
        as("alice")
          .resolves("public", changes)
          .isServed({ cache: "miss", says: ["{self}/~acme/@acme/widget/-/widget-1."] }),
        as("mallory")
          .resolves("public", changes)
          .isRefused({ upstream: { acme: 0 } }),
        as("bob").resolves("public", changes).isServed({ cache: "hit" }),
      ],
    }),
  ]),
  must("resolve/footprint/from-memory", {
    title: "A private document that memory had ready counts as much as one that was fetched",
    cites: ["resolve.footprint.kinds", "resolve.gate.alias"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("web").isServed(),
      as("bob")
        .resolves("second-web")
        .isServed({ cache: "miss", upstream: { acme: 0 } }),
      operator.revokes("bob", { from: "acme" }),
      as("bob").resolves("second-web").isRefused(),
      as("mallory").resolves("second-web").isRefused(),
      as("alice").resolves("second-web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/footprint/after-restart", {
    title: "A private document that a restart found on disk counts as much as one that was fetched",
    cites: ["resolve.footprint.kinds", "resolve.cache.restart"],
    world: "two-teams",
    needs: ["restart"],
    steps: [
      as("alice").resolves("web").isServed(),
      { do: "restart" },
      as("bob").resolves("second-web").isServed(),
      as("mallory")
        .resolves("second-web")
        .isRefused({ upstream: { acme: 0 } }),
      as("alice").resolves("second-web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/footprint/verification", {
    title: "What a verification touched gates its verdict",
    cites: ["resolve.footprint.kinds", "resolve.verify.scope"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("web").labelled("lock").isServed(),
      as("alice").verifies("web", { seededBy: "lock" }).isServed(),
      as("bob")
        .verifies("web", { seededBy: "lock" })
        .isServed({ upstream: { acme: 0, npm: 0 } }),
      operator.revokes("bob", { from: "acme" }),
      as("bob")
        .verifies("web", { seededBy: "lock" })
        .isRefused({ upstream: { acme: 0 } }),
      as("alice").verifies("web", { seededBy: "lock" }).isServed(),
    ],
  }),
  must("resolve/footprint/seeded-lockfile", {
    title: "Packages that a lockfile brought, and nobody fetched, gate the outcome all the same",
    cites: ["resolve.footprint.kinds", "resolve.cache.frozen-first"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("web").labelled("lock").isServed(),
      as("bob").resolves("web", { seededBy: "lock" }).isServed(),
      operator.revokes("bob", { from: "acme" }),
      as("bob")
        .resolves("web", { seededBy: "lock" })
        .isRefused({ upstream: { acme: 0 } }),
      as("mallory")
        .resolves("web", { seededBy: "lock" })
        .isRefused({ upstream: { acme: 0 } }),
      as("alice").resolves("web", { seededBy: "lock" }).isServed(),
    ],
  }),
  must("resolve/footprint/hosted-that-depends-on-private", {
    title: "A public package that depends on a hosted one is gated by the hosted one's policy",
    cites: ["resolve.footprint.every-fetch", "resolve.class.hosted"],
    world: "two-teams",
    steps: ["alice", "carol", "bob"].map((actor) => {
      const step = as(actor).resolves("public", {
        fields: {
          registries: { "{self}/": { scopes: ["@corp"] } },
          overrides: { "left-pad": "npm:@corp/handbook@1.0.0" },
        },
      });
      return actor === "carol" ? step.isRefused() : step.isServed();
    }),
  }),
];
