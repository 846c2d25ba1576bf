import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, operator, upstream } from "../steps.ts";

const rivals = { world: "rivals" } as const;

/** Which alias a fetch takes, what that decides, and what a rotation of one changes. */
export const aliasCases: readonly Case[] = [
  ...Object.entries({ "by-name": "vault", "by-pattern": "door" }).map(([how, project]) =>
    must(`resolve/alias/most-specific-claim-${how}`, {
      title: `A name that a narrower alias claims (${how}) is that alias's alone`,
      cites: ["resolve.alias.most-specific", "resolve.alias.final"],
      ...rivals,
      steps: [
        as("anna").resolves(project).isServed({ cache: "miss" }),
        // The wide alias admits ben, and fits as well.
        as("ben")
          .resolves(project)
          .isRefused({ upstream: { store: 0 } }),
        as("anna").resolves(project).isServed({ cache: "hit" }),
      ],
    }),
  ),
  must("resolve/alias/wide-claim-remains", {
    title: "What the narrower alias does not claim is the wide one's",
    cites: ["resolve.alias.most-specific"],
    ...rivals,
    steps: [
      as("ben").resolves("cart").isServed({ cache: "miss" }),
      as("anna").resolves("cart").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/alias/order-decides-among-equals", {
    title: "Of two aliases that claim a name alike the first decides, and its refusal is final",
    cites: ["resolve.alias.most-specific", "resolve.alias.final"],
    ...rivals,
    steps: [
      as("anna").resolves("crate").isServed({ cache: "miss" }),
      as("ben")
        .resolves("crate")
        .isRefused({ upstream: { depot: 0 } }),
      as("mallory")
        .resolves("crate")
        .isRefused({ upstream: { depot: 0 } }),
      as("anna").resolves("crate").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/alias/404-is-final", {
    title: "A 404 from the first of two aliases is not asked of the second",
    cites: ["resolve.alias.final", "resolve.closed.fallback"],
    ...rivals,
    needs: ["live-changes"],
    steps: [
      as("anna").resolves("crate").isServed({ cache: "miss" }),
      upstream("depot").unpublishes("@depot/hook"),
      // As often as one alias would be asked: in two forms at most.
      as("anna")
        .resolves("hook")
        .concerning("project crate")
        .isRefused({ status: 200, upstream: { depot: { atLeast: 1, atMost: 2 } } }),
      as("anna").resolves("crate").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/alias/endpoints-are-namespaces", {
    title: "What one alias fetched is no other alias's, though both stand before one registry",
    cites: ["resolve.descriptor.proxied", "resolve.scope.mixed"],
    ...rivals,
    steps: [
      as("anna")
        .resolves("by-north")
        .isServed({ cache: "miss", upstream: { depot: { atLeast: 1 } } }),
      as("ben")
        .resolves("by-south")
        .isServed({ cache: "miss", upstream: { depot: { atLeast: 1 } } }),
      as("anna").resolves("by-south").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/alias/endpoint-keeps-its-policy", {
    title: "Naming an alias by its endpoint lets in whom that alias admits, and nobody else",
    cites: ["resolve.alias.server-picks", "resolve.gate.confinement"],
    ...rivals,
    steps: [
      as("anna").resolves("by-north").isServed(),
      as("ben")
        .resolves("by-north")
        .isRefused({ upstream: { depot: 0 } }),
      as("mallory")
        .resolves("by-north")
        .isRefused({ upstream: { depot: 0 } }),
      as("anna").resolves("by-north").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/alias/endpoint-keeps-its-claims", {
    title:
      "The wide alias's endpoint serves the narrow one's names to those alone whom that admits",
    cites: ["resolve.alias.most-specific", "resolve.alias.claims"],
    ...rivals,
    steps: [
      as("ben").reads("@shop/cart", { via: "store" }).concerning("store").isServed(),
      as("ben")
        .reads("@other/thing", { via: "store" })
        .concerning("store")
        .isRefused({ upstream: { store: 0 } }),
      as("ben")
        .reads("@depot/crate", { via: "store" })
        .concerning("store")
        .isRefused({ upstream: { store: 0, depot: 0 } }),
      as("ben").reads("@shop/cart", { via: "store" }).concerning("store").isServed(),
    ],
  }),
  must("resolve/alias/endpoint-of-the-wide-one", {
    title: "Naming the wide alias by its endpoint is no way around the narrow one's rules",
    cites: ["resolve.alias.most-specific", "resolve.alias.server-picks"],
    ...rivals,
    steps: [
      as("anna").reads("@shop/vault", { via: "vault" }).concerning("vault").isServed(),
      as("ben")
        .reads("@shop/vault", { via: "store" })
        .concerning("vault")
        .isRefused({ upstream: { store: 0 } }),
      as("ben")
        .downloads("@shop/vault", "1.0.0", { via: "store" })
        .concerning("vault")
        .isRefused({ upstream: { store: 0 } }),
      as("anna").reads("@shop/vault", { via: "vault" }).concerning("vault").isServed(),
    ],
  }),
  ...(["generation", "credential"] as const).map((by) =>
    must(`resolve/alias/rotation-by-${by}`, {
      title: `A rotation by ${by} alone opens a new namespace at once, for resolutions and metadata`,
      cites: ["resolve.alias.epoch", "resolve.alias.rotation", "resolve.gate.every"],
      world: "two-teams",
      needs: ["live-changes"],
      steps: [
        as("alice").resolves("web").isServed({ cache: "miss" }),
        as("bob").resolves("web").isServed({ cache: "hit" }),
        operator.rotates("acme", { by }),
        as("bob")
          .resolves("web")
          .isServed({ cache: "miss", upstream: { acme: { atLeast: 2 }, npm: 0 } }),
        as("alice").resolves("web").isServed({ cache: "hit" }),
        as("mallory")
          .resolves("web")
          .isRefused({ upstream: { acme: 0 } }),
        as("alice").resolves("web").isServed({ cache: "hit" }),
      ],
    }),
  ),
  must("resolve/alias/rotation-of-another", {
    title: "The rotation of one alias leaves what another alias fetched as it was",
    cites: ["resolve.alias.rotation", "resolve.descriptor.proxied"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      as("dave").resolves("both").isServed({ cache: "miss" }),
      operator.rotates("globex"),
      as("bob").resolves("web").isServed({ cache: "hit" }),
      as("dave")
        .resolves("both")
        .isServed({ cache: "miss", upstream: { acme: 0, globex: { atLeast: 1 } } }),
    ],
  }),
  must("resolve/descriptor/per-package", {
    title: "A package with an access list of its own has a namespace of its own",
    cites: ["resolve.descriptor.proxied", "resolve.alias.package-access"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("payroll").isServed({ cache: "miss" }),
      as("alice").resolves("web").isServed({ cache: "miss" }),
      operator.revokes("alice", { from: "acme" }),
      // The list names alice, whatever team she is in.
      as("alice").resolves("payroll").isServed({ cache: "hit" }),
      as("alice")
        .resolves("web")
        .isRefused({ upstream: { acme: 0 } }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/descriptor/policy-identity", {
    title:
      "A hosted package under another policy is another thing, also for whoever satisfies both",
    cites: ["resolve.descriptor.hosted", "resolve.descriptor.shared"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("handbook").isServed({ cache: "miss" }),
      operator.restricts("@corp/handbook", { to: ["alice", "carol"] }),
      as("alice").resolves("handbook").isServed({ cache: "miss" }),
      as("carol").resolves("handbook").isServed({ cache: "hit" }),
      as("bob").resolves("handbook").isRefused(),
      as("carol").resolves("handbook").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/descriptor/not-per-caller", {
    title: "Teammates and whoever joins them later share one namespace: it is nobody's in person",
    cites: ["resolve.descriptor.shared", "resolve.scope.shared-by-alias"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("web").labelled("miss").isServed({ cache: "miss" }),
      as("mallory").resolves("web").isRefused(),
      operator.admits("mallory", { to: "acme" }),
      as("mallory").resolves("web").isServed({ cache: "hit", sameAs: "miss" }),
      as("dave").resolves("web").isServed({ cache: "hit", sameAs: "miss" }),
    ],
  }),
];
