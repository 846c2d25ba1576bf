import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, begins, finishes, operator, upstream } from "../steps.ts";

type Asked = ReturnType<ReturnType<typeof as>["resolves"]>;

const WIDGET = "@acme/widget";

/** The four ways to one private package. */
const WAYS: Readonly<Record<string, (actor: string) => Asked>> = {
  resolve: (actor) => as(actor).resolves("private-default"),
  verify: (actor) => as(actor).verifies("private-default", { seededBy: "lock" }),
  packument: (actor) => as(actor).reads(WIDGET, { via: "acme" }),
  tarball: (actor) => as(actor).downloads(WIDGET, "1.0.0", { via: "acme" }),
};

const OUTSIDERS = ["mallory", "carol", "anonymous"] as const;

/** Which copies are whose: what one caller filled, another reads only through the same gate. */
export const scopeCases: readonly Case[] = [
  ...Object.entries(WAYS).flatMap(([filling, fills]) =>
    Object.entries(WAYS).map(([reading, reads]) =>
      must(`resolve/scope/${filling}-then-${reading}`, {
        title: `What a ${filling} of an insider left behind is no outsider's by a ${reading}`,
        cites: [
          "resolve.scope.no-reuse",
          "resolve.scope.shared-by-alias",
          ...(filling === "verify" || reading === "verify" ? ["resolve.verify.scope"] : []),
        ],
        world: "two-teams",
        needs: ["live-changes"],
        steps: [
          resolved("alice").labelled("lock").isServed(),
          // Opens a namespace in which nothing was fetched yet.
          operator.rotates("acme"),
          about(fills("alice")).isServed({ upstream: { acme: { atLeast: 1 } } }),
          ...OUTSIDERS.map((who) => about(reads(who)).isRefused({ upstream: { acme: 0 } })),
          about(reads("bob")).isServed(),
          about(fills("dave")).isServed(),
        ],
      }),
    ),
  ),
  ...Object.entries(WAYS).map(([way, asks]) =>
    must(`resolve/scope/outsiders-first-by-${way}`, {
      title: `Outsiders who ask first by a ${way} fill nothing: the insider's own is fetched whole`,
      cites: [
        "resolve.scope.no-reuse",
        "resolve.scope.named",
        ...(way === "verify" ? ["resolve.verify.scope"] : []),
      ],
      world: "two-teams",
      needs: ["live-changes"],
      steps: [
        resolved("alice").labelled("lock").isServed(),
        operator.rotates("acme"),
        ...OUTSIDERS.map((who) => about(asks(who)).isRefused({ upstream: { acme: 0 } })),
        about(asks("alice")).isServed({
          upstream: { acme: { atLeast: 1 } },
          conditional: { acme: 0 },
        }),
        about(asks("bob")).isServed(),
      ],
    }),
  ),
  ...Object.entries(WAYS).map(([way, asks]) =>
    must(`resolve/scope/validators-by-${way}`, {
      title: `No validator of an older namespace is shown by a ${way}, and a 304 opens no copy of it`,
      cites: ["resolve.scope.named", "resolve.alias.rotation"],
      world: "two-teams",
      needs: ["live-changes"],
      steps: [
        resolved("alice").labelled("lock").isServed(),
        about(asks("alice")).isServed(),
        operator.rotates("acme"),
        upstream("acme").answers(304, { package: WIDGET, kind: "packument" }),
        unserved(way, about(asks("bob"))),
        upstream("acme").recovers(),
        about(asks("bob")).isServed({
          upstream: { acme: { atLeast: 1 } },
          conditional: { acme: 0 },
        }),
      ],
    }),
  ),
  ...["resolve", "packument", "tarball"].map((way) =>
    must(`resolve/scope/in-flight-by-${way}`, {
      title: `While an insider's ${way} waits for its upstream, outsiders are refused and wait for nothing`,
      cites: ["resolve.scope.named", "resolve.scope.no-reuse"],
      world: "two-teams",
      steps: [
        about(as("alice").resolves("intranet")).isServed(),
        upstream("acme").holds({ package: WIDGET }),
        begins(about(asking(way, "alice")), "waiting"),
        ...OUTSIDERS.map((who) => about(asking(way, who)).isRefused()),
        begins(about(asking(way, "bob")), "joined"),
        upstream("acme").releases(),
        finishes("waiting", { outcome: "served" }),
        finishes("joined", { outcome: "served" }),
        about(asking(way, "mallory")).isRefused({ upstream: { acme: 0 } }),
        about(asking(way, "dave")).isServed(),
      ],
    }),
  ),
  must("resolve/scope/refined-package-is-a-scope-of-its-own", {
    title: "A package with access of its own is read by nobody through its alias's other packages",
    cites: ["resolve.scope.named", "resolve.alias.package-access"],
    world: "two-teams",
    steps: [
      as("alice").reads("@acme/payroll", { via: "acme" }).isServed(),
      as("bob")
        .reads("@acme/payroll", { via: "acme" })
        .isRefused({ upstream: { acme: 0 } }),
      as("bob").resolves("payroll").concerning("@acme/payroll by acme").isRefused(),
      as("bob").reads(WIDGET, { via: "acme" }).isServed(),
      as("alice").reads("@acme/payroll", { via: "acme" }).isServed(),
    ],
  }),
  must("resolve/scope/made-public-starts-anew", {
    title:
      "A private package that is declared public is fetched without credential, and from no private copy",
    cites: ["resolve.scope.named", "resolve.class.declared-public"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      resolved("alice").isServed(),
      operator.declaresPublic([{ upstream: "acme", packages: [WIDGET] }]),
      // The registry wants a credential, and a public route has none.
      about(as("mallory").resolves("private-default")).isRefused({ conditional: { acme: 0 } }),
      about(as("alice").resolves("private-default")).isRefused({ conditional: { acme: 0 } }),
      operator.declaresPublic([]),
      resolved("alice").isServed(),
    ],
  }),
  must("resolve/scope/public-is-fetched-once", {
    title: "Metadata of public packages is everybody's, by whichever way it came",
    cites: ["resolve.scope.mixed", "resolve.class.official-unscoped"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("web")
        .isServed({ upstream: { npm: { atLeast: 1 } } }),
      as("carol")
        .resolves("engine")
        .isServed({ upstream: { npm: 0 } }),
      as("mallory")
        .resolves("public")
        .isServed({ upstream: { npm: 0 } }),
      as("bob")
        .resolves("handbook")
        .isServed({ upstream: { npm: 0 } }),
    ],
  }),
];

/** A read may say that its upstream makes no sense, as gateways do. */
function unserved(way: string, step: Asked): Asked {
  const conditional = { acme: 0 };
  return way === "resolve" || way === "verify"
    ? step.isRefused({ conditional })
    : step.answers({ status: [401, 403, 404, 502, 503], conditional });
}

function resolved(actor: string): Asked {
  return about(as(actor).resolves("private-default"));
}

function asking(way: string, actor: string): Asked {
  const asks = WAYS[way];
  if (asks === undefined) throw new RangeError(`there is no way "${way}"`);
  return asks(actor);
}

function about(step: Asked): Asked {
  return step.concerning(WIDGET);
}
