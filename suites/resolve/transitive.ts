import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, upstream } from "../steps.ts";

/** What a registry may serve as a dependency, each of them a place that no rule leads to. */
const SERVED: Readonly<Record<string, string>> = {
  http: "http://elsewhere.example.test/x.tgz",
  "known-registry": "{elsewhere}/stray/-/stray-1.0.0.tgz",
  credentials: "http://made-up-user:made-up-secret@{npm-address}/ms/-/ms-2.1.3.tgz",
  climbing: "{npm}/ms/%2e%2e/left-pad/-/left-pad-1.3.0.tgz",
  loopback: "http://127.0.0.1/x.tgz",
  metadata: "http://169.254.169.254/latest/meta-data/",
  "git-https": "git+https://elsewhere.example.test/a/b.git",
  "git-ssh": "git+ssh://git@elsewhere.example.test/a/b.git",
  git: "git://elsewhere.example.test/a/b.git",
  scp: "git@elsewhere.example.test:a/b.git",
  github: "github:a/b",
  "owner-and-repository": "a/b",
  file: "file:/etc",
  "relative-file": "file:../../..",
  link: "link:/etc",
  path: "/etc",
};

/** Where a client's dependency may say that it lies on a disk. */
const DISK: Readonly<Record<string, string>> = {
  file: "file:/etc",
  "relative-file": "file:..",
  link: "link:/etc",
  path: "/etc",
  home: "~/",
};

/** What a client may say of its own disk: given back as it came, nothing of this machine's is in it. */
const BESIDE: Readonly<Record<string, string>> = {
  "relative-link": "link:../..",
  "relative-path": "../..",
};

const NOTHING_ELSE = { acme: 0, globex: 0, elsewhere: 0 } as const;

/** What a registry, or a client, would have this server fetch or read: no further than a direct one. */
export const transitiveCases: readonly Case[] = [
  ...Object.entries(SERVED).flatMap(([name, spec]) =>
    (["dependencies", "optionalDependencies"] as const).map((field) =>
      must(`resolve/boundary/served-${name}-in-${field === "dependencies" ? field : "optional"}`, {
        title: `What a registry serves in ${field} (${name}) is fetched from nowhere, and fails the resolve`,
        cites: ["resolve.boundary.transitive", "resolve.boundary.each-fetch"],
        world: "two-teams",
        steps: [
          as("alice")
            .resolves("sly")
            .isServed({ packages: ["sly@1.0.0"] }),
          upstream("npm").publishes("lure", "1.0.0", { [field]: { x: spec } }),
          as("alice")
            .resolves("sly", {
              fields: { projects: [{ dir: ".", dependencies: { lure: "1.0.0" } }] },
            })
            .isRefused({ upstream: NOTHING_ELSE, omits: ["made-up-secret"] }),
          as("alice").resolves("sly").isServed({ cache: "hit" }),
        ],
      }),
    ),
  ),
  ...Object.entries(DISK).map(([name, spec]) =>
    must(`resolve/boundary/disk-${name}`, {
      title: `"${spec}" reads nothing of this machine's disk, wherever a client says it`,
      cites: ["resolve.boundary.own-disk"],
      world: "two-teams",
      steps: [
        as("alice").resolves("public").isServed(),
        ...["dependencies", "devDependencies", "optionalDependencies"].map((field) =>
          as("alice")
            .resolves("public", { fields: { projects: [{ dir: ".", [field]: { x: spec } }] } })
            .isRefused({ upstream: NOTHING_ELSE }),
        ),
        as("alice")
          .resolves("public", { fields: { overrides: { "debug>ms": spec } } })
          .isRefused({ upstream: NOTHING_ELSE }),
        as("alice").resolves("public").isServed({ cache: "hit" }),
      ],
    }),
  ),
  ...Object.entries(BESIDE).map(([name, spec]) =>
    must(`resolve/boundary/disk-${name}`, {
      title: `"${spec}" reads nothing of this machine's disk, wherever a client says it`,
      cites: ["resolve.boundary.own-disk"],
      world: "two-teams",
      steps: [
        as("alice").resolves("public").isServed(),
        ...["dependencies", "devDependencies", "optionalDependencies"].map((field) =>
          as("alice")
            .resolves("public", { fields: { projects: [{ dir: ".", [field]: { x: spec } }] } })
            .answers({
              status: [200, 400, 403],
              saysOneOf: ['"version":"link:../.."', '"error"'],
              upstream: NOTHING_ELSE,
            }),
        ),
        as("alice").resolves("public").isServed({ cache: "hit" }),
      ],
    }),
  ),
  must("resolve/boundary/allowed-places", {
    title:
      "Public routes, an alias's registry and this server's own endpoints are within the boundary",
    cites: ["resolve.boundary.origins"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public").isServed(),
      as("alice").resolves("private-default").isServed(),
      as("alice").resolves("endpoint").isServed(),
      as("alice").resolves("handbook").isServed(),
    ],
  }),
];
