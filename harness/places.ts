/**
 * Fills `{name}` in every string and key of a JSON value, and `{name-address}` with the same place less its
 * scheme, `{name-host}` with its host, `{name-hostname}` with that less its port and `{name-path}` with its
 * path. A name without a place stays as it is written.
 */
export function fillPlaces<T>(value: T, places: Readonly<Record<string, string>>): T {
  return filled(value, places) as T;
}

function filled(value: unknown, places: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") {
    return value.replace(/\{([a-z-]+)\}/g, (whole, name: string) => {
      const [, of, part] = /^(.*)-(address|host|hostname|path)$/.exec(name) ?? [];
      const place = places[of ?? name];
      return (part === undefined ? place : partOf(place, part)) ?? whole;
    });
  }
  if (Array.isArray(value)) return value.map((inner) => filled(inner, places));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [filled(key, places), filled(inner, places)]),
  );
}

function partOf(place: string | undefined, part: string): string | undefined {
  const [, host, path] = /^https?:\/\/([^/]*)(.*)$/.exec(place ?? "") ?? [];
  if (host === undefined || path === undefined) return undefined;
  switch (part) {
    case "host":
      return host;
    case "hostname":
      return host.replace(/:\d+$/, "");
    case "path":
      return path;
    default:
      return host + path;
  }
}

/** The reverse: places stand again for the URLs that they were filled in with, longest first. */
export function namePlaces<T>(value: T, places: Readonly<Record<string, string>>): T {
  const urls = Object.entries(places).flatMap(([name, url]): [string, string][] => [
    [url, `{${name}}`],
    [url.replace(/^https?:\/\//, ""), `{${name}-address}`],
    // A `host` header has no path.
    [URL.parse(url)?.host ?? "", `{${name}-host}`],
  ]);
  const longestFirst = urls
    .filter(([url]) => url !== "")
    .sort(([one], [other]) => other.length - one.length);
  return named(value, longestFirst) as T;
}

function named(value: unknown, urls: readonly (readonly [string, string])[]): unknown {
  if (typeof value === "string") {
    return urls.reduce((text, [url, name]) => text.replaceAll(url, name), value);
  }
  if (Array.isArray(value)) return value.map((inner) => named(inner, urls));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [named(key, urls), named(inner, urls)]),
  );
}
