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

/**
 * HMAC-SHA256 in hex of a tuple of strings. Each part is preceded by its length in bytes (u32be), so two
 * different tuples are never the same bytes.
 */
export function hmacTuple(secret: string, parts: readonly string[]): string {
  const mac = createHmac("sha256", secret);
  for (const part of parts) {
    const bytes = Buffer.from(part, "utf8");
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    mac.update(length).update(bytes);
  }
  return mac.digest("hex");
}

/** Compares two strings in a time that does not tell where they differ. */
export function safeEqual(a: string, b: string): boolean {
  const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * JSON with the keys of every object in code-unit order and without undefined members, so that equal values
 * have equal text. Throws `TypeError` for what JSON cannot say.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") {
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`${value} is not JSON`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`a ${typeof value} is not JSON`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
