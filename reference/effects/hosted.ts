import { sha256Hex } from "../../wire/digest.ts";
import { utf8 } from "../../wire/message.ts";
import type { Route } from "../core/classify.ts";
import { refuse } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import { tarballUrl } from "../core/tarballs.ts";
import type { StoredMetadata } from "../ports.ts";
import type { Running } from "../running.ts";

/**
 * A hosted packument in the form that a resolver reads. A private name that is not there is refused as one
 * that is not for the caller.
 */
export async function hostedMetadata(
  running: Running,
  route: Extract<Route, { class: "hosted" }>,
): Promise<StoredMetadata | Refusal | null> {
  const packument = await running.ports.stores.hosted.packument(route.package);
  if (packument === undefined) {
    const message = `no package "${route.package}" that this caller may use`;
    return route.policy.descriptor === null ? null : refuse("not-admitted", message);
  }
  const { publicUrl } = running.rules.policy;
  const versions = Object.entries(packument.versions).map(([version, manifest]) => {
    const { file, ...dist } = manifest.dist;
    return [
      version,
      { ...manifest, dist: { ...dist, tarball: tarballUrl(publicUrl, route.package, file) } },
    ];
  });
  const document = { ...packument, versions: Object.fromEntries(versions) as unknown };
  const body = utf8(JSON.stringify(document));
  return {
    body,
    digest: sha256Hex(body),
    etag: undefined,
    lastModified: undefined,
    contentType: "application/json",
    checkedAt: running.ports.clock.now(),
  };
}
