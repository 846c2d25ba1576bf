import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as } from "../steps.ts";

const HANDBOOK = "@corp/handbook";
const TAGS = "/-/package/@corp%2fhandbook/dist-tags";
const JSON_TYPE = [["content-type", "application/json"]] as const;

/** What accounts may do to hosted packages, and with themselves. */
export const publishingCases: readonly Case[] = [
  must("npm/publish/readers-see-it", {
    title: "What is published is there for the package's readers, and for nobody else",
    cites: ["resolve.registry.publish", "resolve.registry.normal"],
    world: "two-teams",
    steps: [
      as("alice").reads(HANDBOOK, { via: "hosted" }).isServed(),
      as("publisher")
        .publishes(HANDBOOK, "1.1.0")
        .answers({ status: [200, 201] }),
      as("alice")
        .reads(HANDBOOK, { via: "hosted" })
        .isServed({ says: ['"1.1.0"'] }),
      as("bob").downloads(HANDBOOK, "1.1.0", { via: "hosted" }).isServed(),
      as("bob")
        .resolves("handbook")
        .isServed({ packages: ["@corp/handbook@1.1.0"] }),
      as("carol").downloads(HANDBOOK, "1.1.0", { via: "hosted" }).isRefused(),
      as("alice").reads(HANDBOOK, { via: "hosted" }).isServed(),
    ],
  }),
  must("npm/publish/wrong-integrity", {
    title: "A publication whose digest is not its tarball's is refused, and nothing of it is kept",
    cites: ["resolve.registry.normal", "resolve.registry.publish"],
    world: "two-teams",
    steps: [
      as("publisher")
        .publishes(HANDBOOK, "1.0.1")
        .answers({ status: [200, 201] }),
      as("publisher")
        .publishes(HANDBOOK, "1.0.2", { integrity: "wrong" })
        .isRefused({ status: 400 }),
      as("alice")
        .reads(HANDBOOK, { via: "hosted" })
        .isServed({ says: ['"1.0.1"'], omits: ['"1.0.2"'] }),
      as("publisher")
        .publishes(HANDBOOK, "1.0.2")
        .answers({ status: [200, 201] }),
    ],
  }),
  must("npm/publish/versions-are-final", {
    title: "A version that is there is not published over",
    cites: ["resolve.registry.publish"],
    world: "two-teams",
    steps: [
      as("publisher")
        .publishes(HANDBOOK, "1.1.0")
        .answers({ status: [200, 201] }),
      as("publisher")
        .publishes(HANDBOOK, "1.0.0")
        .isRefused({ status: [403, 409] }),
      as("publisher")
        .publishes(HANDBOOK, "1.2.0")
        .answers({ status: [200, 201] }),
    ],
  }),
  ...["alice", "carol", "mallory", "anonymous"].map((who) =>
    must(`npm/publish/not-by-${who}`, {
      title: `Nobody publishes but whom the policy names: not ${who}`,
      cites: ["resolve.registry.publish", "resolve.registry.gated"],
      world: "two-teams",
      steps: [
        as("publisher")
          .publishes(HANDBOOK, "1.1.0")
          .answers({ status: [200, 201] }),
        as(who)
          .publishes(HANDBOOK, "6.6.6")
          .isRefused({ status: [401, 403, 404] }),
        as("alice")
          .reads(HANDBOOK, { via: "hosted" })
          .isServed({ omits: ['"6.6.6"'] }),
        as("publisher")
          .publishes(HANDBOOK, "1.2.0")
          .answers({ status: [200, 201] }),
      ],
    }),
  ),
  must("npm/publish/not-to-an-alias", {
    title: "An alias's endpoint is for reading: nothing is published, moved or removed there",
    cites: ["resolve.registry.gated"],
    world: "two-teams",
    steps: [
      as("alice").reads("@acme/widget", { via: "acme" }).concerning("endpoint").isServed(),
      ...["PUT", "DELETE", "POST"].map((method) =>
        as("alice")
          .sends({ method, target: "/~acme/@acme%2Fwidget", headers: JSON_TYPE, body: "{}" })
          .concerning("endpoint")
          .isRefused({ upstream: { acme: 0 } }),
      ),
      as("alice").reads("@acme/widget", { via: "acme" }).concerning("endpoint").isServed(),
    ],
  }),
  must("npm/tags/moved-and-read", {
    title: "Dist-tags are set, read by readers and dropped again by publishers alone",
    cites: ["resolve.registry.normal"],
    world: "two-teams",
    steps: [
      tagged("publisher", "PUT").answers({ status: [200, 201] }),
      as("alice")
        .sends({ method: "GET", target: TAGS })
        .concerning("tags")
        .answers({ status: 200, json: { latest: "1.0.0", beta: "1.0.0" } }),
      tagged("alice", "PUT").isRefused({ status: [403, 404] }),
      tagged("mallory", "DELETE").isRefused({ status: [403, 404] }),
      tagged("anonymous", "DELETE").isRefused({ status: 401 }),
      tagged("publisher", "DELETE").answers({ status: [200, 201, 204] }),
      as("alice")
        .sends({ method: "GET", target: TAGS })
        .concerning("tags")
        .answers({ status: 200, json: { latest: "1.0.0" } }),
    ],
  }),
  must("npm/unpublish/gone-at-once", {
    title: "An unpublished package is gone for everybody at once, its tarball as well",
    cites: ["resolve.registry.publish"],
    world: "two-teams",
    steps: [
      as("publisher")
        .publishes("@corp/lunch", "2.0.0")
        .answers({ status: [200, 201] }),
      as("publisher")
        .sends({ method: "GET", target: "/@corp%2flunch?write=true" })
        .labelled("document")
        .answers({ status: 200 }),
      as("mallory")
        .sends({ method: "DELETE", target: "/@corp%2flunch/-rev/{document-revision}" })
        .concerning("lunch")
        .butNobodyCan("whoever may do it leaves nothing to do it to")
        .isRefused(),
      as("alice").downloads("@corp/lunch", "2.0.0", { via: "hosted" }).isServed(),
      as("publisher")
        .sends({ method: "DELETE", target: "/@corp%2flunch/-rev/{document-revision}" })
        .answers({ status: [200, 201, 204] }),
      as("alice")
        .reads("@corp/lunch", { via: "hosted" })
        .butNobodyCan("the package is gone")
        .isRefused(),
      as("alice")
        .downloads("@corp/lunch", "2.0.0", { via: "hosted" })
        .butNobodyCan("the package is gone")
        .isRefused(),
    ],
  }),
  must("npm/accounts/whoami", {
    title: "A token says whose it is, and nobody is nobody",
    cites: ["resolve.registry.accounts"],
    world: "two-teams",
    steps: [
      as("alice")
        .sends({ method: "GET", target: "/-/whoami" })
        .answers({ status: 200, json: { username: "alice" } }),
      as("anonymous").sends({ method: "GET", target: "/-/whoami" }).answers({ status: 401 }),
      as("bob")
        .sends({ method: "GET", target: "/-/whoami" })
        .answers({ status: 200, json: { username: "bob" } }),
    ],
  }),
  must("npm/accounts/listed-and-revoked", {
    title: "A token is listed without itself, is revoked by its owner alone, and ends at once",
    cites: ["resolve.registry.accounts"],
    world: "two-teams",
    steps: [
      server("bob", "GET", "whoami").answers({ status: 200, json: { username: "bob" } }),
      server("bob", "GET", "npm/v1/tokens")
        .labelled("list")
        .answers({ status: 200, says: ['"key"'] }),
      // Whether there is such a key is no business of another account's.
      server("mallory", "DELETE", "npm/v1/tokens/token/{list-key}").answers({}),
      server("bob", "GET", "whoami").answers({ status: 200 }),
      server("bob", "DELETE", "npm/v1/tokens/token/{list-key}").answers({ status: [200, 204] }),
      server("bob", "GET", "whoami").isRefused({ status: 401 }),
      as("bob")
        .reads("@acme/widget", { via: "acme" })
        .concerning("tokens")
        .isRefused({
          status: 401,
          upstream: { acme: 0 },
        }),
      as("bob").resolves("web").concerning("tokens").isRefused({ status: 401 }),
      server("alice", "GET", "whoami").answers({ status: 200 }),
    ],
  }),
  must("npm/accounts/tokens-are-their-owners", {
    title: "The list of tokens is each account's own, and an anonymous caller has none",
    cites: ["resolve.registry.accounts"],
    world: "two-teams",
    steps: [
      server("bob", "GET", "npm/v1/tokens").labelled("list").answers({ status: 200 }),
      server("mallory", "GET", "npm/v1/tokens").answers({ status: 200, omits: ["{list-key}"] }),
      server("anonymous", "GET", "npm/v1/tokens").isRefused({ status: 401 }),
      server("alice", "GET", "npm/v1/tokens").answers({ status: 200, omits: ["{list-key}"] }),
    ],
  }),
];

function tagged(who: string, method: string) {
  return as(who)
    .sends({ method, target: `${TAGS}/beta`, headers: JSON_TYPE, body: '"1.0.0"' })
    .concerning("tags");
}

function server(who: string, method: string, path: string) {
  return as(who)
    .sends({ method, target: `/-/${path}` })
    .concerning("tokens");
}
