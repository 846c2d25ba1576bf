import { must } from "../case.ts";
import type { Case, ResolveChanges } from "../case.ts";
import { as, operator, upstream } from "../steps.ts";

const ELSEWHERE = { elsewhere: 0, acme: 0, globex: 0 } as const;

/** A project of one dependency, on a package that is published in the case. */
function depends(name: string, version: string): ResolveChanges {
  return { fields: { projects: [{ dir: ".", dependencies: { [name]: version } }] } };
}

const FOREIGN = {
  git: "git+https://elsewhere.example.test/a/b.git",
  ssh: "git+ssh://git@elsewhere.example.test/a/b.git",
  scp: "git@elsewhere.example.test:a/b.git",
  shorthand: "a/b",
  file: "file:/etc",
  link: "link:../..",
  tarball: "{elsewhere}/stray/-/stray-1.0.0.tgz",
} as const;

/** What a registry's own packages lead to while a graph is walked. */
export const walkCases: readonly Case[] = [
  ...Object.entries(FOREIGN).flatMap(([place, specifier]) =>
    (["dependencies", "optionalDependencies"] as const).map((field) =>
      must(`resolve/walk/${place}-in-${field === "dependencies" ? "dependencies" : "optional"}`, {
        title: `A published package's ${field} that name a place (${place}) fail the resolve`,
        cites: ["resolve.boundary.transitive", "resolve.boundary.own-disk"],
        world: "two-teams",
        steps: [
          upstream("npm").publishes("trap", "1.0.0", { dependencies: { ms: "2.1.3" } }),
          upstream("npm").publishes("trap", "2.0.0", { [field]: { stray: specifier } }),
          as("alice").resolves("public", depends("trap", "1.0.0")).isServed(),
          as("alice")
            .resolves("public", depends("trap", "2.0.0"))
            .isRefused({ upstream: ELSEWHERE }),
          as("alice").resolves("public", depends("trap", "1.0.0")).isServed({ cache: "hit" }),
        ],
      }),
    ),
  ),
  must("resolve/walk/private-tarball-of-a-public-package", {
    title:
      "A public package that depends on a private tarball by its URL needs that package's access",
    cites: ["resolve.boundary.direct-tarball", "resolve.footprint.direct-tarball"],
    world: "two-teams",
    steps: [
      upstream("npm").publishes("bridge-by-url", "1.0.0", {
        dependencies: { widget: "{acme}/@acme/widget/-/widget-1.0.0.tgz" },
      }),
      as("alice")
        .resolves("public", depends("bridge-by-url", "1.0.0"))
        .isServed({ says: ["{self}/~acme/@acme/widget/-/widget-1.0.0.tgz"], omits: ["{acme}"] }),
      as("mallory")
        .resolves("public", depends("bridge-by-url", "1.0.0"))
        .isRefused({ upstream: { acme: 0 } }),
      as("bob").resolves("public", depends("bridge-by-url", "1.0.0")).isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/walk/gateway-closes", {
    title: "A sealed URL is fetched only as long as unknown routes are served",
    cites: ["resolve.routing.sealed"],
    world: "two-teams-gateway",
    needs: ["gateway", "live-changes"],
    steps: [
      as("alice").resolves("stray").isServed(),
      operator.sets({ unknownRoutes: "reject" }),
      as("alice")
        .resolves("stray")
        .isRefused({ status: 403, upstream: { elsewhere: 0 } }),
      operator.sets({ unknownRoutes: "anonymous" }),
      as("alice").resolves("stray").isServed(),
    ],
  }),
];
