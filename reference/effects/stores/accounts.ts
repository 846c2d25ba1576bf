import type { DatabaseSync } from "node:sqlite";
import type { AccountStore, TokenRecord } from "../../ports.ts";

/**
 * Tokens by their digest, and password hashes. Both are put once: a revoked token stays revoked, and nobody
 * sets a password in the place of another's.
 */
export function accountStore(database: DatabaseSync): AccountStore {
  database.exec(`
    CREATE TABLE IF NOT EXISTS tokens (
      digest TEXT PRIMARY KEY, user TEXT NOT NULL, created_at INTEGER NOT NULL,
      readonly INTEGER NOT NULL, revoked INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS tokens_by_user ON tokens (user);
    CREATE TABLE IF NOT EXISTS passwords (user TEXT PRIMARY KEY, hash TEXT NOT NULL) STRICT`);
  const one = database.prepare("SELECT * FROM tokens WHERE digest = ?");
  const ofUser = database.prepare(
    "SELECT * FROM tokens WHERE user = ? ORDER BY created_at, digest",
  );
  const put = database.prepare("INSERT OR IGNORE INTO tokens VALUES (?, ?, ?, ?, ?)");
  const revoke = database.prepare("UPDATE tokens SET revoked = 1 WHERE digest = ?");
  const password = database.prepare("SELECT hash FROM passwords WHERE user = ?");
  const putPassword = database.prepare("INSERT OR IGNORE INTO passwords VALUES (?, ?)");
  return {
    token: async (digest) => {
      const row = one.get(digest);
      return row === undefined ? undefined : recordOf(row);
    },
    tokensOf: async (user) => ofUser.all(user).map(recordOf),
    putToken: async (record) => {
      const { digest, user, createdAt, readonly, revoked } = record;
      put.run(digest, user, createdAt, Number(readonly), Number(revoked));
    },
    revokeToken: async (digest) => {
      revoke.run(digest);
    },
    password: async (user) => {
      const hash = password.get(user)?.["hash"];
      return hash === undefined ? undefined : String(hash);
    },
    putPassword: async (user, hash) => putPassword.run(user, hash).changes > 0,
  };
}

function recordOf(row: Record<string, unknown>): TokenRecord {
  return {
    digest: String(row["digest"]),
    user: String(row["user"]),
    createdAt: Number(row["created_at"]),
    readonly: row["readonly"] === 1,
    revoked: row["revoked"] === 1,
  };
}
