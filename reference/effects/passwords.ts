import { scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "../ports.ts";

const COST = 16_384;
const KEY_BYTES = 32;

/** `scrypt$COST$SALT$KEY`, with salt and key in base64url. Takes tens of milliseconds, off the main thread. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = Buffer.from(random.bytes(16));
  const key = await derive(password, salt, COST);
  return `scrypt$${COST}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/** Whether a password is the one that was hashed; compared in constant time. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [scheme, cost, salt, key] = hash.split("$");
  if (scheme !== "scrypt" || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, "base64url");
  const derived = await derive(password, Buffer.from(salt, "base64url"), Number(cost));
  return derived.length === expected.length && timingSafeEqual(derived, expected);
}

async function derive(password: string, salt: Uint8Array, cost: number): Promise<Buffer> {
  const done = Promise.withResolvers<Buffer>();
  scrypt(password, salt, KEY_BYTES, { N: cost }, (error, key) => {
    if (error === null) done.resolve(key);
    else done.reject(error);
  });
  return done.promise;
}
