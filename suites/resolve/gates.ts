import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, begins, finishes, operator, together, upstream } from "../steps.ts";

/** What no version meets: the failure says that the package is there. */
const UNMET = {
  fields: { projects: [{ dir: ".", dependencies: { "@acme/widget": "9.9.9" } }] },
};

/** Who is let in now, whatever was true when the cache was filled. */
export const gateCases: readonly Case[] = [
  must("resolve/revocation/alias-access-revoked", {
    title: "A caller who lost access to an alias no longer matches its private candidates",
    cites: ["resolve.gate.alias"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
      operator.revokes("bob", { from: "acme" }),
      as("bob").resolves("web").isRefused(),
      as("alice").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/revocation/hosted-access-restricted", {
    title: "A hosted package whose policy was narrowed is served to those inside it alone",
    cites: ["resolve.gate.alias", "resolve.class.hosted", "resolve.descriptor.shared"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("handbook").isServed({ cache: "miss" }),
      as("bob").resolves("handbook").isServed({ cache: "hit" }),
      operator.restricts("@corp/handbook", { to: ["alice"] }),
      as("bob").resolves("handbook").isRefused(),
      as("alice").resolves("handbook").isServed(),
    ],
  }),
  must("resolve/revocation/token-revoked", {
    title: "A revoked token is refused at once, on a warm cache too",
    cites: ["resolve.wire.bearer", "resolve.gate.confinement"],
    world: "two-teams",
    steps: [
      as("alice").resolves("web").isServed(),
      as("bob").resolves("web").isServed({ cache: "hit" }),
      operator.revokesTokensOf("bob"),
      as("bob").resolves("web").isRefused({ status: 401 }),
      as("alice").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/revocation/readmitted", {
    title: "Access that is given back is access again",
    cites: ["resolve.gate.alias"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("web").isServed(),
      operator.revokes("bob", { from: "acme" }),
      as("bob").resolves("web").isRefused(),
      operator.admits("bob", { to: "acme" }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/revocation/during-a-resolve", {
    title:
      "Access that is lost while resolves wait for their upstream is lost for whatever follows",
    cites: ["resolve.gate.alias"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("web").isServed(),
      upstream("acme").holds(),
      begins(as("bob").resolves("payroll"), "barred"),
      begins(as("bob").resolves("private-default"), "waiting"),
      operator.revokes("bob", { from: "acme" }),
      upstream("acme").releases(),
      finishes("barred"),
      finishes("waiting"),
      as("bob").resolves("web").isRefused(),
      as("alice").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/revocation/failure-is-gated-too", {
    title: "A failure that tells of private packages is not told to who lost access meanwhile",
    cites: ["resolve.gate.follower", "resolve.gate.alias"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("private-default").isServed(),
      // What is rotated is asked for again, and so can be held.
      operator.rotates("acme"),
      upstream("acme").holds(),
      begins(as("alice").resolves("private-default", UNMET), "leader"),
      begins(as("bob").resolves("private-default", UNMET), "follower"),
      operator.revokes("bob", { from: "acme" }),
      upstream("acme").releases(),
      finishes("leader", { outcome: "refused" }),
      finishes("follower", { outcome: "refused", omits: ["No matching", "NO_MATCHING"] }),
      as("alice").resolves("private-default").isServed(),
    ],
  }),
  must("resolve/gate/every-descriptor", {
    title: "A resolution over two teams' packages is served to who is in both, and to nobody else",
    cites: ["resolve.gate.confinement", "resolve.gate.every"],
    world: "two-teams",
    steps: [
      as("dave").resolves("both").isServed({ cache: "miss" }),
      as("alice")
        .resolves("both")
        .isRefused({ upstream: { globex: 0 } }),
      as("carol")
        .resolves("both")
        .isRefused({ upstream: { acme: 0 } }),
      as("mallory")
        .resolves("both")
        .isRefused({ upstream: { acme: 0, globex: 0 } }),
      as("dave").resolves("both").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/gate/outsider-reuses-nothing", {
    title: "An outsider misses what insiders warmed: resolution and metadata alike",
    cites: ["resolve.scope.no-reuse"],
    world: "two-teams",
    steps: [
      as("alice").resolves("web").isServed(),
      as("alice").resolves("second-web").isServed(),
      as("mallory")
        .resolves("web")
        .isRefused({ upstream: { acme: 0 } }),
      as("mallory")
        .resolves("second-web")
        .isRefused({ upstream: { acme: 0 } }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
      as("bob").resolves("second-web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/gate/refusal-leaves-no-trace", {
    title: "A refused caller spoils nothing for the next one who may",
    cites: ["resolve.scope.no-reuse"],
    world: "two-teams",
    steps: [
      as("alice").resolves("second-web").concerning("project web").isServed(),
      as("mallory").resolves("web").isRefused(),
      as("alice")
        .resolves("web")
        .isServed({ packages: ["@acme/core@2.0.0", "@acme/widget@1.1.0"] }),
    ],
  }),
  must("resolve/footprint/optional-private-fails-clearly", {
    title: "An optional private dependency that the caller may not use fails the resolve",
    cites: ["resolve.footprint.optional"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("optional-private")
        .isServed({ cache: "miss", packages: ["@acme/widget@1.0.0", "ms@2.1.3"] }),
      as("mallory")
        .resolves("optional-private")
        .isRefused({ upstream: { acme: 0 } }),
      as("anonymous")
        .resolves("optional-private")
        .isRefused({ upstream: { acme: 0 } }),
      as("bob")
        .resolves("optional-private")
        .isServed({ cache: "hit", packages: ["@acme/widget@1.0.0"] }),
    ],
  }),
  must("resolve/footprint/reduced-view-is-not-shared", {
    title: "What an outsider's resolve lacks is not missing from the next one of somebody who may",
    cites: ["resolve.footprint.refused-view", "resolve.footprint.optional"],
    world: "two-teams",
    steps: [
      as("alice").resolves("second-web").concerning("project optional-private").isServed(),
      as("mallory").resolves("optional-private").isRefused(),
      as("alice")
        .resolves("optional-private")
        .isServed({ packages: ["@acme/widget@1.0.0", "ms@2.1.3"] }),
    ],
  }),
  must("resolve/cache/join-shares-one-resolve", {
    // One resolve may ask for two forms of each document; three that share nothing would ask for more.
    title: "Identical misses of teammates at once cost one resolve",
    cites: ["resolve.cache.joins"],
    world: "two-teams",
    steps: [
      together(
        as("alice")
          .resolves("web")
          .isServed({ upstream: { acme: { atMost: 4 }, npm: { atMost: 6 } } }),
        as("bob").resolves("web").isServed(),
        as("dave").resolves("web").isServed(),
      ),
      as("alice").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/cache/join-does-not-let-outsiders-aboard", {
    title: "An outsider who asks at the same moment gets nothing of the insiders' resolve",
    cites: ["resolve.cache.joins", "resolve.gate.follower"],
    world: "two-teams",
    steps: [
      as("alice").resolves("second-web").concerning("project web").isServed(),
      together(
        as("alice").resolves("web").isServed(),
        as("mallory").resolves("web").isRefused(),
        as("anonymous").resolves("web").isRefused(),
        as("bob").resolves("web").isServed(),
      ),
      as("alice").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
];
