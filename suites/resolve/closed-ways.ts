import { must } from "../case.ts";
import type { Case, Step } from "../case.ts";
import { as, passes, upstream } from "../steps.ts";

const WIDGET = { package: "@acme/widget" };
const acme = upstream("acme");

const DENIALS: Readonly<Record<string, Step>> = {
  "401": acme.answers(401, WIDGET),
  "403": acme.answers(403, WIDGET),
  "404": acme.answers(404, WIDGET),
};

const OUTAGES: Readonly<Record<string, Step>> = {
  "503": acme.answers(503, WIDGET),
  hang: acme.hangs(WIDGET),
  reset: acme.resets(WIDGET),
};

/** Every other way in: each asks for the same package of the same alias. */
const WAYS: Readonly<Record<string, (actor: string) => ReturnType<typeof resolved>>> = {
  verify: (actor) => as(actor).verifies("private-default", { seededBy: "lock" }),
  frozen: (actor) =>
    as(actor).resolves("private-default", {
      seededBy: "lock",
      fields: { frozenLockfile: true, trustLockfile: false },
    }),
  seeded: (actor) => as(actor).resolves("private-default", { seededBy: "lock" }),
  packument: (actor) => as(actor).reads("@acme/widget", { via: "acme" }),
  tarball: (actor) => as(actor).downloads("@acme/widget", "1.0.0", { via: "acme" }),
};

function resolved(actor: string) {
  return as(actor).resolves("private-default");
}

/** The ways in beside a resolve close as it does. A frozen lockfile that is proven resolves nothing. */
export const closedWayCases: readonly Case[] = Object.entries(WAYS).flatMap(([way, asks]) => [
  ...(way === "frozen" ? [] : Object.entries(DENIALS)).map(([name, fault]) =>
    must(`resolve/closed/${way}-${name}`, {
      title: `A ${way} past the metadata's time is not answered from a copy when its registry says ${name}`,
      cites: ["resolve.closed.upstream-denial", "resolve.scope.every-path"],
      world: "two-teams",
      needs: ["clock"],
      steps: [
        resolved("alice").labelled("lock").concerning(way).isServed(),
        asks("alice").concerning(way).isServed(),
        fault,
        passes({ ms: 301_000 }),
        asks("alice")
          .concerning(way)
          .isRefused({ omits: ["{acme}"] }),
        asks("bob")
          .concerning(way)
          .isRefused({ omits: ["{acme}"] }),
        acme.recovers(),
        asks("bob").concerning(way).isServed(),
      ],
    }),
  ),
  ...Object.entries(OUTAGES).map(([name, fault]) =>
    must(`resolve/closed/${way}-outage-${name}`, {
      title:
        `While a registry is down (${name}) a ${way} serves outsiders nothing, and insiders ` +
        "again afterwards",
      cites: ["resolve.closed.bounded-wait", "resolve.scope.every-path"],
      world: "two-teams",
      needs: ["clock"],
      steps: [
        resolved("alice").labelled("lock").concerning(way).isServed(),
        asks("alice").concerning(way).isServed(),
        fault,
        passes({ ms: 301_000 }),
        // Stale or refused: either is right, in seconds.
        asks("alice").concerning(way),
        asks("mallory")
          .concerning(way)
          .isRefused({ upstream: { acme: 0 } }),
        asks("carol")
          .concerning(way)
          .isRefused({ upstream: { acme: 0 } }),
        acme.recovers(),
        asks("bob").concerning(way).isServed(),
      ],
    }),
  ),
]);
