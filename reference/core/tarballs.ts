import type { Route } from "./classify.ts";
import type { Policy } from "./policy.ts";

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
