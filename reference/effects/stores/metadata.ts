import type { DatabaseSync } from "node:sqlite";
import { sha256Hex } from "../../../wire/digest.ts";
import { scopeKey } from "../../core/scope.ts";
import type { MetadataStore, StoredMetadata } from "../../ports.ts";

/** Packuments by scope and key. Bytes that no longer have their digest are treated as absent. */
export function metadataStore(database: DatabaseSync): MetadataStore {
  database.exec(`
    CREATE TABLE IF NOT EXISTS metadata (
      scope TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, digest TEXT NOT NULL,
      etag TEXT, last_modified TEXT, content_type TEXT NOT NULL, checked_at INTEGER NOT NULL,
      PRIMARY KEY (scope, key)
    ) STRICT`);
  const get = database.prepare("SELECT * FROM metadata WHERE scope = ? AND key = ?");
  const put = database.prepare("INSERT OR REPLACE INTO metadata VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const drop = database.prepare("DELETE FROM metadata WHERE scope = ? AND key = ?");
  return {
    get: async (scope, key) => {
      const row = get.get(scopeKey(scope), key);
      const entry = row === undefined ? undefined : entryOf(row);
      if (row !== undefined && entry === undefined) drop.run(scopeKey(scope), key);
      return entry;
    },
    put: async (scope, key, entry) => {
      const { body, digest, etag, lastModified, contentType, checkedAt } = entry;
      const where = [scopeKey(scope), key] as const;
      put.run(...where, body, digest, etag ?? null, lastModified ?? null, contentType, checkedAt);
    },
    drop: async (scope, key) => {
      drop.run(scopeKey(scope), key);
    },
  };
}

function entryOf(row: Record<string, unknown>): StoredMetadata | undefined {
  const { body, digest, etag, last_modified: lastModified } = row;
  if (!(body instanceof Uint8Array) || sha256Hex(body) !== digest) return undefined;
  return {
    body,
    digest,
    etag: typeof etag === "string" ? etag : undefined,
    lastModified: typeof lastModified === "string" ? lastModified : undefined,
    contentType: String(row["content_type"]),
    checkedAt: Number(row["checked_at"]),
  };
}
