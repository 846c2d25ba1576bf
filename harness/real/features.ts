/** A small project that needs one thing of a resolver, made of recorded packages. */
export interface Feature {
  readonly name: string;
  /** File to content; `{npm}` and `{self}` are places. */
  readonly files: Readonly<Record<string, string>>;
  /** Lines of pnpm-workspace.yaml. */
  readonly workspace?: string;
  /** What the first install had in place of `files`; its lockfile is where the second one begins. */
  readonly before?: Readonly<Record<string, string>>;
  /** What becomes of that first lockfile. */
  readonly breaks?: (lockfile: string) => string;
  readonly flags?: readonly string[];
}

/** All that are served. `now` is in milliseconds since the epoch. */
export function served(now: number): readonly Feature[] {
  const aged: Feature = {
    name: "a minimum age of releases",
    files: manifest({ dependencies: { ...web, ...logging, qs: "^6.0.0" } }),
    workspace: `minimumReleaseAge: ${minutesSince(SOME_DAY, now)}
minimumReleaseAgeExclude: [qs]
`,
  };
  return [...PLAIN, aged];
}

/** What the server cannot know or does not do, so that it declines and the client resolves by itself. */
export function declined(now: number): readonly Feature[] {
  const young: Feature = {
    name: "a release that is too young, where only the client knows whether it minds",
    files: manifest({ dependencies: { qs: "6.16.1" } }),
    workspace: `minimumReleaseAge: ${minutesSince(SOME_DAY, now)}
minimumReleaseAgeStrict: false
`,
  };
  return [...UNKNOWN, young];
}

/** Some releases of the recording are younger than this, and stay it. */
const SOME_DAY = Date.parse("2026-09-26T00:00:00Z");

function minutesSince(day: number, now: number): number {
  return Math.floor((now - day) / 60_000);
}

type Fields = Readonly<Record<string, unknown>>;

const manifest = (fields: Fields): Readonly<Record<string, string>> => ({
  "package.json": JSON.stringify({ name: "feature", version: "1.0.0", ...fields }),
});

const member = (name: string, fields: Fields): Readonly<Record<string, string>> => ({
  [`packages/${name}/package.json`]: JSON.stringify({ name, version: "1.0.0", ...fields }),
});

const logging = { pino: "^9.0.0", "pino-http": "^10.4.0", debug: "^4.3.0" };
const web = { express: "^5.0.0", cors: "^2.8.0", debug: "^4.3.0" };
const members = "packages:\n  - packages/*\n";

