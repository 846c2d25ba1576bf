import type { Requirement } from "../requirements.ts";

/** The rules of the registry surface that cases cite so far. */
export const npmRequirements: readonly Requirement[] = [
  must("resolve.registry.gated", "gated per package before anything upstream is asked."),
  must(
    "resolve.registry.hiding",
    "A caller without access to a private name cannot tell whether it exists: same status, body, headers and upstream traffic either way.",
  ),
  must(
    "resolve.registry.private-replies",
    "Replies that depend on the caller say `Cache-Control: private, no-store` and `Vary: Authorization`.",
  ),
];

function must(id: string, quote: string): Requirement {
  return { id, level: "must", kind: "behaviour", quote, source: "spec/resolve.md, section 8" };
}
