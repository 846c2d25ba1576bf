import { must } from "../case.ts";
import type { Case, Feature, RequestStep, Step } from "../case.ts";
import { as, operator } from "../steps.ts";

/** A class of routes, as one project: who may use it, and what losing access looks like. */
interface Row {
  /** What it is, for titles. */
  readonly what: string;
  readonly project: string;
  readonly insider: string;
  readonly mate: string;
  readonly outsiders: readonly string[];
  /** Who loses what; public routes cannot be lost. */
  readonly lost?: { readonly user: string; readonly from: string };
  readonly cites: readonly string[];
  /** Upstreams that hear nothing of whoever is refused. */
  readonly guarded: readonly string[];
}

const SILENCE = { npm: 0, acme: 0, globex: 0, elsewhere: 0 } as const;

const ROWS: Readonly<Record<string, Row>> = {
  "built-in-public": {
    what: "An unscoped package of the official registry",
    ...{ project: "public", insider: "alice", mate: "mallory", outsiders: [], guarded: [] },
    cites: ["resolve.class.built-in", "resolve.cache.shared-by-all"],
  },
  "declared-public": {
    what: "A scoped package that was declared public",
    ...{ project: "opened", insider: "alice", mate: "mallory", outsiders: [], guarded: [] },
    cites: ["resolve.class.declared-public", "resolve.cache.shared-by-all"],
  },
  "hosted-for-all": {
    what: "A hosted package for everybody",
    ...{ project: "logo", insider: "alice", mate: "mallory", outsiders: [], guarded: [] },
    cites: ["resolve.class.hosted-for-all"],
  },
  "hosted-for-users": {
    what: "A hosted package for whoever is logged in",
    ...{ project: "lunch", insider: "alice", mate: "mallory", guarded: [] },
    outsiders: ["anonymous"],
    cites: ["resolve.class.hosted"],
  },
  "hosted-for-a-team": {
    what: "A hosted package for a team",
    ...{ project: "handbook", insider: "alice", mate: "bob", guarded: [] },
    outsiders: ["carol", "mallory", "anonymous"],
    lost: { user: "bob", from: "acme" },
    cites: ["resolve.class.hosted", "resolve.descriptor.hosted"],
  },
  proxied: {
    what: "A private package whose registry hides it",
    ...{ project: "web", insider: "alice", mate: "bob", guarded: ["acme", "globex"] },
    outsiders: ["carol", "mallory", "anonymous"],
    lost: { user: "bob", from: "acme" },
    cites: ["resolve.class.proxied", "resolve.descriptor.proxied", "resolve.alias.teams"],
  },
  "proxied-by-endpoint": {
    what: "A private package by its alias's endpoint",
    ...{ project: "endpoint", insider: "alice", mate: "bob", guarded: ["acme", "globex"] },
    outsiders: ["carol", "mallory", "anonymous"],
    lost: { user: "bob", from: "acme" },
    cites: ["resolve.class.proxied", "resolve.class.own-base"],
  },
  "proxied-aloud": {
    what: "A private package whose registry refuses aloud",
    ...{ project: "engine", insider: "carol", mate: "dave", guarded: ["acme", "globex"] },
    outsiders: ["alice", "mallory", "anonymous"],
    lost: { user: "dave", from: "globex" },
    cites: ["resolve.class.proxied", "resolve.class.refused-before-upstream"],
  },
  "one-package": {
    what: "A private package with an access list of its own",
    ...{ project: "payroll", insider: "alice", mate: "alice", guarded: ["acme", "globex"] },
    outsiders: ["bob", "dave", "carol", "mallory", "anonymous"],
    cites: ["resolve.alias.package-access", "resolve.descriptor.proxied"],
  },
  "two-teams": {
    what: "A project over two teams' packages",
    ...{ project: "both", insider: "dave", mate: "dave", guarded: ["acme", "globex"] },
    outsiders: ["alice", "carol", "mallory", "anonymous"],
    lost: { user: "dave", from: "globex" },
    cites: ["resolve.gate.every", "resolve.gate.everyone-else"],
  },
};

/** Every class of routes, asked for by everybody who could ask. */
export const accessCases: readonly Case[] = Object.entries(ROWS).flatMap(([name, row]) => [
  rowCase(name, row, "mate", "is served by who may use it as well, from the cache", [
    as(row.insider).resolves(row.project).labelled("miss").isServed({ cache: "miss" }),
    as(row.mate).resolves(row.project).isServed({ cache: "hit", sameAs: "miss" }),
  ]),
  ...row.outsiders.map((outsider) =>
    rowCase(name, row, outsider, `is refused to ${outsider}, cold and warm`, [
      as(row.insider).resolves(row.project).isServed(),
      refused(outsider, row),
      as(row.insider).resolves(row.project).isServed({ cache: "hit" }),
    ]),
  ),
  rowCase(
    name,
    row,
    "revoked-token",
    "is refused to a revoked token, whatever others may",
    [
      as(row.insider).resolves(row.project).isServed(),
      operator.revokesTokensOf("mallory"),
      as("mallory").resolves(row.project).isRefused({ status: 401, upstream: SILENCE }),
      as(row.insider).resolves(row.project).isServed({ cache: "hit" }),
    ],
    ["resolve.wire.bearer"],
  ),
  ...lostCase(name, row),
]);

/** Who was let in a moment ago is not let in now, and is again when it is undone. */
function lostCase(name: string, row: Row): Case[] {
  const { lost, project, insider } = row;
  if (lost === undefined) return [];
  const { user, from } = lost;
  const witness =
    insider === user ? [] : [as(insider).resolves(project).isServed({ cache: "hit" })];
  return [
    rowCase(
      name,
      row,
      "just-revoked",
      "stops matching the moment access is lost, and matches again when it is given back",
      [
        as(insider).resolves(project).isServed(),
        as(user).resolves(project).isServed({ cache: "hit" }),
        operator.revokes(user, { from }),
        refused(user, row),
        ...witness,
        operator.admits(user, { to: from }),
        as(user).resolves(project).isServed(),
      ],
      ["resolve.gate.alias"],
    ),
  ];
}

function refused(who: string, { project, guarded }: Row): RequestStep {
  const upstream = Object.fromEntries(guarded.map((name) => [name, 0]));
  return as(who).resolves(project).isRefused({ upstream });
}

function rowCase(
  row: string,
  { cites, what }: Row,
  who: string,
  comes: string,
  steps: readonly Step[],
  more: readonly string[] = [],
): Case {
  const needs: Feature[] = steps.some((step) => step.do === "change") ? ["live-changes"] : [];
  const id = `resolve/access/${row}-${who}`;
  const title = `${what} ${comes}`;
  return must(id, { title, cites: [...cites, ...more], world: "two-teams", needs, steps });
}
