import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as } from "../steps.ts";

/** Real projects with one private package in them: what the cache is for. */
export const realProjectCases: readonly Case[] = ["backend", "front-end", "framework"].map(
  (project) =>
    must(`resolve/real-projects/${project}`, {
      title: `A recorded project (${project}) is resolved once for its team, and costs an outsider nothing`,
      cites: [
        "resolve.scope.shared-by-alias",
        "resolve.wire.hit-equals-miss",
        "resolve.class.proxied",
      ],
      world: project,
      steps: [
        as("alice").resolves(project).labelled("first").isServed({ cache: "miss" }),
        as("bob").resolves(project).isServed({ cache: "hit", sameAs: "first" }),
        as("mallory")
          .resolves(project)
          .isRefused({ upstream: { npm: 0, acme: 0 } }),
        as("mallory")
          .resolves("public")
          .isServed({ upstream: { npm: 0, acme: 0 } }),
        as("bob")
          .resolves("endpoint")
          .isServed({ upstream: { npm: 0, acme: 0 } }),
        as("alice").resolves(project).isServed({ cache: "hit", sameAs: "first" }),
      ],
    }),
);
