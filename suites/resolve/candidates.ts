import { must } from "../case.ts";
import type { Case, ResolveChanges } from "../case.ts";
import {
  as,
  begins,
  disconnects,
  finishes,
  operator,
  passes,
  restarts,
  upstream,
} from "../steps.ts";

const DOWN = "the upstream is down for everybody";

/** The same project under another name is another request for the same packages. */
function named(name: string): ResolveChanges {
  const dependencies = { debug: "^4.0.0", "left-pad": "^1.0.0" };
  return { fields: { projects: [{ dir: ".", name, dependencies }] } };
}

const clock = { world: "two-teams", needs: ["clock"] } as const;
const live = { world: "two-teams", needs: ["live-changes"] } as const;
const inTime = { world: "two-teams", needs: ["live-changes", "clock"] } as const;

/** How long candidates live, how many there are, who made them, and what takes them away. */
export const candidateCases: readonly Case[] = [
  ...Object.entries({ public: "mallory", web: "bob", handbook: "bob", both: "dave" }).map(
    ([project, mate]) =>
      must(`resolve/cache/ttl-edge-${project}`, {
        title: `A candidate (${project}) is served in the last seconds of its life, and not after them`,
        cites: ["resolve.cache.ttl"],
        ...clock,
        steps: [
          as("dave").resolves(project).isServed({ cache: "miss" }),
          // Where a clock is moved it also goes by itself, so that no case can be nearer to the edge.
          passes({ ms: 290_000 }),
          as(mate).resolves(project).isServed({ cache: "hit" }),
          passes({ ms: 10_000 }),
          as(mate).resolves(project).isServed({ cache: "miss" }),
        ],
      }),
  ),
  must("resolve/cache/ttl-zero", {
    title: "With a time to live of 0 nothing is replayed, public or private",
    cites: ["resolve.cache.ttl", "resolve.cache.settings"],
    ...live,
    steps: [
      operator.sets({ resolutionTtlMs: 0 }),
      as("alice").resolves("web").isServed({ cache: "miss" }),
      as("alice").resolves("web").isServed({ cache: "miss" }),
      as("mallory").resolves("public").isServed({ cache: "miss" }),
      as("mallory").resolves("public").isServed({ cache: "miss" }),
    ],
  }),
  must("resolve/cache/ttl-zero-empties", {
    title: "A time to live that is set to 0 ends what was stored before",
    cites: ["resolve.cache.ttl", "resolve.cache.settings"],
    ...live,
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      operator.sets({ resolutionTtlMs: 0 }),
      as("alice").resolves("web").isServed({ cache: "miss" }),
      operator.sets({ resolutionTtlMs: 300_000 }),
      as("alice").resolves("web").isServed({ cache: "miss" }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/cache/ttl-is-not-extended", {
    title: "Being served does not make a candidate younger",
    cites: ["resolve.cache.ttl"],
    ...clock,
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      passes({ ms: 200_000 }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
      passes({ ms: 100_000 }),
      as("bob").resolves("web").isServed({ cache: "miss" }),
    ],
  }),
  must("resolve/cache/ttl-shortened", {
    title: "A shorter time to live applies to what was stored under a longer one",
    cites: ["resolve.cache.ttl", "resolve.cache.settings"],
    ...inTime,
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      passes({ ms: 60_000 }),
      operator.sets({ resolutionTtlMs: 30_000 }),
      as("bob").resolves("web").isServed({ cache: "miss" }),
    ],
  }),
  must("resolve/cache/restart-keeps-time", {
    title: "A restart makes no candidate younger",
    cites: ["resolve.cache.ttl", "resolve.cache.restart"],
    world: "two-teams",
    needs: ["clock", "restart"],
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      passes({ ms: 200_000 }),
      restarts(),
      passes({ ms: 100_000 }),
      as("alice").resolves("web").isServed({ cache: "miss" }),
    ],
  }),
  must("resolve/cache/restart-after-revocation", {
    title: "Who lost access before a restart has not got it back after it",
    cites: ["resolve.gate.alias", "resolve.cache.restart"],
    world: "two-teams",
    needs: ["live-changes", "restart"],
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
      operator.revokes("bob", { from: "acme" }),
      restarts(),
      as("bob")
        .resolves("web")
        .isRefused({ upstream: { acme: 0 } }),
      as("alice")
        .resolves("web")
        .isServed({ upstream: { acme: 0 } }),
    ],
  }),
  must("resolve/cache/restart-after-rotation", {
    title: "What was stored before a rotation is not found again by a restart after it",
    cites: ["resolve.alias.rotation", "resolve.cache.restart"],
    world: "two-teams",
    needs: ["live-changes", "restart"],
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      operator.rotates("acme"),
      restarts(),
      as("alice")
        .resolves("web")
        .isServed({ cache: "miss", upstream: { acme: { atLeast: 2 } } }),
    ],
  }),
  must("resolve/cache/least-recently-used", {
    title: "Of private candidates the one that was used least recently makes way",
    cites: ["resolve.cache.eviction-order", "resolve.cache.settings"],
    ...inTime,
    steps: [
      operator.sets({ candidatesTotal: 2 }),
      as("dave").resolves("web").isServed({ cache: "miss" }),
      passes({ ms: 1_000 }),
      as("dave").resolves("both").isServed({ cache: "miss" }),
      passes({ ms: 1_000 }),
      as("dave").resolves("web").isServed({ cache: "hit" }),
      passes({ ms: 1_000 }),
      as("dave").resolves("handbook").isServed({ cache: "miss" }),
      as("dave").resolves("web").isServed({ cache: "hit" }),
      as("dave").resolves("both").isServed({ cache: "miss" }),
    ],
  }),
  must("resolve/cache/expired-go-first", {
    title: "A candidate whose time is up makes way before any that could still be served",
    cites: ["resolve.cache.eviction-order"],
    ...inTime,
    steps: [
      operator.sets({ candidatesTotal: 2 }),
      as("mallory").resolves("public").isServed({ cache: "miss" }),
      passes({ ms: 200_000 }),
      as("dave").resolves("web").isServed({ cache: "miss" }),
      passes({ ms: 100_000 }),
      as("dave").resolves("both").isServed({ cache: "miss" }),
      as("dave").resolves("web").isServed({ cache: "hit" }),
      as("dave").resolves("both").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/cache/public-go-last", {
    title: "Public candidates outlast private ones, however long ago they were used",
    cites: ["resolve.cache.eviction-order"],
    ...inTime,
    steps: [
      operator.sets({ candidatesTotal: 2 }),
      as("mallory").resolves("public").isServed({ cache: "miss" }),
      passes({ ms: 1_000 }),
      as("dave").resolves("web").isServed({ cache: "miss" }),
      passes({ ms: 1_000 }),
      as("dave").resolves("both").isServed({ cache: "miss" }),
      as("mallory").resolves("public").isServed({ cache: "hit" }),
      as("dave").resolves("web").isServed({ cache: "miss" }),
    ],
  }),
  must("resolve/cache/share-of-a-caller", {
    title: "A caller who asks for ever new things pushes out its own, and nobody else's",
    cites: ["resolve.cache.bounds", "resolve.cache.settings"],
    ...live,
    steps: [
      operator.sets({ candidatesTotal: 6, candidatesPerCaller: 3 }),
      as("alice").resolves("public").isServed({ cache: "miss" }),
      as("alice").resolves("web").isServed({ cache: "miss" }),
      ...Array.from({ length: 8 }, (_, at) =>
        as("mallory")
          .resolves("public", named(`flood-${at}`))
          .isServed({ cache: "miss" }),
      ),
      as("alice").resolves("public").isServed({ cache: "hit" }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
      as("mallory").resolves("public", named("flood-7")).isServed({ cache: "hit" }),
      as("mallory").resolves("public", named("flood-0")).isServed({ cache: "miss" }),
    ],
  }),
  must("resolve/cache/share-of-the-anonymous", {
    title: "Callers without a name share one share",
    cites: ["resolve.cache.bounds"],
    world: "two-teams",
    needs: ["live-changes", "anonymous-resolve"],
    steps: [
      operator.sets({ candidatesTotal: 5, candidatesPerCaller: 3 }),
      as("alice").resolves("public").isServed({ cache: "miss" }),
      ...Array.from({ length: 8 }, (_, at) =>
        as("anonymous")
          .resolves("public", named(`flood-${at}`))
          .isServed({ cache: "miss" }),
      ),
      as("alice").resolves("public").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/cache/bounds-are-lowered", {
    title: "Bounds that are lowered hold for what is there already",
    cites: ["resolve.cache.settings", "resolve.cache.bounded"],
    ...live,
    steps: [
      as("dave").resolves("web").isServed({ cache: "miss" }),
      as("dave").resolves("both").isServed({ cache: "miss" }),
      as("dave").resolves("public").isServed({ cache: "miss" }),
      operator.sets({ candidatesTotal: 1 }),
      as("dave").resolves("public").isServed({ cache: "hit" }),
      as("dave").resolves("web").isServed({ cache: "miss" }),
    ],
  }),
  must("resolve/cache/made-public", {
    title: "A hosted package that is opened to everybody is shared, and closed again it is not",
    cites: ["resolve.cache.class-change", "resolve.class.hosted-for-all"],
    ...live,
    steps: [
      as("alice").resolves("handbook").isServed({ cache: "miss" }),
      as("mallory").resolves("handbook").isRefused(),
      operator.restricts("@corp/handbook", { to: ["$all"] }),
      as("alice").resolves("handbook").isServed({ cache: "miss" }),
      as("mallory").resolves("handbook").isServed({ cache: "hit" }),
      operator.restricts("@corp/handbook", { to: ["team:acme"] }),
      as("mallory").resolves("handbook").isRefused(),
      as("alice").resolves("handbook").isServed({ cache: "miss" }),
    ],
  }),
  must("resolve/cache/built-in-switched-off", {
    title: "With the built-in public route switched off, nothing of it is served from the cache",
    cites: ["resolve.cache.class-change", "resolve.class.built-in"],
    ...live,
    steps: [
      as("alice").resolves("public").isServed({ cache: "miss" }),
      operator.sets({ builtInPublic: "off" }),
      as("alice")
        .resolves("public")
        .isRefused({ upstream: { npm: 0 } }),
      as("mallory")
        .resolves("public")
        .isRefused({ upstream: { npm: 0 } }),
      operator.sets({ builtInPublic: "unscoped" }),
      as("mallory").resolves("public").isServed(),
    ],
  }),
  must("resolve/cache/whole-host-public", {
    title: "With the whole official host declared public, scoped names there are everybody's",
    cites: ["resolve.class.built-in"],
    ...live,
    steps: [
      operator.sets({ builtInPublic: "host" }),
      operator.declaresPublic([]),
      as("alice").resolves("opened").isServed({ cache: "miss" }),
      as("mallory").resolves("opened").isServed({ cache: "hit" }),
      operator.sets({ builtInPublic: "unscoped" }),
      as("mallory")
        .resolves("opened")
        .isRefused({ upstream: { npm: 0 } }),
      operator.sets({ builtInPublic: "host" }),
      as("mallory").resolves("opened").isServed(),
    ],
  }),
  must("resolve/cache/failures-are-not-kept", {
    title: "A resolve that failed is no candidate: it is tried anew, and succeeds when it can",
    cites: ["resolve.wire.error-frame", "resolve.closed.fallback"],
    world: "two-teams",
    steps: [
      as("alice").resolves("second-web").concerning("project web").isServed(),
      upstream("acme").answers(500),
      as("alice").resolves("payroll").isRefused({ status: 200 }).butNobodyCan(DOWN),
      upstream("acme").recovers(),
      as("alice").resolves("payroll").isServed({ cache: "miss" }),
      as("alice").resolves("payroll").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/cache/leader-leaves", {
    title: "Who asked first and went away takes nothing from those who asked the same",
    cites: ["resolve.cache.joins"],
    world: "two-teams",
    steps: [
      upstream("acme").holds(),
      begins(as("alice").resolves("web"), "leader"),
      begins(as("bob").resolves("web"), "follower"),
      disconnects("leader"),
      upstream("acme").releases(),
      finishes("follower", { outcome: "served" }),
      as("dave").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/cache/everybody-leaves", {
    title: "A resolve that everybody left spoils nothing for the next who asks",
    cites: ["resolve.cache.joins"],
    world: "two-teams",
    steps: [
      upstream("acme").holds(),
      begins(as("alice").resolves("web"), "one"),
      begins(as("bob").resolves("web"), "other"),
      disconnects("one"),
      disconnects("other"),
      upstream("acme").releases(),
      as("dave")
        .resolves("web")
        .isServed({ packages: ["@acme/core@2.0.0"] }),
      as("alice").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/cache/outsider-does-not-wait", {
    title: "An outsider is refused while the insiders' resolve still waits for its upstream",
    cites: ["resolve.cache.joins", "resolve.class.refused-before-upstream"],
    world: "two-teams",
    steps: [
      as("alice").resolves("second-web").concerning("project web").isServed(),
      upstream("acme").holds(),
      begins(as("alice").resolves("payroll"), "waiting"),
      as("mallory")
        .resolves("payroll")
        .concerning("project web")
        .isRefused({ upstream: { acme: { atMost: 1 } } }),
      upstream("acme").releases(),
      finishes("waiting", { outcome: "served" }),
      as("alice").resolves("web").isServed(),
    ],
  }),
];
