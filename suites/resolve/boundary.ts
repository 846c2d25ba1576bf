import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as } from "../steps.ts";

const NOWHERE = { npm: 0, acme: 0, elsewhere: 0 } as const;

/** A public registry that would answer, if only the credentials were left out. */
const INSIDE = "http://user:made-up-password@{npm-address}";

/** What is refused at the door, before anything upstream is touched. */
export const boundaryCases: readonly Case[] = [
  ...Object.entries({
    registry: { registry: "http://user:made-up-password@{npm-address}/" },
    registries: {
      registries: { "http://user:made-up-password@{acme-address}/": { scopes: ["@acme"] } },
    },
    dependency: { projects: [{ dir: ".", dependencies: { ms: `${INSIDE}/ms/-/ms-2.1.3.tgz` } }] },
    override: { overrides: { ms: `${INSIDE}/ms/-/ms-2.1.3.tgz` } },
    catalog: { catalogs: { default: { ms: `${INSIDE}/ms/-/ms-2.1.3.tgz` } } },
    lockfile: {
      lockfile: {
        lockfileVersion: "9.0",
        importers: { ".": {} },
        packages: { "ms@2.1.3": { resolution: { tarball: `${INSIDE}/ms/-/ms-2.1.3.tgz` } } },
        snapshots: { "ms@2.1.3": {} },
      },
    },
  }).map(([place, fields]) =>
    must(`resolve/boundary/inline-credentials-in-${place}`, {
      title: `Credentials inside a URL (${place}) are refused before any fetch, and not echoed`,
      cites: [
        "resolve.boundary.inline-credentials",
        "resolve.boundary.user-info",
        "resolve.wire.bad-input",
      ],
      world: "two-teams",
      steps: [
        as("alice").resolves("public").isServed(),
        as("alice")
          .resolves("public", { fields })
          .isRefused({ status: 400, upstream: NOWHERE, omits: ["made-up-password"] }),
        as("alice").resolves("public").isServed({ cache: "hit" }),
      ],
    }),
  ),
  ...[
    ["https", "https://elsewhere.example.test/x.tgz?token=made-up-token"],
    ["git", "git+https://elsewhere.example.test/a/b.git"],
    ["git-to-an-allowed-host", "git+{npm}/a/b.git"],
    ["ssh", "git+ssh://git@elsewhere.example.test/a/b.git"],
    ["scp", "git@elsewhere.example.test:a/b.git"],
    ["shorthand", "github:a/b"],
  ].map(([name = "", spec = ""]) =>
    must(`resolve/boundary/dependency-by-${name}`, {
      title: `A dependency that names a place outside the allowlist (${name}) is refused at the door`,
      cites: ["resolve.boundary.allowlist", "resolve.boundary.transports"],
      world: "two-teams",
      steps: [
        as("alice").resolves("public").isServed(),
        as("alice")
          .resolves("public", { fields: { projects: [{ dir: ".", dependencies: { x: spec } }] } })
          // Where a user's name stands before the host, calling that a credential is right as well.
          .isRefused({
            status: spec.includes("git@") ? [400, 403] : 403,
            upstream: NOWHERE,
            omits: ["made-up-token"],
          }),
        as("alice").resolves("public").isServed({ cache: "hit" }),
      ],
    }),
  ),
  ...[
    ["climbing", "{npm}/ms/../left-pad/-/left-pad-1.3.0.tgz"],
    ["encoded-climbing", "{npm}/ms/%2e%2e/left-pad/-/left-pad-1.3.0.tgz"],
    ["backslash", "{npm}\\@elsewhere.example.test/x.tgz"],
    ["user-info", "http://{npm-address}@elsewhere.example.test/x.tgz"],
  ].map(([name = "", spec = ""]) =>
    must(`resolve/boundary/dependency-by-${name}`, {
      title: `A dependency's URL that is not what it looks like (${name}) is refused before any fetch`,
      cites: ["resolve.boundary.climbing"],
      world: "two-teams",
      steps: [
        as("alice").resolves("public").isServed(),
        as("alice")
          .resolves("public", { fields: { projects: [{ dir: ".", dependencies: { x: spec } }] } })
          .isRefused({ upstream: NOWHERE }),
        as("alice").resolves("public").isServed({ cache: "hit" }),
      ],
    }),
  ),
  must("resolve/boundary/transitive-dependency", {
    title: "A place outside the allowlist is refused when a registry names it, too",
    cites: ["resolve.boundary.transitive"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("sly")
        .isServed({ packages: ["sly@1.0.0"] }),
      as("alice")
        .resolves("sly", { fields: { projects: [{ dir: ".", dependencies: { sly: "2.0.0" } }] } })
        .isRefused({ upstream: { elsewhere: 0 } }),
      as("alice").resolves("sly").isServed({ cache: "hit" }),
    ],
  }),
];
