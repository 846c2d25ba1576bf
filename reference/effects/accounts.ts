import { sha256Hex } from "../../wire/digest.ts";
import type { Caller } from "../core/caller.ts";
import { refuse } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Running } from "../running.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";
import { endToken, tokensOf } from "./tokens.ts";

/** Makes an account, or lets its owner in again; either way with a new token, of which a digest is kept. */
export async function logIn(
  running: Running,
  user: string,
  body: unknown,
): Promise<object | Refusal> {
  const { accounts } = running.ports.stores;
  const { name, password } = credentialsIn(body);
  if (name !== user || password === null) {
    return refuse("malformed", "name and password are needed, and the name must be the path's");
  }
  const refusal = await openAccount(running, user, password);
  if (refusal !== null) return refusal;
  const token = `lp_${Buffer.from(running.ports.random.bytes(32)).toString("base64url")}`;
  const createdAt = running.ports.clock.now();
  const digest = sha256Hex(token);
  await accounts.putToken({ digest, user, createdAt, readonly: false, revoked: false });
  return { ok: true, id: `org.couchdb.user:${user}`, token };
}

/**
 * Checks the password, or sets it for a user who has none and may choose one. No answer tells whether a
 * wrong name or a wrong password was the reason.
 */
async function openAccount(
  running: Running,
  user: string,
  password: string,
): Promise<Refusal | null> {
  const { random, stores } = running.ports;
  const { auth } = running.rules.config;
  const known = await stores.accounts.password(user);
  // A user that the config declares by token has no password that a stranger could choose.
  const open = auth.registration === "open" && !Object.hasOwn(auth.users, user);
  if (known === undefined && open) {
    const hash = await hashPassword(password, random);
    if (await stores.accounts.putPassword(user, hash)) return null;
    // Somebody else was quicker to take the name.
    return openAccount(running, user, password);
  }
  if (await verifyPassword(password, known)) return null;
  return refuse("bad-token", "wrong name or password, or registration is closed");
}

export function whoAmI(caller: Caller): object | Refusal {
  return caller.user === null ? loginRequired() : { username: caller.user };
}

/** The caller's own tokens, without anything that would let one be used. */
export async function listTokens(running: Running, caller: Caller): Promise<object | Refusal> {
  if (caller.user === null) return loginRequired();
  const records = await tokensOf(running, caller.user);
  const objects = records
    .filter(({ revoked }) => !revoked)
    .map(({ digest, createdAt, readonly }) => ({
      key: digest,
      token: digest.slice(0, 6),
      readonly,
      cidr_whitelist: null,
      created: new Date(createdAt).toISOString(),
    }));
  return { objects, total: objects.length, urls: {} };
}

/** Revokes a token by itself. Only its owner can, and a stranger's reads like none at all. */
export async function revokeToken(
  running: Running,
  caller: Caller,
  token: string,
): Promise<object | Refusal> {
  return revokeDigest(running, caller, (digest) => digest === sha256Hex(token));
}

/** Revokes a token by the whole key that the list shows. */
export async function revokeByKey(
  running: Running,
  caller: Caller,
  key: string,
): Promise<object | Refusal> {
  return revokeDigest(running, caller, (digest) => digest === key);
}

async function revokeDigest(
  running: Running,
  caller: Caller,
  fits: (digest: string) => boolean,
): Promise<object | Refusal> {
  if (caller.user === null) return loginRequired();
  const records = await tokensOf(running, caller.user);
  const found = records.find(({ digest, revoked }) => !revoked && fits(digest));
  if (found === undefined) return refuse("not-found", "no such token");
  await endToken(running, found);
  return { ok: true };
}

function credentialsIn(body: unknown): { name: string | null; password: string | null } {
  if (typeof body !== "object" || body === null) return { name: null, password: null };
  const { name, password } = body as { name?: unknown; password?: unknown };
  return {
    name: typeof name === "string" ? name : null,
    password: typeof password === "string" && password !== "" ? password : null,
  };
}

function loginRequired(): Refusal {
  return refuse("login-required", "log in first");
}
