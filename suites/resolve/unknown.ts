import { must } from "../case.ts";
import type { Case, Feature, ResolveChanges } from "../case.ts";
import { as, begins, finishes, operator, upstream } from "../steps.ts";

const gateway = { world: "two-teams-gateway", needs: ["gateway"] satisfies Feature[] } as const;

/** A private package beside one of a registry that no rule names. */
const MIXED: ResolveChanges = {
  fields: {
    projects: [{ dir: ".", dependencies: { "@acme/widget": "1.0.0", "@away/thing": "1.0.0" } }],
    registries: { "{acme}/": { scopes: ["@acme"] }, "{elsewhere}/": { scopes: ["@away"] } },
  },
};

const AWAY = upstream("elsewhere").publishes("@away/thing", "1.0.0");

/** Registries that no rule names, in both designs: refused, or fetched for the asker alone. */
export const unknownCases: readonly Case[] = [
  must("resolve/unknown/beside-a-private-package", {
    title: "An unknown route beside a private package leaves nothing to replay, and no gate open",
    cites: ["resolve.class.unknown-anonymous", "resolve.gate.confinement"],
    ...gateway,
    steps: [
      AWAY,
      as("alice").resolves("public", MIXED).isServed({ cache: "miss" }),
      as("mallory")
        .resolves("public", MIXED)
        .isRefused({ upstream: { acme: 0 } }),
      as("bob")
        .resolves("public", MIXED)
        .isServed({ cache: "miss", upstream: { elsewhere: { atLeast: 1 }, acme: 0 } }),
    ],
  }),
  must("resolve/unknown/metadata-is-nobody-elses", {
    title: "What was fetched by an unknown route for one caller is fetched again for the next",
    cites: ["resolve.class.unknown-anonymous", "resolve.scope.mixed"],
    ...gateway,
    steps: ["alice", "mallory", "alice"].map((actor) =>
      as(actor)
        .resolves("stray")
        .isServed({ cache: "miss", upstream: { elsewhere: { atLeast: 1 } } }),
    ),
  }),
  must("resolve/unknown/two-at-once", {
    title: "Callers who ask an unknown route at once each have their own answer from it",
    cites: ["resolve.class.unknown-anonymous"],
    ...gateway,
    steps: [
      upstream("elsewhere").holds(),
      begins(as("alice").resolves("stray"), "one"),
      begins(as("mallory").resolves("stray"), "other"),
      upstream("elsewhere").releases(),
      finishes("one", { outcome: "served" }),
      finishes("other", { outcome: "served" }),
      as("bob")
        .resolves("stray")
        .isServed({ cache: "miss", upstream: { elsewhere: { atLeast: 1 } } }),
    ],
  }),
  must("resolve/unknown/becomes-rejected", {
    title: "Unknown routes that are no longer allowed are refused, whatever was fetched by them",
    cites: ["resolve.class.unknown-rejected", "resolve.cache.class-change"],
    world: "two-teams-gateway",
    needs: ["gateway", "live-changes"],
    steps: [
      as("alice").resolves("stray").isServed({ cache: "miss" }),
      operator.sets({ unknownRoutes: "reject" }),
      as("alice")
        .resolves("stray")
        .isRefused({ status: 403, upstream: { elsewhere: 0 } }),
      operator.sets({ unknownRoutes: "anonymous" }),
      as("alice").resolves("stray").isServed({ cache: "miss" }),
    ],
  }),
  must("resolve/unknown/no-slide-from-an-alias", {
    title: "Whom an alias does not admit is not served anonymously from its registry instead",
    cites: ["resolve.class.refused-before-upstream", "resolve.class.unknown-anonymous"],
    ...gateway,
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      ...["mallory", "carol", "anonymous"].map((actor) =>
        as(actor)
          .resolves("web")
          .isRefused({ upstream: { acme: 0 } }),
      ),
      as("bob").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/unknown/no-slide-from-hosted", {
    title: "Whom a hosted policy does not admit is not served by any other way instead",
    cites: ["resolve.class.hosted", "resolve.class.own-base"],
    ...gateway,
    steps: [
      as("alice").resolves("handbook").isServed({ cache: "miss" }),
      ...["mallory", "carol", "anonymous"].map((actor) =>
        as(actor).resolves("handbook").isRefused(),
      ),
      as("bob").resolves("handbook").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/unknown/public-stays-shared", {
    title: "Where unknown routes are fetched anonymously, public ones are shared as ever",
    cites: ["resolve.class.official-unscoped", "resolve.cache.shared-by-all"],
    ...gateway,
    steps: [
      as("alice").resolves("public").labelled("miss").isServed({ cache: "miss" }),
      as("mallory").resolves("public").isServed({ cache: "hit", sameAs: "miss" }),
      as("carol").resolves("opened").isServed({ cache: "miss" }),
      as("bob").resolves("opened").isServed({ cache: "hit" }),
    ],
  }),
];
