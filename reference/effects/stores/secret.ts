import type { DatabaseSync } from "node:sqlite";
import type { Stores } from "../../ports.ts";

/** The server secret: made once, and the same ever after. */
export function secretStore(database: DatabaseSync): Stores["secret"] {
  database.exec("CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT) STRICT");
  const get = database.prepare("SELECT value FROM kept WHERE name = 'secret'");
  const put = database.prepare("INSERT OR IGNORE INTO kept (name, value) VALUES ('secret', ?)");
  return async (make) => {
    const known = get.get()?.["value"];
    if (typeof known === "string") return known;
    put.run(make());
    // Another process may have been first: what stands there is the secret, not what was made here.
    return String(get.get()?.["value"]);
  };
}
