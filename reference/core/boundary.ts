import { ownEndpoint } from "./classify.ts";
import type { Policy } from "./policy.ts";
import { refuse } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { textHasCredentials } from "./inline-credentials.ts";
import { liesUnder, normalRegistry, normalUrl } from "./registry-url.ts";
import type { NormalUrl } from "./registry-url.ts";
import { DEPENDENCY_FIELDS } from "./request.ts";
import type { Honoured, LockfileInput } from "./request.ts";

/**
 * What is refused before anything upstream is touched: user info in any URL, registries outside the
 * allowlist, and any URL that a dependency, override, catalog or lockfile would have fetched from elsewhere.
 */
export function checkBoundary(policy: Policy, raw: unknown, honoured: Honoured): Refusal | null {
  if (hasInlineCredentials(raw)) {
    return refuse("inline-credentials", "a URL in the request carries credentials: remove them");
  }
  for (const url of [honoured.registry, ...Object.keys(honoured.registries)]) {
    const refusal = url === undefined ? null : checkRegistry(policy, url);
    if (refusal !== null) return refusal;
  }
  const prefixes = Object.values(honoured.registries).map(({ prefix }) => prefix);
  for (const spec of specifiersOf(honoured)) {
    const refusal = checkSpecifier(policy, spec, prefixes);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** `user:pass@` in any http(s) URL, and a password in a URL of any other transport, in any string or key. */
export function hasInlineCredentials(value: unknown): boolean {
  if (typeof value === "string") return textHasCredentials(value);
  if (Array.isArray(value)) return value.some(hasInlineCredentials);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, inner]) => textHasCredentials(key) || hasInlineCredentials(inner),
  );
}

function checkRegistry(policy: Policy, text: string): Refusal | null {
  const url = normalRegistry(text);
  if (typeof url === "string")
    return refuse("outside-allowlist", `registry ${shown(text)}: ${url}`);
  return isAllowed(policy, url) ? null : outside(`registry ${shown(text)}`);
}

/** Whether any rule could serve from here: checked again, with the package, at every fetch. */
export function isAllowed(policy: Policy, url: NormalUrl): boolean {
  const registry = url.href.endsWith("/") ? url.href : `${url.href}/`;
  if (policy.builtInPublic !== "off" && liesUnder(registry, policy.officialRegistry)) return true;
  if (policy.publicRoutes.some((rule) => liesUnder(registry, rule.registry))) return true;
  if (ownEndpoint(policy, { ...url, href: registry }) !== null) return true;
  if (policy.aliases.some((alias) => liesUnder(registry, alias.registry))) return true;
  if (policy.aliases.some(({ tarballOrigins }) => tarballOrigins.includes(url.origin))) return true;
  if (policy.probeHosts.some((host) => liesUnder(registry, host))) return true;
  return policy.unknownRoutes === "anonymous";
}

/** One dependency specifier: ranges, tags, `npm:` and `workspace:` pass; what names a place is checked. */
function checkSpecifier(
  policy: Policy,
  spec: string,
  prefixes: readonly (string | undefined)[],
): Refusal | null {
  const place = placeIn(spec, prefixes);
  if (place === null) return null;
  if (place.transport === "web") {
    const url = normalUrl(place.text);
    if (typeof url === "string") return refuse("outside-allowlist", `${shown(place.text)}: ${url}`);
    return isAllowed(policy, url) ? null : outside(shown(place.text));
  }
  return outside(shown(place.text));
}

interface Place {
  readonly transport: "web" | "other";
  readonly text: string;
}

/** The place that a specifier names, if it names one. A prefix of the request's leads to its registry. */
function placeIn(spec: string, prefixes: readonly (string | undefined)[]): Place | null {
  // URL parsers do not see tabs and line breaks: a place that is written with them is none of ours.
  const text = spec.trim().replace(/[\t\n\r]/g, "");
  if (text !== spec.trim() && /[:/\\@]/.test(text)) return { transport: "other", text };
  const web = /https?:[\\/]{0,2}\S*/i.exec(text);
  if (web !== null && (web.index === 0 || text[web.index - 1] === "@")) {
    return { transport: "web", text: web[0] };
  }
  if (/^(?:git|ssh|github|gitlab|bitbucket|gist|[a-z]+\+[a-z]+):/i.test(text)) {
    return { transport: "other", text };
  }
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(text)?.[0];
  if (scheme !== undefined) {
    const known = PLACELESS.has(scheme.toLowerCase()) || prefixes.includes(scheme);
    return known ? null : { transport: "other", text };
  }
  if (/^[^/:@\s]+@[^/:@\s]+:/.test(text)) return { transport: "other", text };
  if (/^[^@/\s:]+\/[^/\s:]+(?:#.*)?$/.test(text)) return { transport: "other", text };
  return /^[\\/]{2}/.test(text) || /@(?:git|ssh)[+:]/i.test(text)
    ? { transport: "other", text }
    : null;
}

/** What leads to a registry's package, to the request's own projects, or is declined by the resolver. */
const PLACELESS: ReadonlySet<string> = new Set([
  ...["npm", "workspace", "catalog", "link", "file", "portal", "jsr", "runtime"],
]);

/** Every string of the request that the resolver would read as a dependency specifier or a tarball. */
function* specifiersOf(honoured: Honoured): Generator<string> {
  yield* requestSpecifiers(honoured);
  if (honoured.lockfile !== undefined) yield* lockfileSpecifiers(honoured.lockfile);
}

/** The same without those of the input lockfile. */
export function* requestSpecifiers(honoured: Honoured): Generator<string> {
  for (const project of honoured.projects) {
    for (const field of DEPENDENCY_FIELDS) yield* stringsIn(project[field]);
  }
  yield* stringsIn(honoured.overrides);
  yield* stringsIn(honoured.catalogs);
  yield* stringsIn(honoured.packageExtensions);
}

function* lockfileSpecifiers(lockfile: LockfileInput): Generator<string> {
  yield* stringsIn(lockfile.importers);
  yield* stringsIn(lockfile["overrides"]);
  yield* stringsIn(lockfile["catalogs"]);
  for (const [key, entry] of Object.entries(lockfile.packages ?? {})) {
    const version = key.slice(key.indexOf("@", 1) + 1);
    yield version;
    const { integrity: _digest, ...places } = entry.resolution ?? {};
    yield* stringsIn(places);
  }
  yield* stringsIn(lockfile.snapshots);
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) yield* stringsIn(inner);
  }
}

function outside(what: string): Refusal {
  return refuse("outside-allowlist", `${what} is outside the allowlist`);
}

/** A place as it may be repeated to its sender: without credentials, query and fragment. */
function shown(text: string): string {
  return text
    .replace(/[?#].*$/s, "")
    .replace(/\/\/[^/@]*@/, "//")
    .slice(0, 200);
}
