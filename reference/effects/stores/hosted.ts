import type { DatabaseSync } from "node:sqlite";
import type { HostedPackument, HostedStore } from "../../ports.ts";

/** Hosted packages: the packument as JSON, and each tarball under its file's name. */
export function hostedStore(database: DatabaseSync): HostedStore {
  database.exec(`
    CREATE TABLE IF NOT EXISTS hosted (name TEXT PRIMARY KEY, packument TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS hosted_tarballs (
      name TEXT NOT NULL, file TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (name, file)
    ) STRICT`);
  const packument = database.prepare("SELECT packument FROM hosted WHERE name = ?");
  const tarball = database.prepare("SELECT bytes FROM hosted_tarballs WHERE name = ? AND file = ?");
  const put = database.prepare("INSERT OR REPLACE INTO hosted VALUES (?, ?)");
  const putTarball = database.prepare("INSERT OR REPLACE INTO hosted_tarballs VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM hosted WHERE name = ?");
  const removeTarballs = database.prepare("DELETE FROM hosted_tarballs WHERE name = ?");
  return {
    packument: async (name) => {
      const row = packument.get(name);
      return row === undefined
        ? undefined
        : (JSON.parse(String(row["packument"])) as HostedPackument);
    },
    tarball: async (name, file) => {
      const bytes = tarball.get(name, file)?.["bytes"];
      return bytes instanceof Uint8Array ? bytes : undefined;
    },
    write: async (name, document, tarballs) => {
      together(database, () => {
        put.run(name, JSON.stringify(document));
        for (const { file, bytes } of tarballs) putTarball.run(name, file, bytes);
      });
    },
    remove: async (name) => {
      together(database, () => {
        remove.run(name);
        removeTarballs.run(name);
      });
    },
  };
}

function together(database: DatabaseSync, act: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    act();
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
