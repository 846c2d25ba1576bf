import type { FetchedMetadata } from "../ports.ts";
import { normalUrl } from "../core/registry-url.ts";

/**
 * A version's `dist.tarball` as clients may see it; undefined for one that no client may: with user info,
 * of another protocol than http(s), or no URL at all.
 */
export function routeTarball(
  written: unknown,
  name: string,
  routing: FetchedMetadata["tarballs"],
): string | undefined {
  if (typeof written !== "string") return undefined;
  if (routing === "sealed") return written;
  const url = normalUrl(written);
  if (typeof url === "string") return undefined;
  if (routing === "as-is") return url.href;
  const file = url.path.slice(url.path.lastIndexOf("/") + 1);
  return file === "" ? undefined : `${routing.base}/${name}/-/${file}`;
}

/** Tells apart the routings under which the same body becomes different documents. */
export function routingKey(routing: FetchedMetadata["tarballs"]): string {
  return typeof routing === "string" ? routing : `base ${routing.base}`;
}
