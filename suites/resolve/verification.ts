import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, operator, passes, upstream } from "../steps.ts";

/** Every lockfile says a digest, or where the package is. */
const MADE_UP = { integrity: "sha512-bWFkZS11cA==" };

/** A lockfile with one thing in it that its registry does not say. */
const WRONG: Readonly<Record<string, { readonly lockfile: object; readonly says: string }>> = {
  "no-such-version": {
    lockfile: locked("@acme/widget", "9.9.9", MADE_UP),
    says: "@acme/widget",
  },
  "other-integrity": {
    lockfile: locked("@acme/widget", "1.0.0", MADE_UP),
    says: "@acme/widget",
  },
  "no-such-package": {
    lockfile: locked("no-such-thing", "1.0.0", MADE_UP),
    says: "no-such-thing",
  },
};

function locked(name: string, version: string, resolution: object): object {
  return {
    lockfileVersion: "9.0",
    settings: { autoInstallPeers: true, excludeLinksFromLockfile: false },
    importers: { ".": { dependencies: { [name]: { specifier: version, version } } } },
    packages: { [`${name}@${version}`]: { resolution } },
    snapshots: { [`${name}@${version}`]: {} },
  };
}

const asLocked = { seededBy: "lock" };

/** What a verification says, to whom, and what it leaves behind. */
export const verificationCases: readonly Case[] = [
  ...Object.entries(WRONG).map(([name, { lockfile, says }]) =>
    must(`resolve/verify/${name}`, {
      title: `A locked package that its registry does not have so (${name}) is a violation, or refused`,
      cites: ["resolve.verify.answer"],
      world: "two-teams",
      steps: [
        as("alice").resolves("web").labelled("lock").isServed(),
        as("alice")
          .verifies("web", asLocked)
          .isServed({ says: ['"type":"done"'] }),
        as("alice")
          .verifies("web", { fields: { lockfile } })
          .isRefused({ says: [says], omits: ["{acme}", '"type":"done"'] }),
        as("mallory")
          .verifies("web", { fields: { lockfile } })
          .isRefused({ upstream: { acme: 0 } }),
        as("bob").verifies("web", asLocked).isServed(),
      ],
    }),
  ),
  must("resolve/verify/too-young", {
    title:
      "A version that is younger than the policy allows is a violation, and allowed without it",
    cites: ["resolve.verify.answer"],
    world: "two-teams",
    steps: [
      upstream("npm").publishes("left-pad", "1.4.0", { published: "2999-01-01T00:00:00.000Z" }),
      as("alice")
        .resolves("public")
        .labelled("lock")
        .isServed({ packages: ["left-pad@1.4.0"] }),
      as("alice").verifies("public", asLocked).isServed(),
      as("alice")
        .verifies("public", { ...asLocked, fields: { minimumReleaseAge: 1440 } })
        .isRefused({ says: ["MINIMUM_RELEASE_AGE_VIOLATION", "left-pad", "1.4.0"] }),
      as("alice")
        .verifies("public", {
          ...asLocked,
          fields: { minimumReleaseAge: 1440, minimumReleaseAgeExclude: ["left-pad"] },
        })
        .isServed(),
      as("mallory").verifies("public", asLocked).isServed(),
    ],
  }),
  must("resolve/verify/policy-is-part-of-what-was-verified", {
    title: "A verdict under one policy is no verdict under another, in either order",
    cites: ["resolve.verify.scopes-and-gates"],
    world: "two-teams",
    steps: [
      upstream("npm").publishes("left-pad", "1.4.0", { published: "2999-01-01T00:00:00.000Z" }),
      as("alice").resolves("public").labelled("lock").isServed(),
      as("alice").verifies("public", asLocked).isServed(),
      as("bob")
        .verifies("public", { ...asLocked, fields: { minimumReleaseAge: 1440 } })
        .isRefused(),
      as("mallory").verifies("public", asLocked).isServed(),
      as("mallory")
        .verifies("public", { ...asLocked, fields: { minimumReleaseAge: 1440 } })
        .isRefused(),
      as("alice").verifies("public", asLocked).isServed(),
    ],
  }),
  must("resolve/verify/gated-every-time", {
    title: "A verdict is gated at every asking: who lost access is refused, who has it is served",
    cites: ["resolve.verify.scopes-and-gates", "resolve.gate.alias"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("web").labelled("lock").isServed(),
      as("alice").verifies("web", asLocked).isServed(),
      as("bob")
        .verifies("web", asLocked)
        .isServed({ upstream: { npm: 0, acme: 0 } }),
      operator.revokes("bob", { from: "acme" }),
      as("bob")
        .verifies("web", asLocked)
        .isRefused({ upstream: { acme: 0 } }),
      as("alice")
        .verifies("web", asLocked)
        .isServed({ upstream: { npm: 0, acme: 0 } }),
      operator.admits("bob", { to: "acme" }),
      as("bob").verifies("web", asLocked).isServed(),
    ],
  }),
  must("resolve/verify/hosted-gated-every-time", {
    title: "The same holds of a hosted package whose policy was narrowed",
    cites: ["resolve.verify.scopes-and-gates", "resolve.class.hosted"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("handbook").labelled("lock").isServed(),
      as("bob").verifies("handbook", asLocked).isServed(),
      operator.restricts("@corp/handbook", { to: ["alice"] }),
      as("bob").verifies("handbook", asLocked).isRefused(),
      as("carol").verifies("handbook", asLocked).isRefused(),
      as("alice").verifies("handbook", asLocked).isServed(),
    ],
  }),
  must("resolve/verify/rotation-asks-anew", {
    title: "After a rotation a verdict is made anew, through the new namespace",
    cites: ["resolve.verify.scopes-and-gates", "resolve.alias.rotation"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("web").labelled("lock").isServed(),
      as("alice").verifies("web", asLocked).isServed(),
      operator.rotates("acme"),
      as("bob")
        .verifies("web", asLocked)
        .isServed({ upstream: { acme: { atLeast: 1 } }, conditional: { acme: 0 } }),
    ],
  }),
  must("resolve/verify/violations-are-gated", {
    title: "Violations of a private package are told to its readers alone, also from a cache",
    cites: ["resolve.verify.no-oracle", "resolve.verify.scopes-and-gates"],
    world: "two-teams",
    steps: [
      as("alice").resolves("web").labelled("lock").isServed(),
      as("alice")
        .verifies("web", { fields: { lockfile: locked("@acme/widget", "9.9.9", MADE_UP) } })
        .isRefused({ says: ['"type":"violations"'] }),
      ...["mallory", "carol", "anonymous"].map((who) =>
        as(who)
          .verifies("web", { fields: { lockfile: locked("@acme/widget", "9.9.9", MADE_UP) } })
          .isRefused({ omits: ['"type":"violations"'], upstream: { acme: 0 } }),
      ),
      as("bob").verifies("web", asLocked).isServed(),
    ],
  }),
  ...["mallory", "carol", "anonymous"].map((who) =>
    must(`resolve/verify/no-oracle-for-${who}`, {
      title: `To ${who} a locked private name that exists and one that does not are the same refusal`,
      cites: ["resolve.verify.no-oracle"],
      world: "two-teams",
      steps: [
        as("alice").resolves("web").labelled("lock").isServed(),
        as("alice").verifies("web", asLocked).isServed(),
        ...["@acme/widget", "@acme/absent"].flatMap((name) =>
          ["1.0.0", "9.9.9"].map((version) =>
            as(who)
              .verifies("web", { fields: { lockfile: locked(name, version, MADE_UP) } })
              .isRefused({
                status: [200, 401, 403],
                omits: ['"type":"violations"', "NOT_FOUND"],
                upstream: { acme: 0 },
              }),
          ),
        ),
        as("bob").verifies("web", asLocked).isServed(),
      ],
    }),
  ),
  must("resolve/verify/unpublished-meanwhile", {
    title: "A verdict does not outlive its time: a version that is gone by then is a violation",
    cites: ["resolve.verify.scopes-and-gates", "resolve.scope.fresh"],
    world: "two-teams",
    needs: ["clock"],
    steps: [
      as("alice").resolves("public").labelled("lock").isServed(),
      as("alice").verifies("public", asLocked).isServed(),
      upstream("npm").unpublishes("left-pad"),
      passes({ ms: 301_000 }),
      as("alice")
        .verifies("public", asLocked)
        .isRefused({ says: ["left-pad"] }),
      upstream("npm").publishes("left-pad", "1.3.0"),
      passes({ ms: 301_000 }),
      as("mallory").resolves("public").isServed(),
    ],
  }),
];
