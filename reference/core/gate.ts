import type { Caller } from "./caller.ts";
import type { Policy } from "./policy.ts";

/** The condition under which a descriptor may be used, asked anew at every look-up. */
export type Gate =
  | { readonly kind: "alias"; readonly alias: string; readonly package: string | null }
  | { readonly kind: "hosted"; readonly pattern: string };

/** Whether this caller passes the gate under the policy of this moment. */
export function passes(policy: Policy, caller: Caller, gate: Gate): boolean {
  switch (gate.kind) {
    case "alias": {
      const alias = policy.aliases.find((candidate) => candidate.name === gate.alias);
      if (alias === undefined) return false;
      const refined = gate.package === null ? undefined : alias.packages.get(gate.package);
      return admits(policy, caller, refined?.access ?? alias.access);
    }
    case "hosted": {
      const hosted = policy.hosted.find((candidate) => candidate.pattern === gate.pattern);
      return hosted !== undefined && admits(policy, caller, hosted.access);
    }
  }
}

/** Whether an access list (`$all`, `$authenticated`, `team:NAME`, a user's name) lets a caller in. */
export function admits(policy: Policy, caller: Caller, access: readonly string[]): boolean {
  return access.some((who) => {
    if (who === "$all") return true;
    if (caller.user === null) return false;
    if (who === "$authenticated") return true;
    if (who.startsWith("team:")) return policy.teams.get(who.slice(5))?.has(caller.user) ?? false;
    return who === caller.user;
  });
}
