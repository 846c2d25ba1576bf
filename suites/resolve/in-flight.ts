import { must } from "../case.ts";
import type { Case, Step } from "../case.ts";
import { as, begins, finishes, operator, restarts, upstream } from "../steps.ts";

const live = { world: "two-teams", needs: ["live-changes"] } as const;

const SEEN_BEFORE = "whoever may is served in the step before, or nobody may";

/** What an operator may do while a request waits for its upstream, and to whom that matters. */
interface Landing {
  readonly what: string;
  readonly project: string;
  readonly held: string;
  readonly change: Step;
  /** Whether the one who asked may have it any more. */
  readonly loses: boolean;
}

const LANDINGS: Readonly<Record<string, Landing>> = {
  "alias-access": {
    ...{ what: "access to the alias", project: "web", held: "acme", loses: true },
    change: operator.revokes("bob", { from: "acme" }),
  },
  "alias-access-while-public-waits": {
    ...{ what: "access to the alias, with its packages fetched", project: "web", held: "npm" },
    ...{ change: operator.revokes("bob", { from: "acme" }), loses: true },
  },
  "hosted-access": {
    ...{ what: "access to a hosted package", project: "handbook", held: "npm", loses: true },
    change: operator.restricts("@corp/handbook", { to: ["alice"] }),
  },
  rotation: {
    ...{ what: "the epoch", project: "web", held: "npm", loses: false },
    change: operator.rotates("acme"),
  },
  "class-change": {
    ...{ what: "the publicity of a route", project: "opened", held: "npm", loses: true },
    change: operator.declaresPublic([]),
  },
};

