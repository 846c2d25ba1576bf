import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as } from "../steps.ts";

const NOBODY_CAN = "the request is wrong for everybody: only its shape is at stake";
const RESOLVE = { method: "POST", target: "/-/pnpr/v0/resolve" } as const;
const JSON_TYPE = [["content-type", "application/json"]] as const;
const ERROR_BODY = { "content-type": "/^application\\/json/" } as const;

/** What holds of the wire whatever the subject serves: these run first, and against any URL. */
export const wireCases: readonly Case[] = [
  must("resolve/wire/ping", {
    title: "The ping says that the server is ready",
    cites: ["resolve.wire.ping"],
    world: "nothing",
    wireOnly: true,
    steps: [
      as("anonymous")
        .sends({ method: "GET", target: "/-/ping" })
        .answers({ status: 200, json: {} }),
    ],
  }),
  must("resolve/wire/handshake", {
    title: "The handshake names the resolver protocol and needs no login",
    cites: ["resolve.wire.handshake"],
    world: "nothing",
    wireOnly: true,
    steps: [
      as("anonymous")
        .sends({ method: "GET", target: "/-/pnpr" })
        .answers({ status: 200, says: ['"pnpr"', '"resolver"', '"versions"'] }),
    ],
  }),
  ...["metrics", "health"].map((page) =>
    must(`resolve/wire/operators-${page}`, {
      title: `The operator's ${page} are not on the client's port`,
      cites: ["resolve.operator.own-port"],
      world: "nothing",
      wireOnly: true,
      steps: [
        as("anonymous")
          .sends({ method: "GET", target: `/-/${page}` })
          .answers({ status: [401, 403, 404, 405] })
          .butNobodyCan("it is on another port, or nowhere"),
      ],
    }),
  ),
  must("resolve/wire/unknown-token", {
    title: "An unknown bearer token is 401 with a challenge, never anonymous",
    cites: ["resolve.wire.bearer"],
    world: "nothing",
    wireOnly: true,
    steps: [
      as("anonymous")
        .sends({
          ...RESOLVE,
          headers: [...JSON_TYPE, ["authorization", "Bearer not-a-token-of-anybody"]],
          body: '{"projects":[{"dir":"."}]}',
        })
        .answers({
          status: 401,
          headers: { "www-authenticate": "/./", ...ERROR_BODY },
          says: ['"error"'],
        })
        .butNobodyCan("a token that nobody has is nobody's"),
    ],
  }),
  must("resolve/wire/two-authorizations", {
    title: "Two Authorization headers are 400",
    cites: ["resolve.wire.two-authorizations"],
    world: "nothing",
    wireOnly: true,
    needs: ["wire"],
    steps: [
      as("anonymous")
        .sendsRaw([
          "POST /-/pnpr/v0/resolve HTTP/1.1\r\nHost: subject\r\nConnection: close\r\n",
          "Authorization: Bearer one-made-up-token\r\nAuthorization: Bearer another-made-up-token\r\n",
          "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        ])
        .answers({ status: 400 })
        .butNobodyCan(NOBODY_CAN),
    ],
  }),
  ...[
    ["not-json", "A body that is not JSON", "this is not JSON"],
    ["not-an-object", "A body that is JSON but no object", "[1, 2]"],
    ["wrong-type", "A field of the wrong type", '{"projects":"all of them"}'],
    [
      "two-registries",
      "A scope that is routed to two registries",
      '{"projects":[{"dir":"."}],"registries":{"{npm}/a/":{"scopes":["@x"]},"{npm}/b/":{"scopes":["@x"]}}}',
    ],
  ].map(([name = "", what = "", body = ""]) =>
    must(`resolve/wire/${name}`, {
      title: `${what} is 400, with an error that says so`,
      cites: ["resolve.wire.malformed", "resolve.wire.bad-input"],
      world: "nothing",
      needs: ["anonymous-resolve"],
      steps: [
        as("anonymous").resolves("empty").concerning("resolve").isServed(),
        as("anonymous")
          .sends({ ...RESOLVE, headers: JSON_TYPE, body })
          .concerning("resolve")
          .answers({ status: 400, headers: ERROR_BODY, says: ['"error"'] }),
        as("anonymous").resolves("empty").concerning("resolve").isServed(),
      ],
    }),
  ),
  must("resolve/wire/nothing-to-verify", {
    title: "A verification without a lockfile is 400",
    cites: ["resolve.wire.malformed"],
    world: "nothing",
    needs: ["anonymous-resolve"],
    steps: [
      as("anonymous").resolves("empty").labelled("seed").concerning("verify").isServed(),
      as("anonymous")
        .verifies("empty")
        .concerning("verify")
        .answers({ status: 400, headers: ERROR_BODY, says: ['"error"'] }),
      as("anonymous").verifies("empty", { seededBy: "seed" }).concerning("verify").isServed(),
    ],
  }),
  must("resolve/wire/stream", {
    title: "A miss streams package frames and ends in one done frame, every line ended",
    cites: ["resolve.wire.stream"],
    world: "two-teams",
    steps: [
      as("alice")
        .resolves("public")
        .isServed({
          cache: "miss",
          packages: ["debug@4.3.0", "left-pad@1.3.0"],
          says: ['"type":"package"'],
        }),
    ],
  }),
  must("resolve/wire/no-such-package", {
    title: "A package that does not exist is an error frame with a code, and nothing is kept of it",
    cites: ["resolve.wire.error-frame"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public").isServed(),
      as("alice")
        .resolves("public", {
          fields: { projects: [{ dir: ".", dependencies: { "no-such-thing": "1.0.0" } }] },
        })
        .isRefused({ status: 200, says: ['"type":"error"', '"code":"'] }),
      as("alice").resolves("public").isServed({ cache: "hit" }),
    ],
  }),
];
