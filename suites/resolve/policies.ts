import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as } from "../steps.ts";

/** The fourteen fields of `appliedPolicies`, as they are when a request leaves them out. */
const UNSET: Readonly<Record<string, unknown>> = {
  autoInstallPeers: true,
  dedupePeers: false,
  excludeLinksFromLockfile: false,
  addMissingPeerTypes: false,
  projectScopedOptionalPeers: false,
  frozenLockfile: false,
  resolutionMode: "highest",
  trustLockfile: false,
  minimumReleaseAgeExclude: [],
  trustPolicy: null,
  trustPolicyExclude: [],
};

/** What a request may say, and what is said back. */
const SAID: Readonly<Record<string, readonly [sent: unknown, echoed: unknown]>> = {
  autoInstallPeers: [false, false],
  dedupePeers: [true, true],
  excludeLinksFromLockfile: [true, true],
  frozenLockfile: [false, false],
  resolutionMode: ["lowest-direct", "lowest-direct"],
  trustLockfile: [true, true],
  minimumReleaseAge: [1440, 1440],
  minimumReleaseAgeExclude: [["ms"], ["ms"]],
  minimumReleaseAgeIgnoreMissingTime: [true, true],
  trustPolicy: ["no-downgrade", "no-downgrade"],
  trustPolicyExclude: [["ms"], ["ms"]],
  trustPolicyIgnoreAfter: [1440, 1440],
};

/** `appliedPolicies`: a real client compares every field of it with what it sent. */
export const policyCases: readonly Case[] = [
  must("resolve/wire/applied-policies-unset", {
    title:
      "Fields that a request leaves out, or sets to null, are said back in the types of clients",
    cites: ["resolve.wire.applied-policies", "resolve.wire.policy-types"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public").labelled("lock").isServed({ applied: UNSET }),
      as("alice")
        .resolves("public", {
          fields: { minimumReleaseAgeExclude: null, trustPolicyExclude: null, trustPolicy: null },
        })
        .isServed({ applied: UNSET }),
      as("alice")
        .resolves("public", { fields: { trustPolicy: "off" } })
        .isServed({ applied: { ...UNSET, trustPolicy: null } }),
      as("bob").resolves("public").isServed({ cache: "hit", applied: UNSET }),
    ],
  }),
  must("resolve/wire/applied-policies-verification", {
    title: "A verification says back the same fields",
    cites: ["resolve.wire.verify-policies"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public").labelled("lock").isServed(),
      as("alice").verifies("public", { seededBy: "lock" }).isServed({ applied: UNSET }),
      as("bob")
        .verifies("public", { seededBy: "lock", fields: { minimumReleaseAge: 1440 } })
        .isServed({ applied: { ...UNSET, minimumReleaseAge: 1440 } }),
    ],
  }),
  must("resolve/wire/applied-policies-frozen", {
    title: "A frozen answer says back the same fields",
    cites: ["resolve.wire.applied-policies"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public").labelled("lock").isServed(),
      as("alice")
        .resolves("public", { seededBy: "lock", fields: { frozenLockfile: true } })
        .isServed({ applied: { ...UNSET, frozenLockfile: true } }),
    ],
  }),
  ...Object.entries(SAID).map(([field, [sent, echoed]]) =>
    must(`resolve/wire/applied-policies-${kebab(field)}`, {
      title: `${field} is said back as it was sent, by the miss and by the hit`,
      cites: ["resolve.wire.applied-policies"],
      world: "two-teams",
      steps: [
        as("alice")
          .resolves("public", { fields: { [field]: sent } })
          .isServed({ applied: { [field]: echoed } }),
        as("bob")
          .resolves("public", { fields: { [field]: sent } })
          .isServed({ cache: "hit", applied: { [field]: echoed } }),
      ],
    }),
  ),
];

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
