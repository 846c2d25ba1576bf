import { scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "../ports.ts";

/** scrypt's N, a power of two: tens of milliseconds and 16 MiB a password. */
const DEFAULT_COST = 16_384;
const BLOCK_SIZE = 8;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** `scrypt$COST$SALT$KEY`, with salt and key in base64url. The work is done off the main thread. */
export async function hashPassword(
  password: string,
  random: Random,
  cost = DEFAULT_COST,
): Promise<string> {
  const salt = random.bytes(SALT_BYTES);
  const key = await derive(password, salt, cost);
  return `scrypt$${cost}$${Buffer.from(salt).toString("base64url")}$${key.toString("base64url")}`;
}

/**
 * Whether a password is the one that was hashed, at whatever cost that was; compared in constant time. For a
 * user who has none (undefined) the same work is done, so that the time does not tell who has an account.
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, cost, salt = "", key = ""] = FORM.exec(hash ?? NOBODYS) ?? [];
  if (cost === undefined) return false;
  const expected = Buffer.from(key, "base64url");
  const derived = await derive(password, Buffer.from(salt, "base64url"), Number(cost));
  return timingSafeEqual(derived, expected) && hash !== undefined;
}

const FORM = /^scrypt\$([1-9]\d{0,7})\$([\w-]{22})\$([\w-]{43})$/;

/** In the form of a hash, and of no password that anyone knows. */
const NOBODYS = `scrypt$${DEFAULT_COST}$${"A".repeat(22)}$${"A".repeat(43)}`;

async function derive(password: string, salt: Uint8Array, cost: number): Promise<Buffer> {
  const done = Promise.withResolvers<Buffer>();
  // Node refuses what would take more than 32 MiB unless it is told.
  const maxmem = 256 * cost * BLOCK_SIZE;
  scrypt(password, salt, KEY_BYTES, { N: cost, r: BLOCK_SIZE, maxmem }, (error, key) => {
    if (error === null) done.resolve(key);
    else done.reject(error);
  });
  return done.promise;
}
