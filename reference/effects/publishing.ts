import type { Caller } from "../core/caller.ts";
import { narrowed, published, removed, tagged } from "../core/hosting.ts";
import type { HostedChange } from "../core/hosting.ts";
import { bestMatch } from "../core/names.ts";
import { readPublication } from "../core/publication.ts";
import { isRefusal, refuse } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import type { HostedPackument } from "../ports.ts";
import type { Running } from "../running.ts";

/**
 * Whether a caller may change a hosted package, asked before any of the body is read. Whoever may not read
 * the name hears what is heard of a name that nobody claims.
 */
export function mayWrite(running: Running, caller: Caller, name: string): Refusal | null {
  const { parts, rules } = running;
  if (caller.user === null) return refuse("login-required", "log in to publish");
  const rule = bestMatch(rules.policy.hosted, name, ({ pattern }) => [pattern]);
  if (rule === undefined) return refuse("not-found", "not found");
  if (parts.admits(rules.policy, caller, rule.publish)) return null;
  return parts.admits(rules.policy, caller, rule.access)
    ? refuse("read-only", "you may read this package, and not change it")
    : refuse("not-admitted", "not found");
}

/** `npm publish` and `npm deprecate`: versions are added, or say otherwise of themselves. */
export async function publish(
  running: Running,
  name: string,
  body: unknown,
): Promise<object | Refusal> {
  const publication = readPublication(name, body);
  if (isRefusal(publication)) return publication;
  return carryOut(running, name, (before, now) => published(before, publication, now));
}

/** `npm unpublish NAME@VERSION`, first part: the versions that shall remain, at the revision it had read. */
export async function narrow(
  running: Running,
  name: string,
  revision: string,
  body: unknown,
): Promise<object | Refusal> {
  const publication = readPublication(name, body);
  if (isRefusal(publication)) return publication;
  const meant = { ...publication, revision };
  return carryOut(running, name, (before, now) => narrowed(before, meant, now));
}

/** `npm unpublish NAME`. */
export async function unpublish(
  running: Running,
  name: string,
  revision: string,
): Promise<object | Refusal> {
  return carryOut(running, name, (before) => removed(before, revision));
}

/**
 * `npm unpublish NAME@VERSION`, second part. The tarball went with its version: what is still named by one
 * stays, and what is gone is gone.
 */
export async function unpublishTarball(
  running: Running,
  name: string,
  file: string,
): Promise<object | Refusal> {
  const packument = await running.ports.stores.hosted.packument(name);
  const versions = Object.values(packument?.versions ?? {});
  return versions.some(({ dist }) => dist.file === file)
    ? refuse("conflict", "a version still has this tarball: unpublish the version")
    : { ok: true };
}

export async function putTag(
  running: Running,
  name: string,
  tag: string,
  version: unknown,
): Promise<object | Refusal> {
  if (typeof version !== "string") return refuse("malformed", "the body is not a version");
  return carryOut(running, name, (before, now) => tagged(before, tag, version, now));
}

export async function dropTag(
  running: Running,
  name: string,
  tag: string,
): Promise<object | Refusal> {
  return carryOut(running, name, (before, now) => tagged(before, tag, null, now));
}

/** How often a change is decided anew when others get in between. */
const ATTEMPTS = 5;

/** Decides on what stands now, and again when another's change got there first. */
async function carryOut(
  running: Running,
  name: string,
  decide: (before: HostedPackument | undefined, now: string) => HostedChange | Refusal,
): Promise<object | Refusal> {
  const { clock, stores } = running.ports;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const before = await stores.hosted.packument(name);
    const change = decide(before, new Date(clock.now()).toISOString());
    if (isRefusal(change)) return change;
    const { packument } = change;
    const done =
      packument === null
        ? await stores.hosted.remove(name, before?._rev ?? "")
        : await stores.hosted.write(packument, change.tarballs, before?._rev ?? null);
    if (done) return { ok: true, id: name, ...(packument === null ? {} : { rev: packument._rev }) };
  }
  return refuse("conflict", "the package is being changed by others");
}
