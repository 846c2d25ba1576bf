import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as } from "../steps.ts";

/** Several projects in one request, and what else shapes its result. */
export const workspaceCases: readonly Case[] = [
  must("resolve/workspace/links-and-catalogs", {
    title: "A workspace resolves as a whole: its projects are linked, its catalogs are looked up",
    cites: ["resolve.wire.fields", "resolve.wire.hit-equals-miss"],
    world: "workspace",
    steps: [
      as("mallory")
        .resolves("open")
        .labelled("first")
        .isServed({
          cache: "miss",
          packages: ["commander@9.5.0", "commander@12.1.0", "semver@7.6.3", "which@2.0.2"],
          says: ['"version":"link:../core"'],
        }),
      as("alice").resolves("open").isServed({ cache: "hit", sameAs: "first" }),
    ],
  }),
  must("resolve/workspace/one-private-project", {
    title: "One project with a private dependency makes the whole workspace's resolution private",
    cites: ["resolve.footprint.every-fetch", "resolve.gate.confinement"],
    world: "workspace",
    steps: [
      as("alice")
        .resolves("whole")
        .isServed({ cache: "miss", packages: ["@acme/secrets@1.1.0"] }),
      as("bob").resolves("whole").isServed({ cache: "hit" }),
      as("mallory")
        .resolves("whole")
        .isRefused({ upstream: { acme: 0 } }),
      as("mallory").resolves("open").isServed(),
      as("alice").resolves("whole").isServed({ cache: "hit" }),
    ],
  }),
  ...Object.entries({
    catalogs: {
      fields: {
        catalogs: {
          default: { commander: "12.0.0", semver: "7.5.0" },
          legacy: { commander: "^9.0.0" },
        },
      },
      packages: ["commander@12.0.0", "semver@7.5.0"],
    },
    overrides: {
      fields: { overrides: { which: "2.0.1" } },
      packages: ["which@2.0.1"],
    },
    packageExtensions: {
      fields: { packageExtensions: { "isexe@2": { dependencies: { semver: "7.5.0" } } } },
      packages: ["semver@7.5.0", "semver@7.6.3"],
    },
  }).map(([field, { fields, packages }]) =>
    must(`resolve/workspace/told-apart-by-${field.toLowerCase()}`, {
      title: `Requests that differ in ${field} alone have a resolution each`,
      cites: ["resolve.cache.inputs"],
      world: "workspace",
      steps: [
        as("alice").resolves("open").labelled("plain").isServed({ cache: "miss" }),
        as("alice").resolves("open", { fields }).isServed({ cache: "miss", packages }),
        as("bob").resolves("open", { fields }).isServed({ cache: "hit", packages }),
        as("bob").resolves("open").isServed({ cache: "hit", sameAs: "plain" }),
      ],
    }),
  ),
  ...Object.entries({
    "overridden-in-private": "@acme/which@2.0.9",
    "extended-in-private": "@acme/secrets@1.0.0",
  }).map(([project, id]) =>
    must(`resolve/workspace/${project}`, {
      title: `What an override or an extension brings in is gated like any dependency (${project})`,
      cites: ["resolve.footprint.every-fetch", "resolve.class.proxied"],
      world: "workspace",
      steps: [
        as("alice")
          .resolves(project)
          .isServed({ cache: "miss", packages: [id] }),
        as("mallory")
          .resolves(project)
          .isRefused({ upstream: { acme: 0 } }),
        as("anonymous")
          .resolves(project)
          .isRefused({ upstream: { acme: 0 } }),
        as("bob").resolves(project).isServed({ cache: "hit" }),
      ],
    }),
  ),
];
