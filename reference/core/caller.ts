import { headerAll } from "../../wire/message.ts";
import type { HeaderList } from "../../wire/message.ts";
import { refuse } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

/** Who is asking. `null` is anonymous: no credential was shown. */
export interface Caller {
  readonly user: string | null;
}

export const ANONYMOUS: Caller = { user: null };

/** What a request shows of its caller, before any look-up. */
export type Shown =
  { readonly shows: "nothing" } | { readonly shows: "bearer"; readonly token: string };

/** Reads the credential. Another scheme than Bearer is anonymous; two headers are nobody's. */
export function shownBy(headers: HeaderList): Shown | Refusal {
  const values = headerAll(headers, "authorization");
  if (values.length > 1) return refuse("two-credentials", "more than one Authorization header");
  const bearer = /^bearer[ \t]+(\S+)[ \t]*$/i.exec(values[0] ?? "");
  if (bearer?.[1] === undefined) {
    return /^bearer\b/i.test(values[0] ?? "") ? badToken() : { shows: "nothing" };
  }
  return { shows: "bearer", token: bearer[1] };
}

/** The caller whose token was found, or 401: an unknown or revoked token is never anonymous. */
export function identify(
  shown: Shown,
  found: { readonly user: string; readonly revoked: boolean } | undefined,
): Caller | Refusal {
  if (shown.shows === "nothing") return ANONYMOUS;
  return found === undefined || found.revoked ? badToken() : { user: found.user };
}

function badToken(): Refusal {
  return refuse("bad-token", "the bearer token is unknown or revoked");
}
