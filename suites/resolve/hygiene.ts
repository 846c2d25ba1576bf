import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, begins, finishes, operator, upstream } from "../steps.ts";

const NOBODY_CAN = "the request is wrong for everybody: only its shape is at stake";
const RESOLVE = { method: "POST", target: "/-/pnpr/v0/resolve" } as const;
const JSON_TYPE = [["content-type", "application/json"]] as const;
const ERROR_BODY = { "content-type": "/^application\\/json/" } as const;
const ONE = { fields: { projects: [{ dir: ".", dependencies: { "js-tokens": "4.0.0" } }] } };
const GZIP = [["accept-encoding", "gzip"]] as const;

/** Bodies with one thing wrong, that any server can tell without a world. */
const MALFORMED: Readonly<Record<string, string>> = {
  empty: "",
  "half-json": '{"projects":[{"dir":"."',
  "json-string": '"projects"',
  "json-null": "null",
  "two-documents": '{"projects":[{"dir":"."}]}{"projects":[]}',
  "dependencies-as-list": '{"projects":[{"dir":".","dependencies":["ms"]}]}',
  "dependency-as-number": '{"projects":[{"dir":".","dependencies":{"ms":2}}]}',
  "registry-as-object": '{"projects":[{"dir":"."}],"registry":{"url":"{npm}/"}}',
  "registries-as-list": '{"projects":[{"dir":"."}],"registries":["{npm}/"]}',
  "scopes-as-string": '{"projects":[{"dir":"."}],"registries":{"{npm}/":{"scopes":"@x"}}}',
  "overrides-as-list": '{"projects":[{"dir":"."}],"overrides":["ms"]}',
  "lockfile-as-text": '{"projects":[{"dir":"."}],"lockfile":"lockfileVersion: 9.0"}',
  "flag-as-text": '{"projects":[{"dir":"."}],"frozenLockfile":"yes"}',
  "mode-of-no-kind": '{"projects":[{"dir":"."}],"resolutionMode":"newest-first"}',
  "age-as-text": '{"projects":[{"dir":"."}],"minimumReleaseAge":"a day"}',
  "nested-without-end": `{"packageExtensions":${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}}`,
};

