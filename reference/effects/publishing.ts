import { sha1Hex, sha512Integrity } from "../../wire/digest.ts";
import type { Caller } from "../core/caller.ts";
import { bestMatch } from "../core/names.ts";
import { isRefusal, refuse } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import type { HostedPackument, HostedTarball, HostedVersion } from "../ports.ts";
import type { Running } from "../running.ts";

/** Publishes versions as `npm publish` sends them, or replaces the metadata of those that are there. */
export async function publish(
  running: Running,
  caller: Caller,
  name: string,
  body: unknown,
): Promise<object | Refusal> {
  const refusal = mayWrite(running, caller, name);
  if (refusal !== null) return refusal;
  const document = readDocument(name, body);
  if (isRefusal(document)) return document;
  const { hosted } = running.ports.stores;
  const before = await hosted.packument(name);
  const now = new Date(running.ports.clock.now()).toISOString();
  const versions: Record<string, HostedVersion> = { ...before?.versions };
  const time: Record<string, string> = { created: now, ...before?.time, modified: now };
  const tarballs: HostedTarball[] = [];
  for (const [version, manifest] of Object.entries(document.versions)) {
    const known = before?.versions[version];
    if (known !== undefined && document.attachments.size > 0) {
      return refuse("conflict", `cannot publish over the existing version ${version}`);
    }
    if (known !== undefined) {
      versions[version] = { ...known, ...pick(manifest, ["deprecated"]) };
      continue;
    }
    const made = hostedVersion(name, version, manifest, document.attachments);
    if (isRefusal(made)) return made;
    versions[version] = made.version;
    time[version] = now;
    tarballs.push(made.tarball);
  }
  const tags = { ...before?.["dist-tags"], ...document.tags };
  await hosted.write(name, { name, "dist-tags": tags, versions, time }, tarballs);
  return { ok: true, id: name };
}

/** Removes the package, or only says yes to the tarball that its removal leaves behind. */
export async function unpublish(
  running: Running,
  caller: Caller,
  intent: { readonly want: string; readonly name: string },
): Promise<object | Refusal> {
  const refusal = mayWrite(running, caller, intent.name);
  if (refusal !== null) return refusal;
  if (intent.want === "unpublish") await running.ports.stores.hosted.remove(intent.name);
  return { ok: true };
}

export async function readTags(
  running: Running,
  caller: Caller,
  name: string,
): Promise<object | Refusal> {
  const { parts, rules, ports } = running;
  const route = parts.classify(rules.policy, caller, `${rules.policy.publicUrl}/`, name);
  if (isRefusal(route)) return route;
  const packument = await ports.stores.hosted.packument(name);
  return packument?.["dist-tags"] ?? refuse("not-found", "not found");
}

export async function putTag(
  running: Running,
  caller: Caller,
  name: string,
  tag: string,
  version: unknown,
): Promise<object | Refusal> {
  return retag(running, caller, name, (packument) => {
    if (typeof version !== "string" || !Object.hasOwn(packument.versions, version)) return null;
    return { ...packument["dist-tags"], [tag]: version };
  });
}

export async function dropTag(
  running: Running,
  caller: Caller,
  name: string,
  tag: string,
): Promise<object | Refusal> {
  return retag(running, caller, name, (packument) => {
    if (tag === "latest" || !Object.hasOwn(packument["dist-tags"], tag)) return null;
    const { [tag]: _gone, ...tags } = packument["dist-tags"];
    return tags;
  });
}

async function retag(
  running: Running,
  caller: Caller,
  name: string,
  change: (packument: HostedPackument) => Readonly<Record<string, string>> | null,
): Promise<object | Refusal> {
  const refusal = mayWrite(running, caller, name);
  if (refusal !== null) return refusal;
  const packument = await running.ports.stores.hosted.packument(name);
  const tags = packument === undefined ? null : change(packument);
  if (packument === undefined || tags === null) return refuse("not-found", "not found");
  await running.ports.stores.hosted.write(name, { ...packument, "dist-tags": tags }, []);
  return { ok: true };
}

/** Whoever may not even read the name hears that it is not there; whoever may, that it is not theirs. */
function mayWrite(running: Running, caller: Caller, name: string): Refusal | null {
  const { parts, rules } = running;
  if (caller.user === null) return refuse("login-required", "log in to publish");
  const rule = bestMatch(rules.policy.hosted, name, ({ pattern }) => [pattern]);
  const admitted = rule !== undefined && parts.admits(rules.policy, caller, rule.publish);
  return admitted ? null : refuse("not-found", "not found");
}

interface PublishDocument {
  readonly versions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly attachments: ReadonlyMap<string, Uint8Array>;
}

function readDocument(name: string, body: unknown): PublishDocument | Refusal {
  if (!isRecord(body) || body["name"] !== name || !isRecord(body["versions"])) {
    return refuse("malformed", "not a publish document of this package");
  }
  const versions = Object.entries(body["versions"]);
  if (!versions.every((entry): entry is [string, Record<string, unknown>] => isRecord(entry[1]))) {
    return refuse("malformed", "versions: not manifests");
  }
  const tags = Object.entries(isRecord(body["dist-tags"]) ? body["dist-tags"] : {});
  const attached = Object.entries(isRecord(body["_attachments"]) ? body["_attachments"] : {});
  const attachments = attached.flatMap(([file, attachment]) =>
    isRecord(attachment) && typeof attachment["data"] === "string"
      ? [[file, Buffer.from(attachment["data"], "base64")] as const]
      : [],
  );
  return {
    versions: Object.fromEntries(versions),
    tags: Object.fromEntries(
      tags.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
    attachments: new Map(attachments),
  };
}

/** Content is held against the digests that came with it before anything is stored. */
function hostedVersion(
  name: string,
  version: string,
  manifest: Readonly<Record<string, unknown>>,
  attachments: ReadonlyMap<string, Uint8Array>,
): { readonly version: HostedVersion; readonly tarball: HostedTarball } | Refusal {
  const bytes = attachments.get(`${name}-${version}.tgz`) ?? [...attachments.values()][0];
  const dist = isRecord(manifest["dist"]) ? manifest["dist"] : {};
  if (bytes === undefined || manifest["name"] !== name || manifest["version"] !== version) {
    return refuse(
      "malformed",
      `version ${version.slice(0, 100)}: no tarball of that name came along`,
    );
  }
  const integrity = sha512Integrity(bytes);
  const shasum = sha1Hex(bytes);
  const said = { integrity: dist["integrity"], shasum: dist["shasum"] };
  if (
    (said.integrity !== undefined && said.integrity !== integrity) ||
    (said.shasum !== undefined && said.shasum !== shasum)
  ) {
    return refuse(
      "malformed",
      `version ${version}: the tarball is not the one that its digest names`,
    );
  }
  const file = `${name.slice(name.indexOf("/") + 1)}-${version}.tgz`;
  const { dist: _theirs, ...rest } = manifest;
  return {
    version: { ...rest, name, version, dist: { integrity, shasum, file } },
    tarball: { file, bytes },
  };
}

function pick(
  record: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(keys.flatMap((key) => (key in record ? [[key, record[key]]] : [])));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
