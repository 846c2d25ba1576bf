import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, operator } from "../steps.ts";

/** Credentials that a client would have the server use, were it to use any of a client's. */
const OWN_HEADERS = {
  // By registry, then by scope, where nothing stands for all of them.
  authHeaders: {
    "{acme}/": { "": "Bearer made-up-by-the-client" },
    "{npm}/": { "": "Bearer made-up-as-well" },
  },
};

/** This server as the only registry of a request. */
const HERE = { registry: "{self}/", registries: {} };

/** Which route a fetch takes, and what that lets a caller do. */
export const classCases: readonly Case[] = [
  must("resolve/class/official-unscoped-is-public", {
    title: "Unscoped official packages hit the shared cache for every logged-in caller",
    cites: ["resolve.class.official-unscoped"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public").isServed({ cache: "miss" }),
      as("mallory").resolves("public").isServed({ cache: "hit" }),
      as("carol").resolves("public").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/class/anonymous-warms-for-the-logged-in", {
    title: "What an anonymous caller warmed, a logged-in one hits, and the reverse",
    cites: ["resolve.class.official-unscoped"],
    world: "two-teams",
    needs: ["anonymous-resolve"],
    steps: [
      as("anonymous").resolves("public").isServed({ cache: "miss" }),
      as("alice").resolves("public").isServed({ cache: "hit" }),
      as("anonymous").resolves("public").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/class/hosted-needs-access", {
    title: "A hosted package needs package access, though the client's registry is this server",
    cites: ["resolve.class.hosted"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("handbook")
        .isServed({ cache: "miss", packages: ["@corp/handbook@1.0.0"] }),
      as("carol").resolves("handbook").isRefused(),
      as("anonymous").resolves("handbook").isRefused(),
      as("bob").resolves("handbook").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/class/hosted-for-the-logged-in", {
    title: "A hosted package for whoever is logged in is not for anonymous callers",
    cites: ["resolve.class.hosted"],
    world: "two-teams",
    steps: [
      as("mallory").resolves("lunch").isServed({ cache: "miss" }),
      as("anonymous").resolves("lunch").isRefused(),
      as("carol").resolves("lunch").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/class/alias-needs-membership", {
    title: "A proxied package needs an authorised alias; an outsider costs no request upstream",
    cites: ["resolve.class.proxied", "resolve.class.refused-before-upstream"],
    world: "two-teams",
    steps: [
      as("alice").resolves("second-web").isServed(),
      as("mallory")
        .resolves("web")
        .isRefused({ upstream: { acme: 0 } }),
      as("carol")
        .resolves("web")
        .isRefused({ upstream: { acme: 0 } }),
      as("anonymous")
        .resolves("web")
        .isRefused({ upstream: { acme: 0 } }),
      as("alice")
        .resolves("web")
        .isServed({ upstream: { acme: 0 } }),
      as("mallory")
        .resolves("web")
        .isRefused({ upstream: { acme: 0 } }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
    ].map((step, at) => (at === 0 ? step.concerning("project web") : step)),
  }),
  must("resolve/class/client-credential-never-forwarded", {
    title: "Credentials that a client sends along are parsed and never used",
    cites: [
      "resolve.class.credential-sent",
      "resolve.class.proxied",
      "resolve.class.no-forwarding",
      "resolve.wire.auth-headers",
    ],
    world: "two-teams",
    steps: [
      // On a cold cache: a registry that is shown this instead of the alias's credential says no.
      as("alice")
        .resolves("web", { fields: OWN_HEADERS })
        .isServed({ cache: "miss", upstream: { acme: { atLeast: 2 } } }),
      as("mallory")
        .resolves("web", { fields: OWN_HEADERS })
        .isRefused({ upstream: { acme: 0 } }),
      as("bob").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/class/per-package-access", {
    title: "Access to one package of an alias is not access to another",
    cites: ["resolve.alias.package-access"],
    world: "two-teams",
    steps: [
      as("alice").resolves("payroll").isServed({ cache: "miss" }),
      as("bob")
        .resolves("payroll")
        .isRefused({ upstream: { acme: 0 } }),
      as("alice").resolves("payroll").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/class/unscoped-can-be-private", {
    title: "An unscoped package of a private registry is as private as a scoped one",
    cites: ["resolve.class.of-the-route", "resolve.class.private-default"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("intranet")
        .isServed({ cache: "miss", packages: ["acme-intranet@1.0.0"] }),
      as("mallory")
        .resolves("intranet")
        .isRefused({ upstream: { npm: 0, acme: 0 } }),
      as("anonymous")
        .resolves("intranet")
        .isRefused({ upstream: { npm: 0, acme: 0 } }),
      as("bob").resolves("intranet").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/class/scoped-can-be-public", {
    title: "A scoped package that was declared public is everybody's",
    cites: [
      "resolve.class.of-the-route",
      "resolve.class.declared-public",
      "resolve.class.operators-add",
    ],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("opened")
        .isServed({ cache: "miss", packages: ["@open/tool@1.0.0", "@open/types@1.0.0"] }),
      as("mallory").resolves("opened").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/class/hosted-for-everybody-is-public", {
    title: "A hosted package that admits everyone is shared like any public one",
    cites: ["resolve.class.hosted-for-all"],
    world: "two-teams",
    needs: ["anonymous-resolve"],
    steps: [
      as("alice")
        .resolves("logo")
        .isServed({ cache: "miss", packages: ["@corp/logo@1.0.0"] }),
      as("mallory").resolves("logo").isServed({ cache: "hit" }),
      as("anonymous").resolves("logo").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/class/hosted-by-default-registry", {
    title: "A hosted package needs access when this server is the request's default registry, too",
    cites: ["resolve.class.hosted", "resolve.class.hosted-places"],
    world: "two-teams",
    steps: [
      as("mallory").resolves("lunch", { fields: HERE }).isServed(),
      as("anonymous").resolves("lunch", { fields: HERE }).isRefused(),
      as("carol").resolves("lunch", { fields: HERE }).isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/alias/fetches-only-what-it-claims", {
    title: "An alias is asked for nothing that it does not claim, whoever asks",
    cites: ["resolve.alias.claims"],
    world: "two-teams",
    steps: [
      as("alice").resolves("private-default").isServed(),
      as("alice")
        .resolves("private-default", {
          fields: { projects: [{ dir: ".", dependencies: { "left-pad": "1.3.0" } }] },
        })
        .isRefused({ upstream: { acme: 0 } }),
      as("alice")
        .reads("left-pad", { via: "acme" })
        .concerning("project private-default")
        .isRefused({ upstream: { acme: 0 } }),
      as("alice").resolves("private-default").isServed(),
    ],
  }),
  must("resolve/class/private-default-registry-is-not-public", {
    title: "A private registry stays private when it is the request's default one",
    cites: ["resolve.class.private-default"],
    world: "two-teams",
    steps: [
      as("alice").resolves("private-default").isServed({ cache: "miss" }),
      as("mallory")
        .resolves("private-default")
        .isRefused({ upstream: { acme: 0 } }),
      as("anonymous")
        .resolves("private-default")
        .isRefused({ upstream: { acme: 0 } }),
      as("bob").resolves("private-default").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/class/unknown-is-rejected", {
    title: "A registry that no rule names is refused at the boundary, with nothing asked of it",
    cites: ["resolve.class.unknown-rejected", "resolve.boundary.allowlist"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public").concerning("registries").isServed(),
      as("alice")
        .resolves("stray")
        .concerning("registries")
        .isRefused({ status: 403, upstream: { elsewhere: 0 } }),
      as("alice").resolves("public").concerning("registries").isServed(),
    ],
  }),
  must("resolve/class/unknown-is-anonymous-and-unshared", {
    title: "Where unknown routes are fetched anonymously, nothing of the result is kept",
    cites: ["resolve.class.unknown-anonymous", "resolve.routing.public", "resolve.routing.sealed"],
    world: "two-teams-gateway",
    needs: ["gateway"],
    steps: [
      as("alice")
        .resolves("stray")
        .isServed({
          cache: "miss",
          upstream: { elsewhere: { atLeast: 1 } },
          says: ["{self}/-/gateway/"],
          omits: ["{elsewhere}"],
        }),
      as("alice")
        .resolves("stray")
        .isServed({ cache: "miss", upstream: { elsewhere: { atLeast: 1 } } }),
      as("bob")
        .resolves("stray")
        .isServed({ cache: "miss", upstream: { elsewhere: { atLeast: 1 } } }),
    ],
  }),
  must("resolve/class/made-private", {
    title:
      "A public route that is declared no more stops matching what was stored while it was public",
    cites: ["resolve.cache.class-change"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      as("alice").resolves("opened").isServed({ cache: "miss" }),
      as("mallory").resolves("opened").isServed({ cache: "hit" }),
      operator.declaresPublic([]),
      as("alice")
        .resolves("opened")
        .isRefused({ upstream: { npm: 0 } }),
      as("mallory")
        .resolves("opened")
        .isRefused({ upstream: { npm: 0 } }),
      operator.declaresPublic([{ upstream: "npm", packages: ["@open/*"] }]),
      as("mallory").resolves("opened").isServed(),
    ],
  }),
];
