import type { DatabaseSync } from "node:sqlite";
import type { Candidate, CandidateEntry } from "../../core/candidates.ts";
import type { CandidateStore } from "../../ports.ts";

/**
 * Candidates with their bytes at hand. Look-ups read the map alone; SQLite is written through, and read once
 * at the start. When a candidate was last used is kept in memory only: a restart forgets it.
 */
export function candidateStore(database: DatabaseSync): CandidateStore {
  database.exec(`
    CREATE TABLE IF NOT EXISTS candidates (
      id TEXT PRIMARY KEY, entry TEXT NOT NULL, identity BLOB NOT NULL, gzip BLOB NOT NULL
    ) STRICT`);
  const byKey = load(database);
  const insert = database.prepare("INSERT OR REPLACE INTO candidates VALUES (?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM candidates WHERE id = ?");
  const census = (): Candidate[] => [...byKey.values()].flatMap((found) => [...found.values()]);
  return {
    list: async (baseKey) => [...(byKey.get(baseKey)?.values() ?? [])],
    put: async (candidate) => {
      const { identity, gzip, ...entry } = candidate;
      insert.run(candidate.id, JSON.stringify(entry), identity, gzip);
      place(byKey, candidate);
    },
    drop: async (entries) => {
      for (const { baseKey, id } of entries) {
        remove.run(id);
        const found = byKey.get(baseKey);
        found?.delete(id);
        if (found?.size === 0) byKey.delete(baseKey);
      }
    },
    used: async ({ baseKey, id }, at) => {
      const candidate = byKey.get(baseKey)?.get(id);
      if (candidate !== undefined) byKey.get(baseKey)?.set(id, { ...candidate, usedAt: at });
    },
    census: async () => census(),
  };
}

type ByKey = Map<string, Map<string, Candidate>>;

/** A row that cannot be read is as good as absent, and goes. */
function load(database: DatabaseSync): ByKey {
  const byKey: ByKey = new Map();
  const remove = database.prepare("DELETE FROM candidates WHERE id = ?");
  for (const row of database.prepare("SELECT * FROM candidates ORDER BY rowid").all()) {
    try {
      const entry = JSON.parse(String(row["entry"])) as CandidateEntry;
      const { identity, gzip } = row;
      if (!(identity instanceof Uint8Array) || !(gzip instanceof Uint8Array)) throw new TypeError();
      place(byKey, { ...entry, identity, gzip });
    } catch {
      remove.run(row["id"] ?? null);
    }
  }
  return byKey;
}

function place(byKey: ByKey, candidate: Candidate): void {
  const found = byKey.get(candidate.baseKey) ?? new Map<string, Candidate>();
  byKey.set(candidate.baseKey, found.set(candidate.id, candidate));
}
