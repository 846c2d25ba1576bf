import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { tarballFile } from "../core/tarballs.ts";
import type { Running } from "../running.ts";

/**
 * A tarball URL that names no upstream: AES-256-GCM under a key from the server secret. The nonce is a MAC
 * of the URL, so one URL always seals to one text, and lockfiles stay the same from one resolve to the next.
 */
export function seal(secret: string, url: string): string {
  const key = keyOf(secret, "seal");
  const mac = createHmac("sha256", keyOf(secret, "nonce")).update(url).digest();
  const nonce = mac.subarray(0, 12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(url, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
}

/** The URL that was sealed, or null for anything that this server did not seal. */
export function unseal(secret: string, text: string): string | null {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.length < 29) return null;
  const decipher = createDecipheriv("aes-256-gcm", keyOf(secret, "seal"), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  try {
    return decipher.update(bytes.subarray(28), undefined, "utf8") + decipher.final("utf8");
  } catch {
    return null;
  }
}

/** The packument with every `dist.tarball` sealed. */
export function sealTarballs(running: Running, body: Uint8Array): Uint8Array {
  const document = JSON.parse(Buffer.from(body).toString("utf8")) as {
    versions: Record<string, { dist?: { tarball?: string } }>;
  };
  for (const { dist } of Object.values(document.versions)) {
    const file = dist?.tarball === undefined ? null : tarballFile(dist.tarball);
    if (dist?.tarball === undefined || file === null) continue;
    dist.tarball = sealedUrl(running, dist.tarball, file);
  }
  return Buffer.from(JSON.stringify(document));
}

/** The gateway URL that stands for a tarball's own. */
export function sealedUrl({ rules, secret }: Running, url: string, file: string): string {
  return `${rules.policy.publicUrl}/-/gateway/${seal(secret, url)}/${file}`;
}

function keyOf(secret: string, use: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "", `leakproof gateway ${use}`, 32));
}
