import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as, operator } from "../steps.ts";

const ABBREVIATED = [["accept", "application/vnd.npm.install-v1+json"]] as const;

/** A private package by an alias's endpoint, and a hosted one: who may, who may not, and where they stand. */
const KINDS: Readonly<Record<string, Place>> = {
  alias: { path: "/~acme/@acme%2Fwidget", plain: "/~acme/@acme/widget", name: "@acme/widget" },
  hosted: { path: "/@corp%2Fhandbook", plain: "/@corp/handbook", name: "@corp/handbook" },
};

interface Place {
  /** With the scope's slash as its code, and plain. */
  readonly path: string;
  readonly plain: string;
  readonly name: string;
}

const GET = "GET";
const PER_CALLER = { "cache-control": "private, no-store", vary: "/authorization/" } as const;

/** What a normal registry does with one package. */
export const packageCases: readonly Case[] = Object.entries(KINDS).flatMap(([kind, place]) => [
  ...written(kind, place),
  ...negotiated(kind, place),
  ...gated(kind, place),
]);

/** A packument comes in both forms, however its name is spelled. */
function written(kind: string, { path, plain, name }: Place): Case[] {
  return [
    must(`npm/packument/${kind}-forms`, {
      title: `A packument (${kind}) comes in both forms, and the short one without its readme`,
      cites: ["resolve.registry.normal"],
      world: "two-teams",
      steps: [
        as("alice")
          .sends({ method: GET, target: path })
          .answers({
            status: 200,
            headers: { "content-type": "/application\\/json/", ...PER_CALLER },
            says: ['"versions"', '"dist-tags"', `"name":"${name}"`, "{self}/"],
            omits: ["{acme}"],
          }),
        as("alice")
          .sends({ method: GET, target: path, headers: ABBREVIATED })
          .answers({
            status: 200,
            headers: { "content-type": "/vnd\\.npm\\.install-v1\\+json/", ...PER_CALLER },
            says: ['"versions"', '"modified"', '"dist"', "{self}/"],
            omits: ['"readme"', "{acme}"],
          }),
      ],
    }),
    must(`npm/packument/${kind}-spellings`, {
      title: `A scoped name (${kind}) is the same with a slash and with its code, for whoever asks`,
      cites: ["resolve.registry.spellings", "resolve.registry.hiding"],
      world: "two-teams",
      steps: [
        as("alice")
          .sends({ method: GET, target: path })
          .labelled("coded")
          .concerning(kind)
          .answers({
            status: 200,
          }),
        as("alice")
          .sends({ method: GET, target: plain })
          .concerning(kind)
          .answers({ status: 200, sameReplyAs: "coded" }),
        as("alice")
          .sends({ method: GET, target: path.replace("%2F", "%2f") })
          .concerning(kind)
          .answers({ status: 200, sameReplyAs: "coded" }),
        as("carol")
          .sends({ method: GET, target: path })
          .labelled("barred")
          .concerning(kind)
          .isRefused({ upstream: { acme: 0 } }),
        as("carol")
          .sends({ method: GET, target: plain })
          .concerning(kind)
          .isRefused({ sameReplyAs: "barred", upstream: { acme: 0 } }),
        as("bob").sends({ method: GET, target: plain }).concerning(kind).answers({ status: 200 }),
      ],
    }),
  ];
}

