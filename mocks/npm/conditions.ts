import { header, headerAll } from "../../wire/message.ts";
import type { HeaderList, Message } from "../../wire/message.ts";

/**
 * Whether the asker already has what would be said, by the validators in `headers` (RFC 9110, section 13):
 * a list of tags decides alone where there is one, and a date otherwise.
 */
export function isUnchanged(message: Message, headers: HeaderList): boolean {
  const tags = headerAll(message.headers, "if-none-match").flatMap((list) => list.split(","));
  const etag = header(headers, "etag");
  if (tags.length > 0) {
    return tags.some((tag) => tag.trim() === "*" || opaque(tag) === opaque(etag ?? ""));
  }
  const since = Date.parse(header(message.headers, "if-modified-since") ?? "");
  const modified = Date.parse(header(headers, "last-modified") ?? "");
  // A date that does not parse is a NaN, and no NaN is at most anything.
  return modified <= since;
}

/** The comparison is weak: `W/` makes no difference. */
function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, "");
}
