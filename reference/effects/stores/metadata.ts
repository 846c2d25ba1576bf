import type { DatabaseSync } from "node:sqlite";
import { sha256Hex } from "../../../wire/digest.ts";
import { scopeKey } from "../../core/scope.ts";
import type { StoredScope } from "../../core/scope.ts";
import type { MetadataStore, StoredMetadata } from "../../ports.ts";
import { lightly, together } from "./database.ts";
import { createShelf } from "./shelf.ts";
import type { Place } from "./shelf.ts";

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
  const outdated = database.prepare(
    `SELECT scope, key FROM metadata
     WHERE checked_at < ? OR scope NOT IN (SELECT value FROM json_each(?))`,
  );
  const shelf = createShelf();
  const rows = database.prepare(
    "SELECT scope, key, length(body) AS bytes FROM metadata ORDER BY checked_at",
  );
  // When something was last used is not kept: after a restart, that is when it was last checked.
  for (const { scope, key, bytes } of rows.all()) {
    shelf.put({ scope: String(scope), key: String(key) }, Number(bytes));
  }
  let limitBytes = Infinity;
  const forget = (place: Place): void => {
    drop.run(place.scope, place.key);
    shelf.take(place);
  };
  const shed = (): void => {
    for (const place of shelf.beyond(limitBytes)) forget(place);
  };
  return {
    get: async (scope, key) => {
      const place = placeOf(scope, key);
      const row = get.get(place.scope, key);
      const entry = row === undefined ? undefined : entryOf(row);
      if (entry !== undefined) shelf.use(place);
      else if (row !== undefined) forget(place);
      return entry;
    },
    put: async (scope, key, entry) => {
      const { body, digest, etag, lastModified, contentType, checkedAt } = entry;
      const place = placeOf(scope, key);
      const validators = [etag ?? null, lastModified ?? null] as const;
      lightly(database, () => {
        put.run(place.scope, key, body, digest, ...validators, contentType, checkedAt);
      });
      shelf.put(place, body.byteLength);
      shed();
    },
    drop: async (scope, key) => {
      forget(placeOf(scope, key));
    },
    bound: async (bytes) => {
      limitBytes = bytes;
      together(database, shed);
    },
    retain: async (scopes, since) =>
      together(database, () => {
        const rows = outdated.all(since, JSON.stringify(scopes.map(scopeKey)));
        for (const { scope, key } of rows) forget({ scope: String(scope), key: String(key) });
        return rows.length;
      }),
    size: async () => shelf.size(),
  };
}

function placeOf(scope: StoredScope, key: string): Place {
  return { scope: scopeKey(scope), key };
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
