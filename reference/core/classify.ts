import type { Caller } from "./caller.ts";
import type { Descriptor } from "./descriptor.ts";
import { admits } from "./gate.ts";
import { bestMatch, nameMatches, specificity } from "./names.ts";
import { probeKey } from "./probe.ts";
import type { AliasPolicy, HostedPolicy, Policy } from "./policy.ts";
import { refuse } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { liesUnder, normalRegistry } from "./registry-url.ts";
import type { NormalUrl } from "./registry-url.ts";

/** Registry + package + the rules that apply. Privacy is a property of the route, never of the request. */
export type Route =
  | { readonly class: "public"; readonly registry: string; readonly package: string }
  | { readonly class: "hosted"; readonly package: string; readonly policy: HostedPolicy }
  | {
      readonly class: "proxied";
      readonly alias: AliasPolicy;
      readonly package: string;
      readonly descriptor: Descriptor;
    }
  | { readonly class: "unknown"; readonly registry: string; readonly package: string };

/**
 * Which route one fetch takes, and whether this caller may take it. Asked once per fetch, before any
 * request: public, then hosted, then proxied, then unknown. A caller whom the chosen policy does not admit
 * is refused here; it never slides on to the next rule.
 */
export function classify(
  policy: Policy,
  caller: Caller,
  registryText: string,
  name: string,
): Route | Refusal {
  const registry = normalRegistry(registryText);
  if (typeof registry === "string") {
    return refuse("outside-allowlist", `a registry URL that cannot be used (${registry})`);
  }
  if (isPublic(policy, registry, name)) {
    return { class: "public", registry: registry.href, package: name };
  }
  const own = ownEndpoint(policy, registry);
  if (own !== null) {
    return own.alias === null
      ? hostedRoute(policy, caller, name)
      : throughAlias(policy, caller, ownAlias(policy, own.alias, name), name);
  }
  const here = policy.aliases.filter(({ registry: base }) => liesUnder(registry.href, base));
  const alias = bestMatch(here, name, ({ claims }) => claims);
  if (alias !== undefined) return throughAlias(policy, caller, alias, name);
  // At an alias's registry a name that is claimed and one that is not must read alike.
  const isThere = here.length > 0 && policy.unknownRoutes === "reject";
  return isThere ? notAdmitted(name) : undeclared(policy, registry, name);
}

/** What no rule names: what a probe made of it, if one did, and otherwise what the operator's default is. */
function undeclared(policy: Policy, registry: NormalUrl, name: string): Route | Refusal {
  const key = probeKey(policy.probeHosts, registry, name);
  const verdict = key === null ? undefined : policy.probed.get(key);
  if (verdict === "public") return { class: "public", registry: registry.href, package: name };
  if (verdict === undefined && policy.unknownRoutes === "anonymous") {
    return { class: "unknown", registry: registry.href, package: name };
  }
  return refuse("outside-allowlist", `no route serves "${name}" from ${registry.href}`);
}

/** A question that only an undeclared registry itself can answer. */
export interface Probe {
  /** Of its registry and scope. */
  readonly key: string;
  readonly registry: string;
  readonly package: string;
}

/**
 * What has to be asked before a fetch can be classified; null where a rule or a verdict decides it. The
 * registry of an alias is declared, whatever the alias claims there.
 */
export function probeFor(policy: Policy, registryText: string, name: string): Probe | null {
  const registry = normalRegistry(registryText);
  if (typeof registry === "string" || isDeclared(policy, registry, name)) return null;
  const key = probeKey(policy.probeHosts, registry, name);
  if (key === null || policy.probed.has(key)) return null;
  return { key, registry: registry.href, package: name };
}

function isDeclared(policy: Policy, registry: NormalUrl, name: string): boolean {
  if (isPublic(policy, registry, name) || ownEndpoint(policy, registry) !== null) return true;
  return policy.aliases.some(({ registry: base }) => liesUnder(registry.href, base));
}

/** The class that a route would have if it were not refused, for whoever counts refusals. */
export function namedClass(policy: Policy, registryText: string, name: string): Route["class"] {
  const registry = normalRegistry(registryText);
  if (typeof registry === "string") return "unknown";
  if (isPublic(policy, registry, name)) return "public";
  const own = ownEndpoint(policy, registry);
  if (own !== null) return own.alias === null ? "hosted" : "proxied";
  const isThere = policy.aliases.some(({ registry: base }) => liesUnder(registry.href, base));
  return isThere ? "proxied" : "unknown";
}

/** A declared public route wins over everything and suppresses every credential. */
export function isPublic(policy: Policy, registry: NormalUrl, name: string): boolean {
  if (registry.href === policy.officialRegistry) {
    if (policy.builtInPublic === "host") return true;
    if (policy.builtInPublic === "unscoped" && !name.startsWith("@")) return true;
  }
  return policy.publicRoutes.some(
    (rule) =>
      rule.registry === registry.href &&
      (rule.packages?.some((pattern) => nameMatches(pattern, name)) ?? true),
  );
}

/** This server's own base (`alias: null`) or one of its `/~ALIAS/` endpoints; null for anybody else's URL. */
export function ownEndpoint(
  policy: Policy,
  registry: NormalUrl,
): { readonly alias: string | null } | null {
  if (!liesUnder(registry.href, `${policy.publicUrl}/`)) return null;
  const rest = registry.href.slice(policy.publicUrl.length + 1);
  if (rest === "") return { alias: null };
  return { alias: /^~([^/]+)\/$/.exec(rest)?.[1] ?? "" };
}

/** The hosted package, if the caller satisfies its policy. Unclaimed names are nobody's. */
function hostedRoute(policy: Policy, caller: Caller, name: string): Route | Refusal {
  const claimed = bestMatch(policy.hosted, name, ({ pattern }) => [pattern]);
  if (claimed === undefined) {
    return policy.fallback === "public"
      ? { class: "public", registry: policy.officialRegistry, package: name }
      : notAdmitted(name);
  }
  return admits(policy, caller, claimed.access)
    ? { class: "hosted", package: name, policy: claimed }
    : notAdmitted(name);
}

/**
 * The alias of an endpoint, where it may speak for the package: what another alias of the same registry
 * claims more closely is that one's, or naming the wider one would be a way around the narrower one's rules.
 */
function ownAlias(policy: Policy, endpoint: string, name: string): AliasPolicy | undefined {
  const own = policy.aliases.find((alias) => alias.name === endpoint);
  const rivals = policy.aliases.filter(({ registry }) => registry === own?.registry);
  const best = Math.max(...rivals.map(({ claims }) => closeness(claims, name)));
  return own !== undefined && closeness(own.claims, name) === best ? own : undefined;
}

function closeness(claims: readonly string[], name: string): number {
  const fits = claims.filter((claim) => nameMatches(claim, name));
  return Math.max(-1, ...fits.map(specificity));
}

function throughAlias(
  policy: Policy,
  caller: Caller,
  alias: AliasPolicy | undefined,
  name: string,
): Route | Refusal {
  if (!alias?.claims.some((claim) => nameMatches(claim, name))) {
    return notAdmitted(name);
  }
  const refined = alias.packages.get(name);
  if (!admits(policy, caller, refined?.access ?? alias.access)) return notAdmitted(name);
  return {
    class: "proxied",
    alias,
    package: name,
    descriptor: refined?.descriptor ?? alias.descriptor,
  };
}

/** One sentence for "there is none" and "not for you": they must not be told apart. */
function notAdmitted(name: string): Refusal {
  return refuse("not-admitted", `no package "${name}" that this caller may use`);
}