/** A packument comes as its client can read it and does not have it yet. */
function negotiated(kind: string, { path }: Place): Case[] {
  return [
    must(`npm/packument/${kind}-validators`, {
      title: `A client that has the packument (${kind}) is told so; one that may not have it is refused`,
      cites: ["resolve.registry.normal", "resolve.registry.gated"],
      world: "two-teams",
      steps: [
        as("alice")
          .sends({ method: GET, target: path })
          .labelled("first")
          .answers({ status: 200, headers: { etag: "/./" } }),
        as("alice")
          .sends({ method: GET, target: path, headers: [["if-none-match", "{first-etag}"]] })
          .answers({ status: 304, headers: { etag: "{first-etag}", ...PER_CALLER } }),
        as("bob")
          .sends({ method: GET, target: path, headers: [["if-none-match", '"of-something-else"']] })
          .answers({ status: 200, headers: { etag: "{first-etag}" } }),
        // A validator is no ticket: 304 would say that the package is there, and what it is.
        ...["carol", "mallory", "anonymous"].map((who) =>
          as(who)
            .sends({ method: GET, target: path, headers: [["if-none-match", "{first-etag}"]] })
            .answers({ status: [401, 403, 404], upstream: { acme: 0 } }),
        ),
        as("bob").sends({ method: GET, target: path }).answers({ status: 200 }),
      ],
    }),
    must(`npm/packument/${kind}-gzip`, {
      title: `A client that reads gzip gets gzip (${kind}), and nobody else does`,
      cites: ["resolve.registry.normal"],
      world: "two-teams",
      steps: [
        as("alice")
          .sends({ method: GET, target: path, headers: [["accept-encoding", "gzip"]] })
          .answers({
            status: 200,
            headers: { "content-encoding": "gzip", vary: "/accept-encoding/" },
            omits: ['"versions"'],
          }),
        as("alice")
          .sends({ method: GET, target: path, headers: [["accept-encoding", "identity"]] })
          .answers({ status: 200, says: ['"versions"'] }),
        as("alice")
          .sends({ method: GET, target: path, headers: [["accept-encoding", "gzip;q=0"]] })
          .answers({ status: 200, says: ['"versions"'] }),
      ],
    }),
  ];
}

/** A packument comes to its readers alone, whatever of it is asked for. */
function gated(kind: string, { path, plain }: Place): Case[] {
  return [
    must(`npm/packument/${kind}-head`, {
      title: `HEAD says what GET would (${kind}), without a body, behind the same gate`,
      cites: ["resolve.registry.normal", "resolve.registry.gated"],
      world: "two-teams",
      steps: [
        as("alice").sends({ method: GET, target: path }).labelled("first").answers({ status: 200 }),
        as("alice")
          .sends({ method: "HEAD", target: path })
          .answers({ status: 200, headers: { etag: "{first-etag}", ...PER_CALLER } }),
        as("carol")
          .sends({ method: "HEAD", target: path })
          .answers({ status: [401, 403, 404], upstream: { acme: 0 } }),
        as("bob").sends({ method: "HEAD", target: path }).answers({ status: 200 }),
      ],
    }),
    must(`npm/tarball/${kind}`, {
      title: `A tarball (${kind}) is private as its package is, and only files of its versions are there`,
      cites: ["resolve.registry.normal", "resolve.registry.private-replies"],
      world: "two-teams",
      steps: [
        as("alice")
          .sends({ method: GET, target: fileOf(plain, "1.0.0") })
          .concerning(kind)
          .answers({ status: 200, headers: PER_CALLER }),
        ...["carol", "mallory", "anonymous"].map((who) =>
          as(who)
            .sends({ method: GET, target: fileOf(plain, "1.0.0") })
            .concerning(kind)
            .answers({ status: [401, 403, 404], headers: PER_CALLER, upstream: { acme: 0 } }),
        ),
        as("alice")
          .sends({ method: GET, target: fileOf(plain, "9.9.9") })
          .concerning(kind)
          .answers({ status: 404, headers: PER_CALLER }),
        as("bob")
          .sends({ method: GET, target: fileOf(plain, "1.0.0") })
          .concerning(kind)
          .answers({ status: 200 }),
      ],
    }),
    must(`npm/packument/${kind}-revoked-token`, {
      title: `A revoked token reads nothing any more (${kind}), though it read it a moment ago`,
      cites: ["resolve.registry.accounts", "resolve.wire.bearer"],
      world: "two-teams",
      needs: ["live-changes"],
      steps: [
        as("bob").sends({ method: GET, target: path }).answers({ status: 200 }),
        operator.revokesTokensOf("bob"),
        as("bob")
          .sends({ method: GET, target: path })
          .answers({ status: 401, headers: { "www-authenticate": "/./" }, upstream: { acme: 0 } }),
        as("alice").sends({ method: GET, target: path }).answers({ status: 200 }),
      ],
    }),
  ];
}

function fileOf(plain: string, version: string): string {
  return `${plain}/-/${plain.slice(plain.lastIndexOf("/") + 1)}-${version}.tgz`;
}