/** The wire beyond its main path: what is wrong, what is too much, who is who, and how bytes are sent. */
export const hygieneCases: readonly Case[] = [
  ...Object.entries(MALFORMED).map(([name, body]) =>
    must(`resolve/wire/malformed-${name}`, {
      title: `A body that is wrong (${name.replaceAll("-", " ")}) is 400, and asks nothing upstream`,
      cites: ["resolve.wire.malformed", "resolve.wire.bad-input"],
      world: "nothing",
      needs: ["anonymous-resolve"],
      steps: [
        as("anonymous").resolves("empty").concerning("resolve").isServed(),
        as("anonymous")
          .sends({ ...RESOLVE, headers: JSON_TYPE, body })
          .concerning("resolve")
          .answers({ status: 400, headers: ERROR_BODY, says: ['"error"'], upstream: { npm: 0 } }),
        as("anonymous").resolves("empty").concerning("resolve").isServed(),
      ],
    }),
  ),
  must("resolve/wire/malformed-echoes-no-secret", {
    title: "What is said of a wrong body repeats no credential that stands in it",
    cites: ["resolve.wire.bad-input"],
    world: "nothing",
    needs: ["anonymous-resolve"],
    steps: [
      as("anonymous").resolves("empty").concerning("resolve").isServed(),
      as("anonymous")
        .sends({
          ...RESOLVE,
          headers: JSON_TYPE,
          body: '{"authHeaders":{"{npm}/":"Bearer made-up-secret"},"registry":["made-up-secret"]}',
        })
        .concerning("resolve")
        .answers({ status: 400, headers: ERROR_BODY, omits: ["made-up-secret"] }),
      as("anonymous").resolves("empty").concerning("resolve").isServed(),
    ],
  }),
  ...["GET", "PUT", "DELETE", "PATCH"].map((method) =>
    must(`resolve/wire/method-${method.toLowerCase()}`, {
      title: `${method} is no way to resolve`,
      cites: ["resolve.wire.bad-input"],
      world: "nothing",
      wireOnly: true,
      steps: [
        as("anonymous")
          .sends({ ...RESOLVE, method })
          .answers({ status: [400, 401, 403, 404, 405], headers: ERROR_BODY, says: ['"error"'] })
          .butNobodyCan(NOBODY_CAN),
      ],
    }),
  ),
  ...Object.entries({ resolve: "resolve", verify: "verify-lockfile" }).map(([ask, path]) =>
    must(`resolve/wire/login-before-body-${ask}`, {
      title: `Where a login is required, ${ask} says so before it looks at the body`,
      cites: ["resolve.wire.login-required", "resolve.wire.anonymous"],
      world: "two-teams-login",
      steps: [
        as("alice").resolves("public").concerning(ask).isServed(),
        as("anonymous")
          .sends({
            ...{ method: "POST", target: `/-/pnpr/v0/${path}` },
            ...{ headers: JSON_TYPE, body: "this is not JSON" },
          })
          .concerning(ask)
          .answers({ status: 401, headers: { "www-authenticate": "/./", ...ERROR_BODY } }),
        as("alice").resolves("public").concerning(ask).isServed({ cache: "hit" }),
      ],
    }),
  ),
  must("resolve/wire/login-required", {
    title: "Where a login is required nobody resolves without one, not even from the cache",
    cites: ["resolve.wire.anonymous", "resolve.wire.login-required"],
    world: "two-teams-login",
    steps: [
      as("alice").resolves("public").isServed({ cache: "miss" }),
      as("anonymous")
        .resolves("public")
        .isRefused({ status: 401, upstream: { npm: 0 } }),
      as("mallory").resolves("public").isServed({ cache: "hit" }),
      as("anonymous").sends({ method: "GET", target: "/-/ping" }).answers({ status: 200 }),
      as("anonymous").sends({ method: "GET", target: "/-/pnpr" }).answers({ status: 200 }),
    ],
  }),
  ...Object.entries({
    basic: "Basic bWFkZTp1cA==",
    "made-up-scheme": "Leakproof made-up",
    "lower-case-basic": "basic bWFkZTp1cA==",
  }).map(([name, authorization]) =>
    must(`resolve/wire/other-scheme-${name}`, {
      title: `A credential of another scheme (${name}) makes its sender anonymous, and no more`,
      cites: ["resolve.wire.other-schemes", "resolve.wire.anonymous"],
      world: "two-teams",
      needs: ["anonymous-resolve"],
      steps: [
        as("alice").resolves("web").isServed(),
        as("anonymous")
          .resolves("public", { headers: [["authorization", authorization]] })
          .isServed(),
        as("anonymous")
          .resolves("web", { headers: [["authorization", authorization]] })
          .isRefused({ upstream: { acme: 0 } }),
        as("alice").resolves("web").isServed({ cache: "hit" }),
      ],
    }),
  ),
  ...Object.entries({
    "two-tokens": ["Bearer one-made-up", "Bearer another-made-up"],
    "other-scheme-first": ["Basic bWFkZTp1cA==", "Bearer made-up"],
    "twice-the-same": ["Bearer made-up", "Bearer made-up"],
    "one-empty": ["", "Bearer made-up"],
  }).map(([name, [one = "", other = ""]]) =>
    must(`resolve/wire/two-authorizations-${name}`, {
      title: `Two Authorization headers (${name.replaceAll("-", " ")}) are 400, whatever they say`,
      cites: ["resolve.wire.two-authorizations"],
      world: "nothing",
      wireOnly: true,
      needs: ["wire"],
      steps: [
        as("anonymous")
          .sendsRaw([
            "POST /-/pnpr/v0/resolve HTTP/1.1\r\nHost: subject\r\nConnection: close\r\n",
            `Authorization: ${one}\r\nauthorization: ${other}\r\n`,
            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
          ])
          .answers({ status: 400 })
          .butNobodyCan(NOBODY_CAN),
      ],
    }),
  ),
  ...Object.entries({
    unknown: "Bearer not-a-token-of-anybody",
    empty: "Bearer ",
    "lower-case-scheme": "bearer not-a-token-of-anybody",
    "two-words": "Bearer not a-token",
  }).map(([name, authorization]) =>
    must(`resolve/wire/bad-bearer-${name}`, {
      title: `A Bearer token that is nobody's (${name}) is 401, on what is public and warm as well`,
      cites: ["resolve.wire.bearer", "resolve.wire.login-required"],
      world: "two-teams",
      steps: [
        as("alice").resolves("public").isServed({ cache: "miss" }),
        as("anonymous")
          .resolves("public", { headers: [["authorization", authorization]] })
          .isRefused({ status: 401, upstream: { npm: 0 } }),
        as("mallory").resolves("public").isServed({ cache: "hit" }),
      ],
    }),
  ),
  must("resolve/wire/gzip", {
    title: "A hit that is gzipped is, undone, byte for byte what the miss ended with",
    cites: ["resolve.wire.hit-equals-miss"],
    world: "two-teams",
    steps: [
      as("alice").resolves("web").labelled("miss").isServed({ cache: "miss" }),
      as("bob").resolves("web", { headers: GZIP }).isServed({ cache: "hit", sameAs: "miss" }),
      as("alice")
        .resolves("web", { headers: [["accept-encoding", "gzip;q=0, identity"]] })
        .isServed({ cache: "hit", sameAs: "miss" }),
    ],
  }),
  ...Object.entries({ identity: [], gzip: GZIP }).map(([name, headers]) =>
    must(`resolve/wire/no-header-tells-${name}`, {
      title: `No header tells a hit from a miss (${name})`,
      cites: ["resolve.wire.hit-equals-miss"],
      world: "two-teams",
      steps: [
        as("alice").resolves("web", { headers }).labelled("miss").isServed({ cache: "miss" }),
        as("bob").resolves("web", { headers }).isServed({ cache: "hit", sameHeadAs: "miss" }),
        as("alice").resolves("public", { headers }).isServed({ sameHeadAs: "miss" }),
      ],
    }),
  ),
  must("resolve/wire/too-large", {
    title: "A body over the limit is 413, and the next one within it is served",
    cites: ["resolve.wire.too-large", "resolve.wire.bad-input"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      operator.sets({ bodyLimitBytes: 4_000 }),
      as("alice").resolves("public").isServed(),
      as("alice")
        .resolves("public", { fields: { madeUpPadding: "x".repeat(4_000) } })
        .isRefused({ status: 413, upstream: { npm: 0 } }),
      as("alice").resolves("public").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/wire/too-large-announced", {
    title: "A body that is announced as too large is 413 before it was sent",
    cites: ["resolve.wire.too-large"],
    world: "two-teams",
    // Where a login is required, that it is missing is said before the body is looked at.
    needs: ["wire", "anonymous-resolve"],
    steps: [
      as("anonymous")
        .sendsRaw([
          "POST /-/pnpr/v0/resolve HTTP/1.1\r\nHost: subject\r\nConnection: close\r\n",
          "Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{",
        ])
        .answers({ status: 413 })
        .butNobodyCan(NOBODY_CAN),
    ],
  }),
  must("resolve/wire/too-busy", {
    title: "One caller's crowd is turned away with 429; others are served, and it is in the end",
    cites: ["resolve.wire.too-busy"],
    world: "two-teams",
    needs: ["live-changes"],
    steps: [
      operator.sets({ requestsPerCaller: 2 }),
      as("alice").resolves("public").isServed(),
      upstream("npm").holds(),
      begins(as("mallory").resolves("opened"), "one"),
      begins(as("mallory").resolves("sly"), "other"),
      as("mallory")
        .resolves("public")
        .answers({ status: 429, headers: { "retry-after": "/^\\d+$/", ...ERROR_BODY } }),
      as("alice").resolves("public").isServed({ cache: "hit" }),
      upstream("npm").releases(),
      finishes("one", { outcome: "served" }),
      finishes("other", { outcome: "served" }),
      as("mallory").resolves("public").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/wire/no-matching-version", {
    title: "A range that nothing satisfies is an error frame with a code",
    cites: ["resolve.wire.error-frame"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public").isServed(),
      as("alice")
        .resolves("public", { fields: { overrides: { ms: "99.0.0" } } })
        .isRefused({ status: 200, says: ['"code":"'] }),
      as("alice").resolves("public").isServed({ cache: "hit" }),
    ],
  }),
  ...[401, 403, 500, 503].map((status) =>
    must(`resolve/wire/upstream-error-frame-${status}`, {
      title: `An upstream that answers ${status} on a cold cache is an error frame with a code`,
      cites: ["resolve.wire.error-frame"],
      world: "two-teams",
      steps: [
        as("alice").resolves("logo").concerning("project public").isServed(),
        upstream("npm").answers(status),
        // One package alone: nothing else of this request is on its way when it is answered.
        as("alice")
          .resolves("public", ONE)
          .isRefused({ status: 200, says: ['"type":"error"', '"code":"'] }),
        upstream("npm").recovers(),
        as("alice").resolves("public", ONE).isServed({ cache: "miss" }),
      ],
    }),
  ),
  must("resolve/wire/transforms", {
    title: "Older clients that sent extensions are told that they were applied, on misses and hits",
    cites: ["resolve.wire.transforms"],
    world: "two-teams",
    steps: ["alice", "bob"].map((actor) =>
      as(actor)
        .resolves("public", {
          fields: { packageExtensions: { ms: { dependencies: { "js-tokens": "4.0.0" } } } },
        })
        .answers({ status: 200, headers: { "pnpr-project-transforms": "1" } }),
    ),
  }),
  must("resolve/wire/announced", {
    title: "A server that announces transforms applies them",
    cites: ["resolve.wire.announced"],
    world: "two-teams",
    steps: [
      as("alice")
        .sends({ method: "GET", target: "/-/pnpr" })
        .answers({ status: 200, says: ["projectTransforms"] }),
      as("alice")
        .resolves("public", {
          fields: { packageExtensions: { ms: { dependencies: { "js-tokens": "4.0.0" } } } },
        })
        .isServed({ packages: ["js-tokens@4.0.0"] }),
    ],
  }),
  must("resolve/wire/superset", {
    title: "A miss streams a frame for every package that its lockfile has",
    cites: ["resolve.wire.superset", "resolve.wire.stream"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("web")
        .isServed({
          cache: "miss",
          packages: ["@acme/core@2.0.0", "@acme/widget@1.1.0", "ms@2.1.3"],
          says: ["@acme/core@2.0.0", "@acme/widget@1.1.0", "debug@4.3.0", "ms@2.1.3"].map(
            (id) => `{"type":"package","id":"${id}"`,
          ),
        }),
    ],
  }),
];
