import { rulesFrom, structureFrom } from "../requirement.ts";

/** The rules of the registry surface. */
export const npmRequirements = [
  ...rulesFrom("spec/resolve.md, section 1", {
    "resolve.registry.accounts": "as npm clients expect; a revoked token is refused at once",
    "resolve.registry.spellings": "scoped names come as `@scope/name` and as `@scope%2Fname`",
    "resolve.registry.publish": "publish to a hosted registry, as npm and pnpm do it",
  }),
  ...rulesFrom("spec/resolve.md, section 8", {
    "resolve.registry.gated": "gated per package before anything upstream is asked.",
    "resolve.registry.private-replies":
      "Replies that depend on the caller say `Cache-Control: private, no-store` and `Vary: " +
      "Authorization`.",
    "resolve.registry.hiding":
      "A caller without access to a private name cannot tell whether it exists: same " +
      "status, body, headers and upstream traffic either way.",
    "resolve.registry.normal":
      "`/~ALIAS/` and hosted packages behave as a normal npm registry (full and abbreviated " +
      "packuments, ETag and conditional requests, gzip, tarballs by stream, dist-tags, publish " +
      "with integrity checked)",
  }),
  ...structureFrom("spec/resolve.md, section 1", {
    "resolve.registry.login": '201 with `{"ok","id","token"}`; registration can be closed',
  }),
  ...structureFrom("spec/resolve.md, section 8", {
    "resolve.registry.unchanged": "npm, pnpm and yarn install from it unchanged.",
  }),
];
