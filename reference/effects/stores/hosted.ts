import type { DatabaseSync } from "node:sqlite";
import type { HostedPackument, HostedStore } from "../../ports.ts";
import { together } from "./database.ts";

/**
 * Hosted packages: the packument as JSON, and each tarball under its file's name. A packument that cannot be
 * read any more is an error, not an absence: it cannot be had again, and must not be published over.
 */
export function hostedStore(database: DatabaseSync): HostedStore {
  database.exec(`
    CREATE TABLE IF NOT EXISTS hosted (name TEXT PRIMARY KEY, packument TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS hosted_tarballs (
      name TEXT NOT NULL, file TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (name, file)
    ) STRICT`);
  const get = database.prepare("SELECT packument FROM hosted WHERE name = ?");
  const tarball = database.prepare("SELECT bytes FROM hosted_tarballs WHERE name = ? AND file = ?");
  const put = database.prepare("INSERT OR REPLACE INTO hosted VALUES (?, ?)");
  const putTarball = database.prepare("INSERT OR REPLACE INTO hosted_tarballs VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM hosted WHERE name = ?");
  const removeTarballs = database.prepare(
    "DELETE FROM hosted_tarballs WHERE name = ? AND file NOT IN (SELECT value FROM json_each(?))",
  );
  const packument = (name: string): HostedPackument | undefined => {
    const row = get.get(name);
    return row === undefined ? undefined : parsed(name, String(row["packument"]));
  };
  const stands = (name: string, revision: string | null): boolean =>
    (packument(name)?._rev ?? null) === revision;
  return {
    packument: async (name) => packument(name),
    tarball: async (name, file) => {
      const bytes = tarball.get(name, file)?.["bytes"];
      return bytes instanceof Uint8Array ? bytes : undefined;
    },
    write: async (document, tarballs, replaces) =>
      together(database, () => {
        const { name, versions } = document;
        if (!stands(name, replaces)) return false;
        put.run(name, JSON.stringify(document));
        for (const { file, bytes } of tarballs) putTarball.run(name, file, bytes);
        const named = Object.values(versions).map(({ dist }) => dist.file);
        removeTarballs.run(name, JSON.stringify(named));
        return true;
      }),
    remove: async (name, revision) =>
      together(database, () => {
        if (!stands(name, revision)) return false;
        remove.run(name);
        removeTarballs.run(name, "[]");
        return true;
      }),
  };
}

function parsed(name: string, text: string): HostedPackument {
  try {
    return JSON.parse(text) as HostedPackument;
  } catch {
    throw new Error(`the stored packument of "${name}" is damaged`);
  }
}
