import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as } from "../steps.ts";

const NOWHERE = { npm: 0, acme: 0, elsewhere: 0 } as const;

/** What is refused at the door, before anything upstream is touched. */
export const boundaryCases: readonly Case[] = [
  ...[
    ["registry", { registry: "http://user:made-up-password@npm.example.test/" }],
    [
      "registries",
      { registries: { "http://user:made-up-password@npm.example.test/": { scopes: ["@x"] } } },
    ],
    [
      "dependency",
      {
        projects: [
          { dir: "", dependencies: { x: "http://user:made-up-password@npm.example.test/x.tgz" } },
        ],
      },
    ],
    ["override", { overrides: { ms: "http://user:made-up-password@npm.example.test/ms.tgz" } }],
  ].map(([place, fields]) =>
    must(`resolve/boundary/inline-credentials-in-${String(place)}`, {
      title: `Credentials inside a URL (${String(place)}) are refused before any fetch, and not echoed`,
      cites: ["resolve.boundary.inline-credentials", "resolve.wire.bad-input"],
      world: "two-teams",
      steps: [
        as("alice").resolves("public").isServed(),
        as("alice")
          .resolves("public", { fields: fields as object })
          .answers({
            status: 400,
            upstream: NOWHERE,
            says: ['"error"'],
            omits: ["made-up-password"],
          }),
        as("alice").resolves("public").isServed({ cache: "hit" }),
      ],
    }),
  ),
  ...[
    ["https", "https://elsewhere.example.test/x.tgz?token=made-up-token"],
    ["git", "git+https://elsewhere.example.test/a/b.git"],
    ["ssh", "git+ssh://git@elsewhere.example.test/a/b.git"],
    ["scp", "git@elsewhere.example.test:a/b.git"],
    ["shorthand", "github:a/b"],
    ["climbing", "{npm}/../x.tgz"],
    ["encoded-climbing", "{npm}/%2e%2e/x.tgz"],
  ].map(([name = "", spec = ""]) =>
    must(`resolve/boundary/dependency-by-${name}`, {
      title: `A dependency that names a place outside the allowlist (${name}) is refused at the door`,
      cites: ["resolve.boundary.allowlist"],
      world: "two-teams",
      steps: [
        as("alice").resolves("public").isServed(),
        as("alice")
          .resolves("public", { fields: { projects: [{ dir: "", dependencies: { x: spec } }] } })
          .answers({ status: 403, upstream: NOWHERE, says: ['"error"'], omits: ["made-up-token"] }),
        as("alice").resolves("public").isServed({ cache: "hit" }),
      ],
    }),
  ),
];
