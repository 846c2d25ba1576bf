/** A registry or tarball URL in one spelling: two of them are equal exactly when they are the same. */
export interface NormalUrl {
  readonly origin: string;
  /** Starts with a slash. */
  readonly path: string;
  readonly href: string;
}

export type UrlProblem = "inline-credentials" | "not-http" | "not-a-url" | "climbs";

/**
 * Reads an http(s) URL that came from outside. The parser folds `..` and backslashes away, so they are
 * looked for in the text as it was written. Query and fragment are dropped.
 */
export function normalUrl(text: string): NormalUrl | UrlProblem {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return "not-a-url";
  }
  if (url.username !== "" || url.password !== "") return "inline-credentials";
  if (url.protocol !== "http:" && url.protocol !== "https:") return "not-http";
  if (!/^https?:\/\/[^/]/i.test(text) || climbs(text)) return "climbs";
  return { origin: url.origin, path: url.pathname, href: url.origin + url.pathname };
}

/** The same for a registry: its path ends in a slash. */
export function normalRegistry(text: string): NormalUrl | UrlProblem {
  const url = normalUrl(text);
  if (typeof url === "string" || url.path.endsWith("/")) return url;
  return { ...url, path: `${url.path}/`, href: `${url.href}/` };
}

/** Whether `url` lies at or below the registry `base`, which ends in a slash: scheme, host, port and all. */
export function liesUnder(url: string, base: string): boolean {
  return url.startsWith(base) || `${url}/` === base;
}

/** Whether a written URL has a dot segment, encoded however often, a backslash, or a control character. */
function climbs(text: string): boolean {
  const path = text.replace(/^[a-z+.-]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
  const dots = path.split("/").some((segment) => {
    const plain = segment.replace(/%(?:25)*2e/gi, ".");
    return plain === "." || plain === "..";
  });
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return dots || /[\\\u0000-\u0020\u007f]|%5c|%00|%2e%2e%2f|%2f\.\.|\.\.%2f/i.test(text);
}