/** Every place where a revocation can land: before, while waiting, between two, after. */
export const inFlightCases: readonly Case[] = [
  ...Object.entries(LANDINGS).map(([name, { what, project, held, change, loses }]) =>
    must(`resolve/in-flight/${name}`, {
      title: `Who loses ${what} while a resolve is under way gets nothing of what follows`,
      cites: ["resolve.gate.confinement", "resolve.gate.alias"],
      ...live,
      steps: [
        upstream(held).holds(),
        begins(as("bob").resolves(project), "waiting"),
        change,
        upstream(held).releases(),
        finishes("waiting", ...(loses ? [{ outcome: "refused" } as const] : [])),
        ...(loses && name !== "class-change" ? [as("alice").resolves(project).isServed()] : []),
        ...(loses
          ? [as("bob").resolves(project).isRefused().butNobodyCan(SEEN_BEFORE)]
          : [as("bob").resolves(project).isServed()]),
        ...(name === "class-change" ? [] : [as("alice").resolves(project).isServed()]),
      ],
    }),
  ),
  must("resolve/in-flight/follower-loses", {
    title: "A follower who loses access is given nothing of what the leader is served",
    cites: ["resolve.gate.follower"],
    ...live,
    steps: [
      upstream("acme").holds(),
      begins(as("alice").resolves("web"), "leader"),
      begins(as("bob").resolves("web"), "follower"),
      operator.revokes("bob", { from: "acme" }),
      upstream("acme").releases(),
      finishes("leader", { outcome: "served" }),
      finishes("follower", { outcome: "refused" }),
      as("alice").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/in-flight/leader-loses", {
    title: "A leader who loses access takes nothing from a follower who has not",
    cites: ["resolve.gate.follower", "resolve.cache.joins"],
    ...live,
    steps: [
      upstream("acme").holds(),
      begins(as("bob").resolves("web"), "leader"),
      begins(as("alice").resolves("web"), "follower"),
      operator.revokes("bob", { from: "acme" }),
      upstream("acme").releases(),
      finishes("leader", { outcome: "refused" }),
      finishes("follower", { outcome: "served" }),
      as("dave").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/in-flight/nobody-may-any-more", {
    title: "When all who wait lose access, none is served and nothing stays that they could read",
    cites: ["resolve.gate.follower", "resolve.gate.confinement"],
    ...live,
    steps: [
      upstream("acme").holds(),
      begins(as("alice").resolves("web"), "one"),
      begins(as("bob").resolves("web"), "other"),
      operator.revokes("alice", { from: "acme" }),
      operator.revokes("bob", { from: "acme" }),
      upstream("acme").releases(),
      finishes("one", { outcome: "refused" }),
      finishes("other", { outcome: "refused" }),
      as("dave").resolves("web").isServed(),
    ],
  }),
  must("resolve/in-flight/verification", {
    title: "Who loses access while a verification is under way hears no verdict",
    cites: ["resolve.verify.scope", "resolve.gate.confinement"],
    world: "two-teams",
    needs: ["live-changes", "clock"],
    steps: [
      as("alice").resolves("web").labelled("lock").isServed(),
      { do: "wait", ms: 301_000 },
      upstream("acme").holds(),
      begins(as("bob").verifies("web", { seededBy: "lock" }), "waiting"),
      operator.revokes("bob", { from: "acme" }),
      upstream("acme").releases(),
      finishes("waiting", { outcome: "refused" }),
      as("alice").verifies("web", { seededBy: "lock" }).isServed(),
    ],
  }),
  must("resolve/in-flight/admitted-meanwhile", {
    title: "Who is let in while a teammate's resolve is under way joins or asks, and is served",
    cites: ["resolve.gate.every"],
    ...live,
    steps: [
      as("alice").resolves("second-web").concerning("project web").isServed(),
      as("mallory").resolves("web").isRefused(),
      upstream("npm").holds(),
      begins(as("alice").resolves("private-default"), "waiting"),
      operator.admits("mallory", { to: "acme" }),
      upstream("npm").releases(),
      finishes("waiting", { outcome: "served" }),
      as("mallory").resolves("web").isServed(),
    ],
  }),
  ...Object.entries({
    "between-two-hits": [operator.revokes("bob", { from: "acme" })],
    "revoked-and-back-and-revoked": [
      operator.revokes("bob", { from: "acme" }),
      operator.admits("bob", { to: "acme" }),
      operator.revokes("bob", { from: "acme" }),
    ],
    "with-a-rotation": [operator.rotates("acme"), operator.revokes("bob", { from: "acme" })],
    "before-a-rotation": [operator.revokes("bob", { from: "acme" }), operator.rotates("acme")],
  }).map(([name, changes]) =>
    must(`resolve/revocation/${name}`, {
      title: `Access that was lost (${name.replaceAll("-", " ")}) is lost to every way of asking`,
      cites: ["resolve.gate.alias", "resolve.gate.confinement"],
      ...live,
      steps: [
        as("alice").resolves("web").labelled("lock").isServed(),
        as("alice").reads("@acme/widget", { via: "acme" }).isServed(),
        as("alice").downloads("@acme/widget", "1.1.0", { via: "acme" }).isServed(),
        as("alice").verifies("web", { seededBy: "lock" }).isServed(),
        as("bob").resolves("web").isServed({ cache: "hit" }),
        ...changes,
        ...everyWay("bob").map((step) => step.isRefused({ upstream: { acme: 0, globex: 0 } })),
        ...everyWay("alice").map((step) => step.isServed()),
      ],
    }),
  ),
  must("resolve/revocation/before-a-restart-in-flight", {
    title: "A restart while a resolve waits neither serves nor keeps what its asker lost",
    cites: ["resolve.gate.confinement", "resolve.cache.restart"],
    world: "two-teams",
    needs: ["live-changes", "restart"],
    steps: [
      as("alice").resolves("web").isServed(),
      operator.revokes("bob", { from: "acme" }),
      restarts(),
      as("bob").resolves("second-web").concerning("project web").isRefused(),
      as("alice").resolves("web").isServed(),
    ],
  }),
];

function everyWay(actor: string) {
  return [
    as(actor).resolves("web"),
    as(actor).resolves("web", { seededBy: "lock" }),
    as(actor).resolves("web", { seededBy: "lock", fields: { frozenLockfile: true } }),
    as(actor).verifies("web", { seededBy: "lock" }),
    as(actor).reads("@acme/widget", { via: "acme" }),
    as(actor).downloads("@acme/widget", "1.1.0", { via: "acme" }),
  ];
}
