import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Stores } from "../../ports.ts";
import { accountStore } from "./accounts.ts";
import { candidateStore } from "./candidates.ts";
import { hostedStore } from "./hosted.ts";
import { metadataStore } from "./metadata.ts";

/** Raised with every change of a table: an older server must not write into a newer file. */
const SCHEMA_VERSION = 1;

/**
 * Opens the stores in one SQLite file in `folder`, made if need be; `:memory:` keeps nothing. Throws with
 * one line when the file cannot be used.
 */
export async function openStores(folder: string): Promise<Stores> {
  const file = folder === ":memory:" ? folder : path.join(folder, "leakproof.sqlite");
  const database = openDatabase(folder, file);
  return {
    accounts: accountStore(database),
    candidates: candidateStore(database),
    metadata: metadataStore(database),
    hosted: hostedStore(database),
    secret: async (make) => keptSecret(database, make),
    close: async () => {
      database.close();
    },
  };
}

function openDatabase(folder: string, file: string): DatabaseSync {
  try {
    if (folder !== ":memory:") mkdirSync(folder, { recursive: true });
    const database = new DatabaseSync(file);
    // A grant or a revocation is on disk before anything is sent that depends on it.
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000",
    );
    const found = Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
    if (found > SCHEMA_VERSION) {
      throw new Error(
        `it was written by a newer version (schema ${found}, this is ${SCHEMA_VERSION})`,
      );
    }
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec("CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT) STRICT");
    return database;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the data in ${file} cannot be used: ${why}`);
  }
}

function keptSecret(database: DatabaseSync, make: () => string): string {
  const insert = database.prepare("INSERT OR IGNORE INTO kept (name, value) VALUES ('secret', ?)");
  insert.run(make());
  return String(database.prepare("SELECT value FROM kept WHERE name = 'secret'").get()?.["value"]);
}
