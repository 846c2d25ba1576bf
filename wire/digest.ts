import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** SHA-256 of bytes or UTF-8 text, in lower-case hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** SHA-1 in hex: npm's `shasum`, for old clients. Never a proof of anything. */
export function sha1Hex(data: string | Uint8Array): string {
  return createHash("sha1").update(data).digest("hex");
}

/** Subresource integrity, `sha512-…`. */
export function sha512Integrity(data: string | Uint8Array): string {
  return `sha512-${createHash("sha512").update(data).digest("base64")}`;
}

/** HMAC-SHA256 (RFC 2104) in lower-case hex. */
export function hmacSha256Hex(key: string | Uint8Array, data: string | Uint8Array): string {
  return createHmac("sha256", key).update(data).digest("hex");
}

/**
 * HMAC-SHA256 in hex of a tuple of strings. Each part is preceded by its length in bytes (u32be), so two
 * different tuples are never the same bytes. Throws `TypeError` for text that UTF-8 cannot tell apart.
 */
export function hmacTuple(secret: string, parts: readonly string[]): string {
  const pieces = parts.flatMap((part) => {
    if (!part.isWellFormed()) throw new TypeError("half a surrogate pair is not text");
    const bytes = Buffer.from(part, "utf8");
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    return [length, bytes];
  });
  return hmacSha256Hex(secret, Buffer.concat(pieces));
}

/** Compares two strings in a time that does not tell where they differ. */
export function safeEqual(a: string, b: string): boolean {
  const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * JSON with the keys of every object in code-unit order and without undefined members, so that equal values
 * have equal text. Throws `TypeError` for what JSON cannot say: numbers that are not finite, and every object
 * but plain ones and arrays.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") {
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`${value} is not JSON`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(",")}]`;
  if (typeof value !== "object" || !isPlain(value)) {
    throw new TypeError(`${Object.prototype.toString.call(value)} is not JSON`);
  }
  const members = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(members).sort();
  const texts = keys.flatMap((key) => {
    const member = members[key];
    return member === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(member)}`];
  });
  return `{${texts.join(",")}}`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm (a worker, a vm) has that realm's prototype, which has none of its own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
