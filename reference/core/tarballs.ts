import type { Route } from "./classify.ts";
import type { Policy } from "./policy.ts";
import { normalUrl } from "./registry-url.ts";

/**
 * How the tarball URLs of a route are written for clients. The class of the registry decides, not the host
 * that its `dist.tarball` names.
 */
export type TarballRouting = "as-is" | "sealed" | { readonly base: string };

export function tarballRouting(policy: Policy, route: Route): TarballRouting {
  switch (route.class) {
    case "public":
      return "as-is";
    case "hosted":
      return { base: policy.publicUrl };
    case "proxied":
      return { base: `${policy.publicUrl}/~${route.alias.name}` };
    case "unknown":
      return "sealed";
  }
}

/** `BASE/NAME/-/FILE`, the URL that a client itself would make for a registry at `base`. */
export function tarballUrl(base: string, name: string, file: string): string {
  return `${base}/${name}/-/${file}`;
}

/** The last segment of a tarball's URL, or null where it has none. */
export function tarballFile(url: string): string | null {
  const file = url
    .replace(/[?#].*$/s, "")
    .split("/")
    .at(-1);
  return file === undefined || file === "" ? null : file;
}

/**
 * A version's `dist.tarball` as clients may see it; undefined for one that no client may: with user info,
 * of another protocol than http(s), or no URL at all.
 */
export function routeTarball(
  written: unknown,
  name: string,
  routing: TarballRouting,
): string | undefined {
  if (typeof written !== "string") return undefined;
  if (routing === "sealed") return written;
  const url = normalUrl(written);
  if (typeof url === "string") return undefined;
  if (routing === "as-is") return url.href;
  const file = url.path.slice(url.path.lastIndexOf("/") + 1);
  return file === "" ? undefined : `${routing.base}/${name}/-/${file}`;
}

/** The package that `NAME/-/FILE` below a registry belongs to, or null for any other path. */
export function tarballOwner(path: string): string | null {
  const plain = path.replace(/%40/gi, "@");
  const [, owner] = /^((?:@[^/%]+(?:\/|%2f))?[^/%@]+)\/-\/[^/]+$/i.exec(plain) ?? [];
  return owner === undefined ? null : owner.replace(/%2f/i, "/");
}

/** Tells apart the routings under which the same body becomes different documents. */
export function routingKey(routing: TarballRouting): string {
  return typeof routing === "string" ? routing : `base ${routing.base}`;
}
