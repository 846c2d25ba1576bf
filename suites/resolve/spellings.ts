import { must } from "../case.ts";
import type { Case } from "../case.ts";
import type { ResolveRequest } from "../../fixtures/world.ts";
import { as } from "../steps.ts";

const NOWHERE = { npm: 0, acme: 0, globex: 0, elsewhere: 0 } as const;

/** Where a request can hold a URL or a specifier. Fields that it may leave out are made up around it. */
const PLACES: Readonly<Record<string, (spec: string) => Partial<ResolveRequest>>> = {
  dependencies: (x) => ({ projects: [{ dir: ".", dependencies: { x } }] }),
  "dev-dependencies": (x) => ({ projects: [{ dir: ".", devDependencies: { x } }] }),
  "optional-dependencies": (x) => ({ projects: [{ dir: ".", optionalDependencies: { x } }] }),
  "peer-dependencies": (x) => ({ projects: [{ dir: ".", peerDependencies: { x } }] }),
  "second-project": (x) => ({ projects: [{ dir: "." }, { dir: "b", dependencies: { x } }] }),
  overrides: (x) => ({ overrides: { "debug>ms": x } }),
  catalogs: (x) => ({ catalogs: { default: { x } } }),
  "named-catalogs": (x) => ({ catalogs: { default: {}, old: { x } } }),
  "package-extensions": (x) => ({ packageExtensions: { ms: { dependencies: { x } } } }),
  "package-extensions-peer": (x) => ({ packageExtensions: { ms: { peerDependencies: { x } } } }),
  "lockfile-specifier": (x) => ({
    lockfile: locked({ importer: { specifier: x, version: "1.0.0" } }),
  }),
  "lockfile-version": (x) => ({
    lockfile: locked({ importer: { specifier: "1.0.0", version: x } }),
  }),
  "lockfile-key": (x) => ({ lockfile: locked({ key: `x@${x}` }) }),
  "lockfile-tarball": (tarball) => ({ lockfile: locked({ resolution: { tarball } }) }),
  "lockfile-repository": (repo) => ({
    lockfile: locked({ resolution: { type: "git", repo, commit: "0".repeat(40) } }),
  }),
  "lockfile-snapshot": (x) => ({ lockfile: locked({ dependencies: { ms: x } }) }),
};

/** Those that a registry stands in as well. */
const REGISTRIES: typeof PLACES = {
  registry: (registry) => ({ registry }),
  // One that is in use: what no dependency leads to may as well be passed over.
  registries: (url) => ({
    registries: { [url]: { scopes: ["@x"] } },
    projects: [{ dir: ".", dependencies: { "@x/y": "1.0.0" } }],
  }),
};

interface Locked {
  readonly importer?: object;
  readonly key?: string;
  readonly resolution?: object;
  readonly dependencies?: object;
}

/** A lockfile that is right but for one thing. */
function locked({ importer, key = "x@1.0.0", resolution, dependencies }: Locked): object {
  return {
    lockfileVersion: "9.0",
    importers: {
      ".": { dependencies: { x: importer ?? { specifier: "1.0.0", version: "1.0.0" } } },
    },
    packages: { [key]: { resolution: resolution ?? { integrity: "sha512-bWFkZS11cA==" } } },
    snapshots: { [key]: dependencies === undefined ? {} : { dependencies } },
  };
}

/** Every way to name a place that is not a registry's, each outside every rule. */
const TRANSPORTS: Readonly<Record<string, string>> = {
  http: "http://elsewhere.example.test/x.tgz",
  https: "https://elsewhere.example.test/x-1.0.0.tgz",
  "git-http": "git+http://elsewhere.example.test/a/b.git",
  "git-https": "git+https://elsewhere.example.test/a/b.git#semver:^1.0.0",
  "git-ssh": "git+ssh://elsewhere.example.test/a/b.git",
  "git-file": "git+file:///a/b.git",
  git: "git://elsewhere.example.test/a/b.git",
  ssh: "ssh://elsewhere.example.test/a/b.git",
  scp: "elsewhere.example.test:a/b.git",
  "scp-user": "git@elsewhere.example.test:a/b.git",
  github: "github:a/b",
  gitlab: "gitlab:a/b",
  bitbucket: "bitbucket:a/b",
  gist: "gist:0123456789abcdef",
  "owner-and-repository": "a/b",
  "owner-and-commit": "a/b#0123456",
  ftp: "ftp://elsewhere.example.test/x.tgz",
};

/** One outside every rule, one at a registry that no rule names, one with credentials in it. */
const OUTSIDE = [
  "https://elsewhere.example.test/a/?token=made-up-secret#made-up-fragment",
  "{elsewhere}/x/-/x-1.0.0.tgz",
  "http://made-up-user:made-up-secret@{npm-address}/x/-/x-1.0.0.tgz",
];

/** Where a user's name stands before the host, calling that a credential is right as well. */
const BARRED = [400, 403];

