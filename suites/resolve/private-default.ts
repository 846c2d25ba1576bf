import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, passes, upstream } from "../steps.ts";

/** A private registry as the default one of every request, where no name says that it is private. */
export const privateDefaultCases: readonly Case[] = [
  must("resolve/private-default/unscoped-is-private", {
    title:
      "Unscoped packages of a private default registry are shared by its team and by nobody else",
    cites: ["resolve.class.private-default", "resolve.class.of-the-route"],
    world: "private-default-registry",
    steps: [
      as("alice")
        .resolves("billing")
        .isServed({ cache: "miss", packages: ["billing@5.0.0", "config@9.1.0"] }),
      as("bob").resolves("billing").isServed({ cache: "hit" }),
      as("mallory")
        .resolves("billing")
        .isRefused({ upstream: { npm: 0, acme: 0 } }),
      as("anonymous")
        .resolves("billing")
        .isRefused({ upstream: { npm: 0, acme: 0 } }),
      as("alice").resolves("billing").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/private-default/namesakes-stay-apart", {
    title: "A private package and a public one of the same name never stand in for each other",
    cites: ["resolve.scope.mixed", "resolve.class.of-the-route", "resolve.scope.no-reuse"],
    world: "private-default-registry",
    steps: [
      as("alice")
        .resolves("namesake")
        .isServed({ packages: ["config@9.1.0"], upstream: { npm: 0 } }),
      as("mallory")
        .resolves("public-namesake")
        .isServed({ packages: ["config@3.3.12"], upstream: { acme: 0, npm: { atLeast: 2 } } }),
      as("mallory")
        .resolves("namesake")
        .isRefused({ upstream: { npm: 0, acme: 0 } }),
      as("bob")
        .resolves("namesake")
        .isServed({ cache: "hit", packages: ["config@9.1.0"] }),
      as("bob")
        .resolves("public-namesake")
        .isServed({ cache: "hit", packages: ["config@3.3.12"] }),
    ],
  }),
  must("resolve/private-default/not-found-is-final", {
    title: "What the private registry does not have is not looked for in the public one",
    cites: ["resolve.alias.final", "resolve.wire.error-frame"],
    world: "private-default-registry",
    needs: ["clock"],
    steps: [
      as("alice")
        .resolves("orphan")
        .butNobodyCan("its dependency is not in the private registry")
        .isRefused({ upstream: { npm: 0, acme: { atLeast: 2 } } }),
      upstream("acme").publishes("leftover", "1.0.0"),
      passes({ ms: 301_000 }),
      as("alice")
        .resolves("orphan")
        .isServed({ packages: ["leftover@1.0.0"], upstream: { npm: 0 } }),
    ],
  }),
  must("resolve/private-default/own-endpoint", {
    title: "The same by this server's own endpoint gives a lockfile that names no place at all",
    cites: ["resolve.routing.endpoint", "resolve.routing.no-secret-out"],
    world: "private-default-registry",
    steps: [
      as("alice")
        .resolves("endpoint")
        .isServed({ cache: "miss", upstream: { npm: 0 } }),
      as("bob")
        .resolves("endpoint")
        .isServed({ cache: "hit", omits: ['"tarball"', "{acme}"] }),
      as("mallory")
        .resolves("endpoint")
        .isRefused({ upstream: { npm: 0, acme: 0 } }),
      as("bob").downloads("config", "9.1.0", { via: "acme" }).isServed(),
      as("bob").resolves("endpoint").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/private-default/denial-is-final", {
    title: "A private registry that denies is not replaced by the public one, or by what was kept",
    cites: ["resolve.closed.fallback", "resolve.closed.upstream-denial", "resolve.alias.final"],
    world: "private-default-registry",
    needs: ["clock"],
    steps: [
      as("alice").resolves("namesake").isServed(),
      passes({ ms: 301_000 }),
      upstream("acme").answers(403),
      as("alice")
        .resolves("namesake")
        .isRefused({ upstream: { npm: 0 } }),
      upstream("acme").recovers(),
      as("alice").resolves("namesake").isServed({ cache: "miss" }),
    ],
  }),
];
