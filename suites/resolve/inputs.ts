import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, passes, upstream } from "../steps.ts";

const OLDER = { projects: [{ dir: ".", dependencies: { "left-pad": "1.0.0" } }] };
const NEWER = { projects: [{ dir: ".", dependencies: { "left-pad": "^1.0.0" } }] };

/** What tells one request from another, and what stands in for an upstream that is down. */
export const inputCases: readonly Case[] = [
  must("resolve/cache/lockfiles-tell-requests-apart", {
    title: "A request that brings a lockfile is another than the same without one",
    cites: ["resolve.cache.base-key"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("public", { fields: OLDER })
        .labelled("older")
        .isServed({ packages: ["left-pad@1.0.0"] }),
      as("alice")
        .resolves("public", { fields: NEWER })
        .isServed({ packages: ["left-pad@1.3.0"] }),
      as("alice")
        .resolves("public", { fields: NEWER, seededBy: "older" })
        .isServed({ packages: ["left-pad@1.0.0"] }),
      as("bob")
        .resolves("public", { fields: NEWER })
        .isServed({ packages: ["left-pad@1.3.0"] }),
    ],
  }),
  must("resolve/cache/projects-tell-requests-apart", {
    title: "Another project with the same settings is another request",
    cites: ["resolve.cache.base-key"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("public")
        .isServed({ packages: ["debug@4.3.0"] }),
      as("alice")
        .resolves("opened")
        .isServed({ packages: ["@open/tool@1.0.0"] }),
      as("bob")
        .resolves("public", { fields: OLDER })
        .isServed({ packages: ["left-pad@1.0.0"] }),
    ],
  }),
  must("resolve/cache/registries-tell-requests-apart", {
    title: "The same project without its scope's registry is another request",
    cites: ["resolve.cache.base-key"],
    world: "two-teams",
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      as("alice")
        .resolves("web", { fields: { registries: {} } })
        .isRefused(),
      as("alice").resolves("web").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/wire/second-credential", {
    title: "A second Authorization header is 400, whatever the first one is good for",
    cites: ["resolve.wire.two-authorizations"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public").concerning("resolve").isServed(),
      as("alice")
        .sends({
          method: "POST",
          target: "/-/pnpr/v0/resolve",
          headers: [
            ["content-type", "application/json"],
            ["authorization", "Bearer another-made-up-token"],
          ],
          body: '{"projects":[{"dir":"."}],"registry":"{npm}/"}',
        })
        .concerning("resolve")
        .answers({ status: 400, upstream: { npm: 0, acme: 0 } }),
      as("alice").resolves("public").concerning("resolve").isServed(),
    ],
  }),
  must("resolve/closed/stale-while-down", {
    title:
      "While a private registry is down its metadata is served as it was kept, to its own alone",
    cites: ["resolve.closed.stale-while-down"],
    world: "two-teams",
    steps: [
      as("alice").resolves("web").isServed({ cache: "miss" }),
      passes({ ms: 301_000 }),
      upstream("acme").answers(503),
      as("bob")
        .resolves("web")
        .isServed({ packages: ["@acme/core@2.0.0"] }),
      as("mallory")
        .resolves("web")
        .isRefused({ upstream: { acme: 0 } }),
      as("alice").resolves("web").isServed(),
    ],
  }),
];
