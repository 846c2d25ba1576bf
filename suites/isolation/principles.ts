import { must } from "../case.ts";
import type { Case, ResolveChanges } from "../case.ts";
import { as, operator, upstream } from "../steps.ts";

/** Who sees less of a project and who sees more, and somebody else who sees as much. */
const VIEWS: Readonly<
  Record<string, { project: string; less: string; more: string; mate: string }>
> = {
  "outsider-and-member": { project: "web", less: "mallory", more: "alice", mate: "bob" },
  "nobody-and-somebody": { project: "lunch", less: "anonymous", more: "alice", mate: "mallory" },
  "member-and-one-of-the-list": { project: "payroll", less: "bob", more: "alice", mate: "alice" },
  "one-team-and-both": { project: "both", less: "alice", more: "dave", mate: "dave" },
  "other-team-and-both": { project: "both", less: "carol", more: "dave", mate: "dave" },
  "other-team-and-hosted": { project: "handbook", less: "carol", more: "alice", mate: "bob" },
  "optional-seen-and-not": {
    ...{ project: "optional-private", less: "mallory" },
    ...{ more: "alice", mate: "bob" },
  },
  "through-a-public-package": { project: "bridge", less: "mallory", more: "alice", mate: "bob" },
};

/** Who may resolve which project of `two-teams`: every one of them is played. */
const REPLAYED: Readonly<Record<string, readonly [first: string, second: string]>> = {
  public: ["alice", "mallory"],
  opened: ["mallory", "carol"],
  web: ["alice", "bob"],
  "second-web": ["bob", "dave"],
  endpoint: ["alice", "dave"],
  payroll: ["alice", "alice"],
  engine: ["carol", "dave"],
  both: ["dave", "dave"],
  handbook: ["bob", "alice"],
  lunch: ["mallory", "carol"],
  "optional-private": ["alice", "bob"],
  logo: ["carol", "mallory"],
  bridge: ["dave", "alice"],
  sly: ["mallory", "alice"],
  intranet: ["alice", "bob"],
  "private-default": ["bob", "alice"],
};

/** Places outside every route, as a specifier may name them. */
const OUTSIDE: Readonly<Record<string, string>> = {
  https: "https://elsewhere.example.test/x.tgz",
  "open-registry": "{elsewhere}/stray/-/stray-1.0.0.tgz",
  git: "git+https://elsewhere.example.test/a/b.git",
  "git-plain": "git://elsewhere.example.test/a/b.git",
  ssh: "git+ssh://git@elsewhere.example.test/a/b.git",
  scp: "git@elsewhere.example.test:a/b.git",
  shorthand: "github:somebody/something",
  "bare-shorthand": "somebody/something",
  credentials: "http://user:made-up@{npm-address}/ms/-/ms-2.1.3.tgz",
  climbing: "{npm}/ms/../left-pad/-/left-pad-1.3.0.tgz",
  "raw-private": "{acme}/@acme/widget/-/widget-1.0.0.tgz",
};

/** This machine's own files, as a specifier may name them. */
const LOCAL: Readonly<Record<string, string>> = {
  file: "file:../../../../../../../../etc/passwd",
  "file-absolute": "file:/etc",
  "file-url": "file:///etc/passwd",
  link: "link:../../../../../../../../etc",
  "link-absolute": "link:/etc",
  workspace: "workspace:../../../etc",
  path: "../../../../../../../../etc",
  "absolute-path": "/etc",
  home: "~/",
};

/** What stands in files that every machine has. */
const OF_A_DISK = ["root:x:0", "/bin/"];
const ANSWERED = [200, 400, 403];