const PLAIN: readonly Feature[] = [
  {
    name: "peers of many kinds",
    files: manifest({
      dependencies: {
        "@apollo/server": "^5.0.0",
        "@as-integrations/express5": "^1.1.0",
        "@graphql-tools/schema": "^10.0.0",
        "chai-as-promised": "^8.0.0",
        express: "^5.1.0",
        graphql: "^16.11.0",
      },
    }),
  },
  {
    name: "peers that nobody brings, not installed",
    files: manifest({ dependencies: { "chai-as-promised": "^8.0.0", "pg-pool": "^3.0.0" } }),
    workspace: "autoInstallPeers: false\n",
  },
  {
    name: "the same peer in two versions",
    files: {
      ...manifest({}),
      ...member("one", {
        dependencies: { graphql: "16.13.0", "@graphql-tools/schema": "^10.0.0" },
      }),
      ...member("two", { dependencies: { graphql: "17.0.2", "@graphql-tools/schema": "^10.0.0" } }),
    },
    workspace: members,
  },
  {
    name: "peers deduplicated",
    files: manifest({
      dependencies: {
        graphql: "^16.11.0",
        "@graphql-tools/schema": "^10.0.0",
        "@apollo/server": "5",
      },
    }),
    workspace: "dedupePeers: true\n",
  },
  {
    name: "optional dependencies",
    files: manifest({
      dependencies: { pg: "^8.13.0", mocha: "^10.8.0" },
      devDependencies: { oxlint: "^1.20.0" },
      optionalDependencies: { fsevents: "^2.3.0", debug: "^4.3.0" },
    }),
  },
  {
    name: "aliases",
    files: manifest({
      dependencies: { gql: "npm:graphql@^16.11.0", logger: "npm:pino@~10.2.0", pino: "^9.0.0" },
    }),
  },
  {
    name: "overrides",
    files: manifest({ dependencies: { ...web, ...logging } }),
    workspace:
      "overrides:\n  debug: 4.3.7\n  express>cookie: 0.7.2\n  'qs@6': 6.14.2\n  vary: '-'\n",
  },
  {
    name: "catalogs",
    files: {
      ...manifest({ dependencies: { express: "catalog:" } }),
      ...member("one", { dependencies: { express: "catalog:", pino: "catalog:next" } }),
    },
    workspace: `${members}catalog:\n  express: ~5.1.0\ncatalogs:\n  next:\n    pino: ~10.2.0\n`,
  },
  {
    name: "package extensions",
    files: manifest({ dependencies: web }),
    workspace: `packageExtensions:
  express:
    dependencies: { once: ^1.4.0 }
  cors@2:
    peerDependencies: { debug: "*" }
    peerDependenciesMeta: { debug: { optional: true } }
`,
  },
  {
    name: "a workspace and a link",
    files: {
      ...manifest({ dependencies: { one: "workspace:*", debug: "^4.3.0" } }),
      ...member("one", { dependencies: { two: "workspace:^", pino: "^9.0.0" } }),
      ...member("two", { devDependencies: { three: "link:../three", chai: "^5.0.0" } }),
      ...member("three", {}),
    },
    workspace: members,
  },
  {
    name: "links left out of the lockfile",
    files: {
      ...manifest({ dependencies: { one: "link:./packages/one", debug: "^4.3.0" } }),
      ...member("one", { dependencies: { chai: "^5.0.0" } }),
    },
    workspace: `${members}excludeLinksFromLockfile: true\n`,
  },
  {
    name: "a lockfile with one range changed",
    before: manifest({ dependencies: { ...web, pino: "~10.2.0", "pino-http": "^10.4.0" } }),
    files: manifest({ dependencies: { ...web, pino: "~10.3.0", "pino-http": "^10.4.0" } }),
  },
  {
    name: "a lockfile with one dependency less and one more",
    before: manifest({ dependencies: { ...web, knex: "^3.1.0" } }),
    files: manifest({ dependencies: { cors: "^2.8.0", debug: "^4.3.0", pg: "^8.13.0" } }),
  },
  {
    name: "a broken lockfile, fixed",
    before: manifest({ dependencies: logging }),
    files: manifest({ dependencies: logging }),
    breaks: (lockfile) =>
      lockfile.replace(/^ {2}(?:ms|sonic-boom)@[^\n]*:\n(?: {4}[^\n]*\n)+\n/gm, ""),
    flags: ["--fix-lockfile"],
  },
  {
    name: "the lowest direct versions",
    files: manifest({
      dependencies: { cors: "^2.8.0", express: "^5.1.0", knex: "^3.1.0", pino: "^9.14.0" },
    }),
    workspace: "resolutionMode: lowest-direct\n",
  },
  {
    name: "versions of one time",
    files: manifest({ dependencies: { express: "^5.2.0", pino: "^9.14.0" } }),
    workspace: "resolutionMode: time-based\n",
  },
];

const PATCH = `diff --git a/index.js b/index.js
index 1111111..2222222 100644
--- a/index.js
+++ b/index.js
@@ -1 +1 @@
-module.exports = "debug@4.4.3";
+module.exports = "patched";
`;

const UNKNOWN: readonly Feature[] = [
  {
    name: "a patch",
    files: { ...manifest({ dependencies: { debug: "4.4.3" } }), "patches/debug.patch": PATCH },
    workspace: "patchedDependencies:\n  debug@4.4.3: patches/debug.patch\n",
  },
  {
    name: "a link to what is no project",
    files: {
      ...manifest({ dependencies: { near: "link:./near", debug: "^4.3.0" } }),
      "near/package.json": JSON.stringify({ name: "near", version: "1.0.0" }),
    },
  },
];
