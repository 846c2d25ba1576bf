import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, operator } from "../steps.ts";

const TEAMS = ["a", "b", "c", "d", "e", "f", "g", "h", "i"] as const;

/** From one team that shares everything to nine that overlap. */
export const tenantCases: readonly Case[] = [
  must("resolve/tenants/one-team-shares", {
    title: "Where one alias admits whoever is logged in, one colleague's resolve is everybody's",
    cites: ["resolve.scope.shared-by-alias", "resolve.descriptor.shared"],
    world: "one-tenant",
    steps: [
      as("alice")
        .resolves("cli")
        .labelled("first")
        .isServed({ cache: "miss", packages: ["@acme/log@1.2.0", "ansi-styles@4.3.0"] }),
      as("bob").resolves("cli").isServed({ cache: "hit", sameAs: "first" }),
      as("carol").resolves("cli").isServed({ cache: "hit", sameAs: "first" }),
      // Another project over the same packages: the metadata is everybody's as well.
      as("carol")
        .resolves("log")
        .isServed({ cache: "miss", upstream: { npm: 0, acme: 0 } }),
    ],
  }),
  must("resolve/tenants/one-team-and-nobody", {
    title: "Whoever is not logged in has no part in it, on a warm cache either",
    cites: ["resolve.class.proxied", "resolve.class.refused-before-upstream"],
    world: "one-tenant",
    steps: [
      as("alice").resolves("cli").isServed(),
      as("anonymous")
        .resolves("cli")
        .isRefused({ upstream: { npm: 0, acme: 0 } }),
      as("anonymous").resolves("colours").isServed(),
      as("bob").resolves("cli").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/tenants/one-team-narrowed", {
    title: "A colleague whose token was revoked is nobody, while the others go on",
    cites: ["resolve.wire.bearer"],
    world: "one-tenant",
    needs: ["live-changes"],
    steps: [
      as("bob").resolves("log").isServed({ cache: "miss" }),
      as("carol").resolves("log").isServed({ cache: "hit" }),
      operator.revokesTokensOf("carol"),
      as("carol")
        .resolves("log")
        .isRefused({ status: 401, upstream: { acme: 0 } }),
      as("alice").resolves("log").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/tenants/ring-of-teams", {
    title: "In a ring of overlapping teams each pair of packages is for those who are in both",
    cites: ["resolve.gate.every", "resolve.scope.shared-by-alias"],
    world: "nine-teams",
    steps: [
      as("zoe").resolves("pair-a").isServed({ cache: "miss" }),
      as("user-a").resolves("pair-a").isServed({ cache: "hit" }),
      // In team b, which is half of it; and in teams a and i, which is the other half.
      as("user-b")
        .resolves("pair-a")
        .isRefused({ upstream: { "team-a": 0, "team-b": 0 } }),
      as("user-i")
        .resolves("pair-a")
        .isRefused({ upstream: { "team-a": 0, "team-b": 0 } }),
      as("user-b")
        .resolves("pair-b")
        .isServed({ cache: "miss", upstream: { "team-b": 0, "team-c": { atLeast: 1 } } }),
      as("user-a").resolves("pair-a").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/tenants/eight-of-nine", {
    title: "Eight gates of nine are not enough, and nine are",
    cites: ["resolve.gate.every", "resolve.gate.alias"],
    world: "nine-teams",
    needs: ["live-changes"],
    steps: [
      as("zoe").resolves("everything").isServed({ cache: "miss" }),
      ...TEAMS.flatMap((team) => [
        operator.revokes("zoe", { from: `team-${team}` }),
        as("zoe")
          .resolves("everything")
          .isRefused({ upstream: { [`team-${team}`]: 0 } }),
        operator.admits("zoe", { to: `team-${team}` }),
      ]),
      as("zoe").resolves("everything").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/tenants/nine-policies-under-one-key", {
    title: "A package that goes from team to team is at each moment its holders' alone",
    cites: ["resolve.cache.bounded", "resolve.cache.bounds", "resolve.descriptor.shared"],
    world: "nine-teams",
    needs: ["live-changes"],
    steps: [
      ...TEAMS.flatMap((team, at) => [
        operator.restricts("@corp/rota", { to: [`team:team-${team}`] }),
        as(`user-${team}`).resolves("rota").isServed({ cache: "miss" }),
        as("zoe").resolves("rota").isServed({ cache: "hit" }),
        // Neither in this team nor in the next one: the holder of the day before yesterday, or later.
        as(`user-${TEAMS[(at + 5) % 9] ?? ""}`)
          .resolves("rota")
          .isRefused(),
      ]),
      as("user-i").resolves("rota").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/tenants/nine-rotations-of-all-nine", {
    title:
      "With more descriptor sets than there is room for, each caller still gets a fresh answer",
    cites: ["resolve.cache.bounded", "resolve.alias.rotation"],
    world: "nine-teams",
    needs: ["live-changes"],
    steps: [
      as("zoe").resolves("everything").labelled("first").isServed({ cache: "miss" }),
      ...TEAMS.flatMap((team) => [
        operator.rotates(`team-${team}`),
        as("zoe")
          .resolves("everything")
          .isServed({
            ...{ cache: "miss", sameAs: "first" },
            // One alias has another credential: the metadata of the other eight is as good as before.
            upstream: { npm: 0, [`team-${team}`]: { atLeast: 1 } },
          }),
        as("zoe").resolves("everything").isServed({ cache: "hit", sameAs: "first" }),
      ]),
    ],
  }),
];
