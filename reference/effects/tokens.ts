import { sha256Hex } from "../../wire/digest.ts";
import type { Message } from "../../wire/message.ts";
import type { Caller } from "../core/caller.ts";
import { isRefusal } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import type { TokenRecord } from "../ports.ts";
import type { Running } from "../running.ts";

/** Who is asking, as things stand now: asked again, it tells of a token that was revoked meanwhile. */
export async function callerOf(
  running: Running,
  { headers }: Pick<Message, "headers">,
): Promise<Caller | Refusal> {
  const { parts } = running;
  const shown = parts.shownBy(headers);
  if (isRefusal(shown)) return shown;
  const found =
    shown.shows === "bearer" ? await tokenByDigest(running, sha256Hex(shown.token)) : undefined;
  return parts.identify(shown, found);
}

/**
 * Tokens come from two places: those that users were given are stored, those that the config declares stand
 * in the config alone, so that taking one out of it ends it. Of the latter, only a revocation is stored.
 */
export async function tokenByDigest(
  { ports, rules }: Running,
  digest: string,
): Promise<TokenRecord | undefined> {
  return (await ports.stores.accounts.token(digest)) ?? rules.declaredTokens.get(digest);
}

/** Everything that lets a user in, revoked tokens among it. */
export async function tokensOf({ ports, rules }: Running, user: string): Promise<TokenRecord[]> {
  const stored = await ports.stores.accounts.tokensOf(user);
  const known = new Set(stored.map(({ digest }) => digest));
  const declared = [...rules.declaredTokens.values()].filter(
    (record) => record.user === user && !known.has(record.digest),
  );
  return [...declared, ...stored];
}

/** Ends a token for good, whatever the config goes on to declare. */
export async function endToken({ ports }: Running, record: TokenRecord): Promise<void> {
  await ports.stores.accounts.putToken(record);
  await ports.stores.accounts.revokeToken(record.digest);
}
