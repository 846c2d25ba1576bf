import { PARTS } from "./parts.ts";
import { compilePolicy } from "./policy.ts";
import type { Policy, PolicyText } from "./policy.ts";

/** A small policy for the tests of this folder: one team, one alias, two hosted rules. */
export function samplePolicy(changes: Partial<PolicyText> = {}, secret = "a-test-secret"): Policy {
  return compilePolicy(PARTS, { ...TEXT, ...changes }, secret);
}

export function sampleText(): PolicyText {
  return TEXT;
}

export const ACME_ALIAS: PolicyText["aliases"][number] = {
  name: "acme",
  registry: "https://npm.acme.test/private",
  claims: ["@acme/*"],
  access: ["team:acme"],
  packages: { "@acme/vault": ["alice"] },
  generation: 1,
  authorization: "Bearer fake-upstream-credential",
};

const TEXT: PolicyText = {
  publicUrl: "https://self.test",
  officialRegistry: "https://official.test/",
  builtInPublic: "unscoped",
  publicRoutes: [{ registry: "https://mirror.test/", packages: ["@open/*"] }],
  aliases: [ACME_ALIAS],
  hosted: [
    { packages: "@corp/*", access: ["team:acme"], publish: [] },
    { packages: "@corp/open", access: ["$all"], publish: [] },
  ],
  teams: { acme: ["alice", "bob"] },
  anonymous: "allow",
  unknownRoutes: "reject",
  fallback: "none",
};
