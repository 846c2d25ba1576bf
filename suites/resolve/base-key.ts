import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as } from "../steps.ts";

type Fields = Readonly<Record<string, unknown>>;

const DEPENDENCIES = { debug: "^4.0.0", "left-pad": "^1.0.0" };
const AGED = { minimumReleaseAge: 1440 };

/** One project that depends on what `public` depends on, and differs from it in one thing. */
function project(more: Fields): Fields {
  return { projects: [{ dir: ".", dependencies: DEPENDENCIES, ...more }] };
}

/** What shapes a result, one thing at a time: each makes another request of `public`. */
const SHAPING: Readonly<Record<string, Fields>> = {
  "project-name": project({ name: "other", version: "1.0.0" }),
  "project-dir": project({ dir: "packages/other" }),
  "another-project": {
    projects: [
      { dir: ".", dependencies: DEPENDENCIES },
      { dir: "other", dependencies: { ms: "2.1.3" } },
    ],
  },
  range: project({ dependencies: { ...DEPENDENCIES, "left-pad": "1.0.0" } }),
  "dev-dependencies": project({ devDependencies: { ms: "2.1.3" } }),
  "optional-dependencies": project({ optionalDependencies: { ms: "2.1.3" } }),
  "peer-dependencies": project({ peerDependencies: { ms: "2.1.3" } }),
  "dependency-group": project({ dependencies: {}, devDependencies: DEPENDENCIES }),
  registries: { registries: { "{acme}/": { scopes: ["@acme"] } } },
  overrides: { overrides: { ms: "2.1.3" } },
  catalogs: { catalogs: { default: { ms: "2.1.3" } } },
  "package-extensions": { packageExtensions: { ms: { dependencies: { "js-tokens": "4.0.0" } } } },
  "auto-install-peers": { autoInstallPeers: false },
  "dedupe-peers": { dedupePeers: true },
  "exclude-links": { excludeLinksFromLockfile: true },
  "resolution-mode-lowest": { resolutionMode: "lowest-direct" },
  "resolution-mode-time": { resolutionMode: "time-based" },
  "release-age": AGED,
  "release-age-exclude": { ...AGED, minimumReleaseAgeExclude: ["ms"] },
  "release-age-missing-time": { ...AGED, minimumReleaseAgeIgnoreMissingTime: false },
  "trust-policy": { trustPolicy: "no-downgrade" },
  "trust-policy-exclude": { trustPolicy: "no-downgrade", trustPolicyExclude: ["ms"] },
  "trust-policy-ignore-after": { trustPolicy: "no-downgrade", trustPolicyIgnoreAfter: 1440 },
  "trust-lockfile": { trustLockfile: true },
};

/** What shapes no result: other words for the very request. */
const NEUTRAL: Readonly<Record<string, Fields>> = {
  nulls: {
    ...{ registries: null, overrides: null, catalogs: null, packageExtensions: null },
    ...{ lockfile: null, resolutionMode: null, autoInstallPeers: null, minimumReleaseAge: null },
    ...{ minimumReleaseAgeExclude: null, trustPolicy: null, patchedDependencies: null },
  },
  "unknown-fields": { madeUpField: { deep: [1, 2, 3] }, aSettingOfTomorrow: true },
  "auth-headers": { authHeaders: { "{npm}/": { "": "Bearer made-up-by-the-client" } } },
  "accepted-formats": { acceptedLockfileFormats: ["pnpm-lock/9.0", "made-up/1.0"] },
  "dependency-order": project({ dependencies: { "left-pad": "^1.0.0", debug: "^4.0.0" } }),
  "no-projects-list": { projects: null, dependencies: DEPENDENCIES },
};

/** A setting that some servers do not honour: they may decline it, but not pass over it. */
const SELDOM: Readonly<Record<string, Fields>> = {
  addMissingPeerTypes: { addMissingPeerTypes: true },
  projectScopedOptionalPeers: { projectScopedOptionalPeers: true },
};

/** What makes two requests one, and what does not. */
export const baseKeyCases: readonly Case[] = [
  ...Object.entries(SHAPING).map(([name, fields]) =>
    must(`resolve/base-key/shaping-${name}`, {
      title: `What shapes a result (${name}) makes another request of it, for every caller alike`,
      cites: ["resolve.cache.inputs"],
      world: "two-teams",
      steps: [
        as("alice").resolves("public").labelled("plain").isServed({ cache: "miss" }),
        as("alice").resolves("public", { fields }).labelled("other").isServed({ cache: "miss" }),
        as("bob").resolves("public", { fields }).isServed({ cache: "hit", sameAs: "other" }),
        as("mallory").resolves("public").isServed({ cache: "hit", sameAs: "plain" }),
      ],
    }),
  ),
  ...Object.entries(NEUTRAL).map(([name, fields]) =>
    must(`resolve/base-key/neutral-${name}`, {
      title: `What shapes no result (${name}) makes no other request`,
      cites: ["resolve.cache.base-key", "resolve.wire.fields", "resolve.wire.one-project"],
      world: "two-teams",
      steps: [
        as("alice").resolves("public").labelled("plain").isServed({ cache: "miss" }),
        as("bob").resolves("public", { fields }).isServed({ cache: "hit", sameAs: "plain" }),
        as("mallory").resolves("public").isServed({ cache: "hit", sameAs: "plain" }),
      ],
    }),
  ),
  ...Object.entries(SELDOM).map(([name, fields]) =>
    must(`resolve/base-key/honoured-or-declined-${kebab(name)}`, {
      title: `${name} is honoured and said to be, or declined so that a client resolves locally`,
      cites: ["resolve.wire.declined"],
      world: "two-teams",
      steps: [
        as("alice").resolves("public").isServed({ cache: "miss" }),
        as("alice")
          .resolves("public", { fields })
          .answers({
            status: 200,
            saysOneOf: ["ERR_PNPR_UNSUPPORTED_REQUEST_FIELD", `"${name}":true`],
          }),
        as("alice").resolves("public").isServed({ cache: "hit" }),
      ],
    }),
  ),
  must("resolve/base-key/honoured-or-declined-patches", {
    title: "Patches are honoured, or declined so that a client resolves locally",
    cites: ["resolve.wire.declined", "resolve.wire.transforms"],
    world: "two-teams",
    steps: [
      as("alice").resolves("public").isServed({ cache: "miss" }),
      as("alice")
        .resolves("public", {
          // The digest of the patch, as clients send it.
          fields: { patchedDependencies: { "ms@2.1.3": "0".repeat(64) } },
        })
        .answers({
          status: 200,
          saysOneOf: ["ERR_PNPR_UNSUPPORTED_REQUEST_FIELD", '"patchedDependencies"'],
        }),
      as("alice").resolves("public").isServed({ cache: "hit" }),
    ],
  }),
  must("resolve/base-key/shaping-input-lockfile", {
    title: "An input lockfile makes another request, and one that takes part in the cache",
    cites: ["resolve.cache.inputs", "resolve.cache.frozen-first"],
    world: "two-teams",
    steps: [
      as("alice").resolves("web").labelled("plain").isServed({ cache: "miss" }),
      as("dave").resolves("both", { seededBy: "plain" }).labelled("seeded").isServed(),
      as("dave")
        .resolves("both", { seededBy: "plain" })
        .isServed({ cache: "hit", sameAs: "seeded" }),
      as("dave").resolves("both").isServed({ cache: "miss" }),
    ],
  }),
];

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