/** The rules behind the rules, each over every instance of it that a small world has. */
export const principleCases: readonly Case[] = [
  ...Object.entries(VIEWS).flatMap(([name, { project, less, more, mate }]) => [
    must(`isolation/views/less-first-${name}`, {
      title: `An outcome shaped by what ${less} cannot see (${project}) is never served to ${more}`,
      cites: ["resolve.footprint.refused-view", "resolve.footprint.refused"],
      world: "two-teams",
      steps: [
        as(more).resolves("public").concerning(`project ${project}`).isServed(),
        as(less).resolves(project).isRefused(),
        as(more).resolves(project).isServed({ cache: "miss" }),
        as(less).resolves(project).isRefused(),
        as(mate).resolves(project).isServed({ cache: "hit" }),
      ],
    }),
    must(`isolation/views/more-first-${name}`, {
      title: `An outcome of what ${less} cannot see (${project}) is never served to ${less}`,
      cites: ["resolve.gate.confinement", "resolve.gate.everyone-else"],
      world: "two-teams",
      steps: [
        as(more).resolves(project).labelled("miss").isServed({ cache: "miss" }),
        as(less).resolves(project).labelled("refusal").isRefused(),
        as(mate).resolves(project).isServed({ cache: "hit", sameAs: "miss" }),
        as(less).resolves(project).isRefused({ sameAs: "refusal" }),
        as(more).resolves(project).isServed({ cache: "hit", sameAs: "miss" }),
      ],
    }),
  ]),
  ...Object.entries(REPLAYED).map(([project, [first, second]]) =>
    must(`isolation/replay/${project}`, {
      title: `A hit equals the miss that filled it (${project}), for whoever is served it`,
      cites: ["resolve.wire.hit-equals-miss"],
      world: "two-teams",
      steps: [
        as(first).resolves(project).labelled("miss").isServed({ cache: "miss" }),
        as(second).resolves(project).isServed({ cache: "hit", sameAs: "miss" }),
        as(first).resolves(project).isServed({ cache: "hit", sameAs: "miss" }),
      ],
    }),
  ),
  ...Object.entries(OUTSIDE).map(([name, spec]) =>
    must(`isolation/no-further/${name}`, {
      title: `What the boundary refuses of a request (${name}) it refuses of a registry's document`,
      cites: ["resolve.boundary.transitive", "resolve.boundary.transports"],
      world: "two-teams",
      steps: [
        upstream("npm").publishes("sly", "3.0.0", { dependencies: { x: spec } }),
        upstream("npm").publishes("sly", "4.0.0", { optionalDependencies: { x: spec } }),
        as("mallory").resolves("sly").isServed(),
        ...[{ x: spec }, { sly: "3.0.0" }, { sly: "4.0.0" }].map((dependencies) =>
          as("mallory")
            .resolves("sly", depends(dependencies))
            .isRefused({ upstream: { acme: 0, elsewhere: 0 } }),
        ),
        as("mallory").resolves("sly").isServed({ cache: "hit" }),
      ],
    }),
  ),
  ...Object.entries(LOCAL).flatMap(([name, spec]) => [
    must(`isolation/own-disk/asked-by-a-client-${name}`, {
      title: `A client that names a place on a disk (${name}) is read nothing from the server's`,
      cites: ["resolve.boundary.own-disk"],
      world: "two-teams",
      steps: [
        as("mallory").resolves("sly").isServed(),
        as("mallory")
          .resolves("sly", depends({ x: spec }))
          .answers({ status: ANSWERED, omits: OF_A_DISK }),
        as("mallory")
          .resolves("sly", { fields: { overrides: { ms: spec } } })
          .answers({ status: ANSWERED, omits: OF_A_DISK }),
        as("mallory").resolves("sly").isServed({ cache: "hit" }),
      ],
    }),
    must(`isolation/own-disk/named-by-a-registry-${name}`, {
      title: `A registry that names a place on a disk (${name}) is refused, and nothing is read`,
      cites: ["resolve.boundary.own-disk", "resolve.boundary.transitive"],
      world: "two-teams",
      steps: [
        upstream("npm").publishes("sly", "3.0.0", { dependencies: { x: spec } }),
        as("mallory").resolves("sly").isServed(),
        as("mallory")
          .resolves("sly", depends({ sly: "3.0.0" }))
          .isRefused({ omits: OF_A_DISK }),
        as("mallory").resolves("sly").isServed({ cache: "hit" }),
      ],
    }),
  ]),
  ...verdictCases(),
];

function depends(dependencies: Readonly<Record<string, string>>): ResolveChanges {
  return { fields: { projects: [{ dir: ".", dependencies }] } };
}

/** A verdict is a cached answer like any other: each change that ends a candidate ends it as well. */
function verdictCases(): Case[] {
  const changes = {
    "access-lost": operator.revokes("bob", { from: "acme" }),
    "token-revoked": operator.revokesTokensOf("bob"),
  };
  return Object.entries(changes).map(([name, change]) =>
    must(`isolation/verdicts/${name}`, {
      title: `A verdict that was cached is nothing to whom ${name.replace("-", " ")} concerns`,
      cites: ["resolve.verify.scope", "resolve.footprint.kinds"],
      world: "two-teams",
      needs: ["live-changes"],
      steps: [
        as("alice").resolves("web").labelled("lock").isServed(),
        as("alice").verifies("web", { seededBy: "lock" }).labelled("verdict").isServed(),
        as("bob")
          .verifies("web", { seededBy: "lock" })
          .isServed({ sameAs: "verdict", upstream: { acme: 0, npm: 0 } }),
        change,
        as("bob")
          .verifies("web", { seededBy: "lock" })
          .isRefused({ upstream: { acme: 0 } }),
        as("alice").verifies("web", { seededBy: "lock" }).isServed({ sameAs: "verdict" }),
      ],
    }),
  );
}