/** URLs that are not what they look like, or lead somewhere that no rule names. */
const SPELLINGS: Readonly<Record<string, string>> = {
  "user-and-password": "http://made-up-user:made-up-secret@{npm-address}/ms/",
  "user-alone": "http://made-up-secret@{npm-address}/ms/",
  "empty-user": "http://:made-up-secret@{npm-address}/ms/",
  "user-is-a-registry": "http://{npm-address}@elsewhere.example.test/ms/",
  "encoded-at": "http://{npm-address}%40elsewhere.example.test/ms/",
  "encoded-user": "http://made-up%2Dsecret:x@{npm-address}/ms/",
  "at-in-a-password": "http://made-up:secret@made-up@{npm-address}/ms/",
  backslashes: "http:\\\\elsewhere.example.test\\ms/",
  "backslash-before-the-at": "{npm}\\@elsewhere.example.test/ms/",
  "backslash-in-the-path": "{npm}/ms\\..\\left-pad/",
  climbing: "{npm}/ms/../left-pad/",
  "climbing-to-the-top": "{npm}/../../etc/passwd/",
  "encoded-climbing": "{npm}/ms/%2e%2e/left-pad/",
  "half-encoded-climbing": "{npm}/ms/.%2E/left-pad/",
  "encoded-slash-climbing": "{npm}/ms/..%2fleft-pad/",
  "encoded-backslash-climbing": "{npm}/ms/..%5cleft-pad/",
  "twice-encoded-climbing": "{npm}/ms/%252e%252e/left-pad/",
  "tab-in-the-scheme": "ht\ttp://elsewhere.example.test/ms/",
  "line-break-in-the-host": "http://else\nwhere.example.test/ms/",
  "space-in-front": " http://elsewhere.example.test/ms/",
  "upper-case": "HTTP://ELSEWHERE.EXAMPLE.TEST/ms/",
  "no-slashes": "http:elsewhere.example.test/ms/",
  "one-slash": "http:/elsewhere.example.test/ms/",
  "three-slashes": "http:///elsewhere.example.test/ms/",
  "scheme-left-out": "//elsewhere.example.test/ms/",
  "other-port": "http://elsewhere.example.test:8080/ms/",
  "other-port-of-an-alias": "http://{acme-address}:8080/",
  "other-scheme-than-the-alias": "https://{acme-address}/",
  "longer-path-than-the-alias": "{acme}-else/",
  "beside-the-alias": "{acme}/../",
  "look-alike-suffix": "http://{npm-address}.elsewhere.example.test/ms/",
  "look-alike-prefix": "http://elsewhere-{npm-address}/ms/",
  "trailing-dot": "http://elsewhere.example.test./ms/",
  "query-and-fragment": "http://elsewhere.example.test/ms/?token=made-up-secret#made-up-secret",
  localhost: "http://localhost/ms/",
  loopback: "http://127.0.0.1/ms/",
  "loopback-as-a-number": "http://2130706433/ms/",
  "loopback-in-hex": "http://0x7f.1/ms/",
  "loopback-of-version-6": "http://[::1]/ms/",
  "mapped-loopback": "http://[::ffff:127.0.0.1]/ms/",
  "metadata-address": "http://169.254.169.254/latest/meta-data/",
  "private-address": "http://10.0.0.1/ms/",
};

/** Every place that can hold a specifier, every transport, every spelling: each pair of a covering set. */
export const spellingCases: readonly Case[] = [
  ...Object.entries(TRANSPORTS).map(([name, spec]) =>
    must(`resolve/boundary/transport-${name}`, {
      title: `A place named by ${name} is refused wherever a request can hold one`,
      cites: ["resolve.boundary.transports", "resolve.boundary.allowlist"],
      world: "two-teams",
      steps: between(
        Object.values(PLACES).map((place) => refusal(place(spec), ["example.test/x.tgz?"])),
      ),
    }),
  ),
  ...Object.entries({ ...PLACES, ...REGISTRIES }).map(([name, place]) =>
    must(`resolve/boundary/place-${name}`, {
      title: `What stands outside the allowlist is refused in ${name}, and not repeated whole`,
      cites: ["resolve.boundary.allowlist", "resolve.wire.bad-input"],
      world: "two-teams",
      steps: between(
        OUTSIDE.map((url) => refusal(place(url), ["made-up-secret", "made-up-fragment"])),
      ),
    }),
  ),
  ...Object.entries(SPELLINGS).map(([name, url]) =>
    must(`resolve/boundary/spelling-${name}`, {
      title: `A URL that is not what it looks like (${name}) is refused as registry and as tarball`,
      cites: ["resolve.boundary.climbing", "resolve.boundary.allowlist"],
      world: "two-teams",
      steps: between(
        [
          ...Object.values(REGISTRIES).map((place) => place(url)),
          ...[PLACES["dependencies"], PLACES["overrides"], PLACES["lockfile-tarball"]].map(
            (place) => place?.(`${url}x-1.0.0.tgz`) ?? {},
          ),
        ].map((fields) => refusal(fields, ["made-up-secret"])),
      ),
    }),
  ),
];

/** Refusals between two admissions; the second of them is a hit, since nothing was spoiled. */
function between(refusals: ReturnType<typeof refusal>[]): Case["steps"] {
  return [
    as("alice").resolves("public").isServed(),
    ...refusals,
    as("alice").resolves("public").isServed({ cache: "hit" }),
  ];
}

function refusal(fields: Partial<ResolveRequest>, omits: readonly string[]) {
  return as("alice")
    .resolves("public", { fields })
    .isRefused({ status: BARRED, upstream: NOWHERE, omits });
}
