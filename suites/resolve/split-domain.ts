import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, passes, upstream } from "../steps.ts";

/** Registries whose tarballs are on other hosts, and upstreams that lead elsewhere. */
export const splitDomainCases: readonly Case[] = [
  must("resolve/split-domain/class-is-the-registrys", {
    title: "A private package is routed through this server wherever its tarballs are",
    cites: ["resolve.routing.class-of-registry", "resolve.routing.no-secret-out"],
    world: "split-domain",
    steps: [
      as("alice")
        .resolves("pipeline")
        .isServed({
          says: ["{self}/~acme/@acme/pipeline/-/pipeline-1.0.0.tgz"],
          omits: ["{acme}", "{depot}"],
          upstream: { depot: 0 },
        }),
      as("bob")
        .resolves("pipeline")
        .isServed({ cache: "hit", omits: ["{acme}", "{depot}"] }),
      as("bob")
        .reads("@acme/pipeline", { via: "acme" })
        .isServed({ omits: ["{acme}", "{depot}"] }),
    ],
  }),
  must("resolve/split-domain/public-on-another-host", {
    title: "A public tarball keeps its URL on another host, without what is signed in it",
    cites: ["resolve.routing.class-of-registry", "resolve.routing.public-url"],
    world: "split-domain",
    steps: [
      upstream("npm").keepsTarballsAt("{cdn}", { query: "signature=made-up" }),
      as("mallory")
        .resolves("ids")
        .isServed({ says: ["{cdn}/nanoid/-/nanoid-5.1.0.tgz"], omits: ["signature", "made-up"] }),
      as("alice")
        .resolves("ids")
        .isServed({ cache: "hit", omits: ["signature"] }),
    ],
  }),
  must("npm/split-domain/declared-host", {
    title:
      "A tarball is fetched from the host that was declared for it, with the alias's credential",
    cites: ["resolve.alias.own-origins", "resolve.registry.gated"],
    world: "split-domain",
    needs: ["tarball-origins"],
    steps: [
      as("alice")
        .downloads("@acme/pipeline", "1.0.0", { via: "acme" })
        .isServed({ upstream: { depot: 1 } }),
      as("mallory")
        .downloads("@acme/pipeline", "1.0.0", { via: "acme" })
        .isRefused({ upstream: { acme: 0, depot: 0 } }),
      as("bob").downloads("@acme/pipeline", "1.0.0", { via: "acme" }).isServed(),
    ],
  }),
  must("npm/split-domain/signed-query", {
    title: "A signed query goes to the host that asks for it, and to no client",
    cites: ["resolve.routing.no-secret-out", "resolve.registry.gated"],
    world: "split-domain",
    steps: [
      as("alice")
        .resolves("stapler")
        .isServed({ omits: ["signature", "{vault}"] }),
      as("alice")
        .reads("@initech/stapler", { via: "initech" })
        .isServed({ omits: ["signature", "{vault}"] }),
      as("alice")
        .downloads("@initech/stapler", "7.0.0", { via: "initech" })
        .isServed({ upstream: { vault: 1 } }),
    ],
  }),
  must("npm/split-domain/undeclared-host", {
    title: "A host that a packument names and nobody declared is asked nothing",
    cites: ["resolve.alias.own-origins", "resolve.boundary.origins"],
    world: "split-domain",
    steps: [
      as("alice")
        .resolves("relay")
        .isServed({ omits: ["{globex}", "{attic}"] }),
      as("alice")
        .sends({ method: "GET", target: "/~globex/@globex/relay/-/relay-2.0.0.tgz" })
        .butNobodyCan("its tarball is on a host that no rule leads to")
        .answers({ status: [403, 404, 502], omits: ["{attic}"], upstream: { attic: 0 } }),
      as("alice").downloads("@acme/pipeline", "1.0.0", { via: "acme" }).isServed(),
    ],
  }),
  must("npm/split-domain/packument-lends-no-credential", {
    title: "A packument that names another host's tarballs does not send the credential there",
    cites: ["resolve.alias.own-origins"],
    world: "split-domain",
    needs: ["tarball-origins"],
    steps: [
      // The attic answers everybody: whatever is sent there would be heard.
      upstream("acme").keepsTarballsAt("{attic}"),
      as("alice")
        .sends({ method: "GET", target: "/~acme/@acme/pipeline/-/pipeline-1.0.0.tgz" })
        .butNobodyCan("its tarball is on a host that no rule leads to")
        .answers({ status: [403, 404, 502], upstream: { attic: 0 } }),
      as("alice").reads("@acme/pipeline", { via: "acme" }).isServed(),
    ],
  }),
  must("npm/split-domain/credential-stays-at-home", {
    title:
      "A packument that names another allowed host's tarballs does not send the credential there",
    cites: ["resolve.alias.own-origins"],
    world: "split-domain",
    needs: ["clock"],
    steps: [
      as("alice").downloads("@acme/pipeline", "1.0.0", { via: "acme" }).isServed(),
      passes({ ms: 301_000 }),
      upstream("acme").keepsTarballsAt("{cdn}"),
      as("alice")
        .downloads("@acme/pipeline", "1.0.0", { via: "acme" })
        .isRefused({ upstream: { depot: 0, cdn: 1 } }),
      upstream("acme").recovers(),
      passes({ ms: 301_000 }),
      as("alice").downloads("@acme/pipeline", "1.0.0", { via: "acme" }).isServed(),
    ],
  }),
  must("resolve/redirect/no-credential-across-hosts", {
    title: "A packument that is redirected to another registry is asked for without a credential",
    cites: ["resolve.alias.own-origins", "resolve.closed.upstream-denial"],
    world: "split-domain",
    steps: [
      as("alice").resolves("pipeline").isServed(),
      upstream("acme").redirects({ package: "@acme/pipeline" }, { to: "{globex}/" }),
      passes({ ms: 301_000 }),
      as("alice")
        .resolves("pipeline")
        .isRefused({ upstream: { globex: { atLeast: 1 } } }),
      upstream("acme").recovers(),
      as("alice").resolves("pipeline").isServed({ cache: "miss" }),
    ],
    needs: ["clock"],
  }),
  must("npm/redirect/no-credential-at-home-either", {
    title:
      "A tarball that is redirected to the alias's own registry is asked for without a credential",
    cites: ["resolve.alias.own-origins"],
    world: "split-domain",
    needs: ["tarball-origins"],
    steps: [
      as("alice").downloads("@acme/pipeline", "1.0.0", { via: "acme" }).isServed(),
      // acme has it too, for whoever shows the credential.
      upstream("depot").redirects({ kind: "tarball" }, { to: "{acme}/" }),
      as("alice")
        .downloads("@acme/pipeline", "1.0.0", { via: "acme" })
        .isRefused({ upstream: { depot: 1, acme: 1 } }),
      upstream("depot").recovers(),
      as("bob").downloads("@acme/pipeline", "1.0.0", { via: "acme" }).isServed(),
    ],
  }),
  must("npm/redirect/outside-the-allowlist", {
    title: "A redirect to a host that nobody declared is not followed",
    cites: ["resolve.alias.own-origins", "resolve.boundary.origins"],
    world: "split-domain",
    needs: ["tarball-origins"],
    steps: [
      upstream("depot").redirects({ kind: "tarball" }, { to: "{attic}/" }),
      as("alice")
        .sends({ method: "GET", target: "/~acme/@acme/pipeline/-/pipeline-1.0.0.tgz" })
        .concerning("pipeline")
        .butNobodyCan("its tarball is where no rule leads")
        .answers({ status: [403, 404, 502], upstream: { depot: { atLeast: 1 }, attic: 0 } }),
      upstream("depot").recovers(),
      as("alice").downloads("@acme/pipeline", "1.0.0", { via: "acme" }).isServed(),
    ],
  }),
];
