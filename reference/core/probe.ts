import { liesUnder } from "./registry-url.ts";
import type { NormalUrl } from "./registry-url.ts";

/** What an undeclared registry's answer to an anonymous request made of one scope of it. */
export type Verdict = "public" | "requires-auth";

/** Verdicts as they stand at this moment, by `probeKey`. */
export type Verdicts = ReadonlyMap<string, Verdict>;

export const NO_VERDICTS: Verdicts = new Map();

/** Under which key the verdict on a name stands; null where its registry may not be probed. */
export function probeKey(
  probeHosts: readonly string[],
  registry: NormalUrl,
  name: string,
): string | null {
  if (!probeHosts.some((host) => liesUnder(registry.href, host))) return null;
  // Names without a scope are a scope of their own. A registry's URL holds no space.
  const scope = name.startsWith("@") ? name.slice(0, name.indexOf("/")) : "";
  return `${registry.href} ${scope}`;
}
