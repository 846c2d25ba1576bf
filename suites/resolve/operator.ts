import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, begins, finishes, operator, passes, upstream } from "../steps.ts";

const validated = { world: "two-teams-validated", needs: ["validation-on-hit"] } as const;
const probing = { world: "two-teams-probing", needs: ["probing"] } as const;

/** What an operator may turn on, and what an operator is told. */
export const operatorCases: readonly Case[] = [
  must("resolve/validation/one-request-before-a-hit", {
    title: "Before a private hit its alias's upstream is asked once, and nobody else is",
    cites: ["resolve.operator.validation"],
    ...validated,
    steps: [
      as("alice").resolves("web").labelled("miss").isServed({ cache: "miss" }),
      as("bob")
        .resolves("web")
        .isServed({ sameAs: "miss", upstream: { acme: 1, npm: 0, globex: 0 } }),
      as("mallory")
        .resolves("web")
        .isRefused({ upstream: { acme: 0 } }),
      as("alice")
        .resolves("web")
        .isServed({ sameAs: "miss", upstream: { acme: 1, npm: 0 } }),
    ],
  }),
  must("resolve/validation/each-alias-for-itself", {
    title: "A hit on two teams' packages is vouched for by both upstreams",
    cites: ["resolve.operator.validation"],
    ...validated,
    steps: [
      as("dave").resolves("both").isServed({ cache: "miss" }),
      as("dave")
        .resolves("both")
        .isServed({ upstream: { acme: 1, globex: 1, npm: 0 } }),
    ],
  }),
  must("resolve/validation/public-hits-ask-nobody", {
    title: "A hit on public or hosted packages alone asks no upstream",
    cites: ["resolve.operator.validation"],
    ...validated,
    steps: [
      as("alice").resolves("public").isServed({ cache: "miss" }),
      as("mallory").resolves("public").isServed({ cache: "hit" }),
      as("alice").resolves("handbook").isServed(),
      as("bob").resolves("handbook").isServed({ cache: "hit" }),
    ],
  }),
  ...[401, 403, 404].map((status) =>
    must(`resolve/validation/denied-with-${status}`, {
      title: `An upstream that answers ${status} before a hit ends the candidate and the request`,
      cites: ["resolve.operator.validation", "resolve.closed.upstream-denial"],
      ...validated,
      steps: [
        as("alice").resolves("web").isServed({ cache: "miss" }),
        upstream("acme").answers(status),
        as("bob")
          .resolves("web")
          .isRefused({ upstream: { acme: { atLeast: 1 } } }),
        upstream("acme").recovers(),
        as("bob")
          .resolves("web")
          .isServed({ cache: "miss", upstream: { acme: { atLeast: 1 } } }),
      ],
    }),
  ),
  must("resolve/validation/down-is-no-refusal", {
    title: "An upstream that is down refuses nobody: the candidate stands in for it",
    cites: ["resolve.operator.validation", "resolve.closed.stale-while-down"],
    ...validated,
    steps: [
      as("alice").resolves("web").labelled("miss").isServed({ cache: "miss" }),
      upstream("acme").resets(),
      as("bob").resolves("web").isServed({ sameAs: "miss" }),
      upstream("acme").answers(503),
      as("bob").resolves("web").isServed({ sameAs: "miss" }),
    ],
  }),
  must("resolve/validation/joined", {
    title: "Hits at the same moment share one question",
    cites: ["resolve.operator.validation"],
    ...validated,
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      upstream("acme").holds(),
      begins(as("alice").resolves("web"), "first"),
      begins(as("bob").resolves("web").isServed(), "second"),
      begins(as("dave").resolves("web").isServed(), "third"),
      upstream("acme").releases(),
      finishes("first", { outcome: "served", upstream: { acme: 1 } }),
      finishes("second"),
      finishes("third"),
    ],
  }),
  must("resolve/validation/revoked-meanwhile", {
    title: "Access that is lost while the upstream is asked is lost for that hit",
    cites: ["resolve.operator.validation", "resolve.gate.alias"],
    world: validated.world,
    needs: [...validated.needs, "live-changes"],
    steps: [
      as("alice").resolves("web").isServed(),
      upstream("acme").holds(),
      begins(as("bob").resolves("web").isRefused(), "asked"),
      operator.revokes("bob", { from: "acme" }),
      upstream("acme").releases(),
      finishes("asked"),
      as("alice").resolves("web").isServed(),
    ],
  }),
  must("resolve/probing/open-registry-becomes-public", {
    title:
      "An undeclared registry that answers anybody is asked once, and then shared with everybody",
    cites: ["resolve.operator.probing"],
    ...probing,
    steps: [
      as("alice")
        .resolves("stray")
        .isServed({ cache: "miss", upstream: { elsewhere: 1 } }),
      as("mallory").resolves("stray").isServed({ cache: "hit" }),
      as("anonymous").resolves("stray").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/probing/one-that-wants-a-login", {
    title:
      "A registry that wants a login is asked once for all its names, and by nobody's credential",
    cites: ["resolve.operator.probing", "resolve.class.no-forwarding"],
    ...probing,
    steps: [
      as("alice").resolves("stray").isServed(),
      as("alice")
        .resolves("gem")
        .butNobodyCan("no alias stands in front of it")
        .isRefused({ upstream: { vault: 1 } }),
      as("bob")
        .resolves("coin")
        .butNobodyCan("no alias stands in front of it")
        .isRefused({ upstream: { vault: 0 } }),
      as("bob").resolves("stray").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/probing/verdicts-expire", {
    title: "A verdict is remembered for a time, and then asked for again",
    cites: ["resolve.operator.probing"],
    world: probing.world,
    needs: [...probing.needs, "clock"],
    steps: [
      as("alice").resolves("stray").isServed(),
      as("alice")
        .resolves("gem")
        .butNobodyCan("no alias stands in front of it")
        .isRefused({ upstream: { vault: 1 } }),
      passes({ ms: 301_000 }),
      as("bob")
        .resolves("gem")
        .butNobodyCan("no alias stands in front of it")
        .isRefused({ upstream: { vault: 1 } }),
      as("bob")
        .resolves("stray")
        .isServed({ cache: "miss", upstream: { elsewhere: { atLeast: 1 } } }),
    ],
  }),
  must("resolve/probing/a-missing-name-is-no-verdict", {
    title: "A name that a registry does not have says nothing about its other names",
    cites: ["resolve.operator.probing"],
    ...probing,
    steps: [
      as("mallory").resolves("nowhere").butNobodyCan("there is no such package").isRefused(),
      as("alice").resolves("stray").isServed({ cache: "miss" }),
      as("mallory").resolves("nowhere").butNobodyCan("there is no such package").isRefused(),
      as("bob").resolves("stray").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/probing/allowed-hosts-alone", {
    title: "A registry that is under no allowed host is asked nothing",
    cites: ["resolve.operator.probing", "resolve.class.unknown-rejected"],
    ...probing,
    steps: [
      as("alice").resolves("stray").isServed(),
      as("alice")
        .resolves("stone")
        .butNobodyCan("its host may not be probed")
        .isRefused({ status: 403, upstream: { faraway: 0 } }),
      as("bob").resolves("stray").isServed(),
    ],
  }),
  must("resolve/probing/denied-later", {
    title:
      "What was public is not served once its registry wants a login, however long it is cached",
    cites: ["resolve.operator.probing", "resolve.closed.upstream-denial"],
    world: probing.world,
    needs: [...probing.needs, "clock"],
    steps: [
      as("alice").resolves("stray").isServed(),
      upstream("elsewhere").answers(401),
      passes({ ms: 301_000 }),
      as("bob").resolves("stray").isRefused(),
      upstream("elsewhere").recovers(),
      passes({ ms: 301_000 }),
      as("bob").resolves("stray").isServed(),
    ],
  }),
  must("resolve/probing/a-verdict-ends-before-its-candidates", {
    title: "A resolution that is kept for longer than the verdict behind it is served no longer",
    cites: ["resolve.operator.probing"],
    world: probing.world,
    needs: [...probing.needs, "clock", "live-changes"],
    steps: [
      operator.sets({ resolutionTtlMs: 3_600_000, metadataTtlMs: 3_600_000 }),
      as("alice").resolves("stray").isServed(),
      as("bob").resolves("stray").isServed({ cache: "hit" }),
      upstream("elsewhere").answers(401),
      passes({ ms: 301_000 }),
      as("bob").resolves("stray").isRefused(),
      upstream("elsewhere").recovers(),
      passes({ ms: 301_000 }),
      as("bob").resolves("stray").isServed(),
    ],
  }),
  must("resolve/revocation/token-revoked-meanwhile", {
    title:
      "A token that is revoked while its request waits for an upstream is good for nothing more",
    cites: ["resolve.wire.bearer", "resolve.operator.reload"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("dave").resolves("engine").concerning("project web").isServed(),
      upstream("acme").holds(),
      begins(as("bob").resolves("web").isRefused(), "waiting"),
      operator.revokesTokensOf("bob"),
      upstream("acme").releases(),
      finishes("waiting"),
      as("alice").resolves("web").isServed(),
    ],
  }),
  must("resolve/operator/metrics-name-nobody", {
    title: "What an operator reads names no package, no caller, no alias and no secret",
    cites: ["resolve.operator.metrics"],
    world: "two-teams",
    needs: ["operator-metrics"],
    steps: [
      as("alice").resolves("web").isServed(),
      as("bob").resolves("web").isServed({ cache: "hit" }),
      as("alice").resolves("payroll").isServed(),
      as("dave").resolves("both").isServed(),
      as("bob").resolves("handbook").isServed(),
      as("mallory").resolves("web").isRefused(),
      as("alice").downloads("@acme/widget", "1.0.0", { via: "acme" }).isServed(),
      upstream("acme").resets(),
      as("alice").resolves("private-default"),
      upstream("acme").recovers(),
      as("bob").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/operator/reload-loses-nobody", {
    title: "A change while requests are under way ends none of them but those that it means",
    cites: ["resolve.operator.reload"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      upstream("npm").holds(),
      begins(as("alice").resolves("web"), "insider"),
      begins(as("mallory").resolves("public").isServed(), "public"),
      operator.revokes("bob", { from: "acme" }),
      upstream("npm").releases(),
      finishes("insider", { outcome: "served" }),
      finishes("public"),
      as("alice").resolves("web").isServed({ cache: "hit" }),
      as("bob").resolves("web").isRefused(),
      as("alice").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
];
