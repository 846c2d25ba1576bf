import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, operator, passes, restarts } from "../steps.ts";

/** What is shared, for how long, and how much of it. */
export const cachingCases: readonly Case[] = [
  must("resolve/cache/teammates-share", {
    title: "Users of one alias share resolutions and metadata",
    cites: ["resolve.scope.shared-by-alias", "resolve.cache.upstream-count"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("web")
        .isServed({ cache: "miss", upstream: { acme: { atLeast: 2 } } }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
      as("dave")
        .resolves("second-web")
        .isServed({ upstream: { acme: 0 } }),
    ],
  }),
  must("resolve/cache/hit-equals-miss", {
    title: "A hit is byte for byte the done frame that the miss ended with",
    cites: ["resolve.wire.hit-equals-miss"],
    world: "two-teams",
    steps: [
      as("alice").resolves("web").labelled("miss").isServed({ cache: "miss" }),
      as("bob").resolves("web").isServed({ cache: "hit", sameAs: "miss" }),
      as("alice").resolves("web").isServed({ cache: "hit", sameAs: "miss" }),
    ],
  }),
  must("resolve/cache/key-order-does-not-matter", {
    title: "The same request with its keys in another order is the same request",
    cites: ["resolve.cache.base-key"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public").labelled("miss").isServed({ cache: "miss" }),
      as("bob")
        .resolves("public", {
          fields: {
            projects: [{ dependencies: { "left-pad": "^1.0.0", debug: "^4.0.0" }, dir: "." }],
          },
        })
        .isServed({ cache: "hit", sameAs: "miss" }),
    ],
  }),
  must("resolve/cache/inputs-tell-requests-apart", {
    title: "A setting that shapes the result makes another request of it",
    cites: ["resolve.cache.base-key"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("public")
        .isServed({ packages: ["left-pad@1.3.0"] }),
      as("alice")
        .resolves("public", { fields: { overrides: { "left-pad": "1.0.0" } } })
        .isServed({ packages: ["left-pad@1.0.0"] }),
      as("alice")
        .resolves("public")
        .isServed({ cache: "hit", packages: ["left-pad@1.3.0"] }),
    ],
  }),
  must("resolve/cache/ttl-expires", {
    title: "After its time to live a candidate is a miss",
    cites: ["resolve.cache.ttl"],
    world: "two-teams",
    needs: ["clock"],
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      passes({ ms: 290_000 }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
      passes({ ms: 11_000 }),
      as("bob").resolves("web").isServed({ cache: "miss" }),
    ],
  }),
  must("resolve/cache/restart-keeps-the-gates", {
    title: "What a restart finds again is gated as before",
    cites: ["resolve.gate.confinement", "resolve.cache.restart"],
    world: "two-teams",
    needs: ["restart"],
    steps: [
      as("alice").resolves("web").isServed(),
      restarts(),
      as("mallory")
        .resolves("web")
        .isRefused({ upstream: { acme: 0 } }),
      as("bob")
        .resolves("web")
        .isServed({ upstream: { npm: 0, acme: 0 } }),
    ],
  }),
  must("resolve/cache/candidates-stay-bounded", {
    title: "A base key that many descriptor sets want never stops serving each its own",
    cites: ["resolve.cache.bounded"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      ...Array.from({ length: 12 }, () => [
        as("alice").resolves("web").isServed({ cache: "miss" }),
        as("bob").resolves("web").isServed({ cache: "hit" }),
        operator.rotates("acme"),
      ]).flat(),
      as("alice").resolves("web").isServed({ cache: "miss" }),
      as("mallory")
        .resolves("web")
        .isRefused({ upstream: { acme: 0 } }),
      as("alice").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/cache/total-stays-bounded", {
    title: "With room for two, the least recently used private candidate makes way for a third",
    cites: ["resolve.cache.bounded", "resolve.cache.bounds"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      operator.sets({ candidatesTotal: 2 }),
      as("dave").resolves("web").isServed({ cache: "miss" }),
      as("dave").resolves("both").isServed({ cache: "miss" }),
      as("dave").resolves("public").isServed({ cache: "miss" }),
      as("dave").resolves("both").isServed({ cache: "hit" }),
      as("dave").resolves("web").isServed({ cache: "miss" }),
      as("mallory").resolves("public").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/alias/rotation-opens-a-new-namespace", {
    title: "A rotated credential opens a new namespace: nothing of the old one is served",
    cites: ["resolve.alias.rotation"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice")
        .resolves("web")
        .isServed({ cache: "miss", upstream: { acme: { atLeast: 2 } } }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
      operator.rotates("acme"),
      as("bob")
        .resolves("web")
        .isServed({ cache: "miss", upstream: { acme: { atLeast: 2 } } }),
      as("alice").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/scope/mixed-namespaces", {
    title: "In a mixed resolve each fetch uses its own namespace: public is shared, private is not",
    cites: ["resolve.scope.mixed"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("web")
        .isServed({ upstream: { npm: { atLeast: 3 }, acme: { atLeast: 2 } } }),
      as("carol")
        .resolves("engine")
        .isServed({ upstream: { npm: 0, globex: { atLeast: 1 } } }),
      as("mallory")
        .resolves("public")
        .isServed({ upstream: { npm: 0 } }),
      as("dave")
        .resolves("both")
        .isServed({ upstream: { npm: 0, acme: 0, globex: 0 } }),
    ],
  }),
];
