import type { DatabaseSync } from "node:sqlite";
import { sha256Hex } from "../../../wire/digest.ts";
import type { Candidate, CandidateEntry } from "../../core/candidates.ts";
import type { CandidateStore } from "../../ports.ts";
import { lightly, together } from "./database.ts";

/**
 * Candidates with their bytes at hand. Look-ups read the map alone; SQLite is written through, and read once
 * at the start. When a candidate was last used is kept in memory only: a restart forgets it.
 */
export function candidateStore(database: DatabaseSync): CandidateStore {
  database.exec(`
    CREATE TABLE IF NOT EXISTS candidates (
      id TEXT PRIMARY KEY, entry TEXT NOT NULL, identity BLOB NOT NULL, gzip BLOB NOT NULL,
      digest TEXT NOT NULL
    ) STRICT`);
  const byKey = load(database);
  const insert = database.prepare("INSERT OR REPLACE INTO candidates VALUES (?, ?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM candidates WHERE id = ?");
  const census = (): Candidate[] => [...byKey.values()].flatMap((found) => [...found.values()]);
  return {
    list: async (baseKey) => [...(byKey.get(baseKey)?.values() ?? [])],
    put: async (candidate) => {
      const { identity, gzip, ...entry } = candidate;
      const text = JSON.stringify(entry);
      lightly(database, () => {
        insert.run(candidate.id, text, identity, gzip, digestOf(text, identity, gzip));
      });
      place(byKey, candidate);
    },
    drop: async (entries) => {
      if (entries.length === 0) return;
      // Out of reach first: what shall go is not served again even if the disk fails.
      for (const entry of entries) displace(byKey, entry);
      together(database, () => {
        for (const { id } of entries) remove.run(id);
      });
    },
    used: async ({ baseKey, id }, at) => {
      const candidate = byKey.get(baseKey)?.get(id);
      if (candidate !== undefined) byKey.get(baseKey)?.set(id, { ...candidate, usedAt: at });
    },
    census: async () => census(),
  };
}

type ByKey = Map<string, Map<string, Candidate>>;

/**
 * A row that is not what was written is as good as absent, and goes. Its entry is under the digest too: a
 * footprint that lost its descriptors would make a private candidate a public one.
 */
function load(database: DatabaseSync): ByKey {
  const byKey: ByKey = new Map();
  const remove = database.prepare("DELETE FROM candidates WHERE id IS ?");
  for (const row of database.prepare("SELECT * FROM candidates ORDER BY rowid").all()) {
    const { id = null, entry, identity, gzip, digest } = row;
    const whole =
      typeof entry === "string" &&
      identity instanceof Uint8Array &&
      gzip instanceof Uint8Array &&
      digestOf(entry, identity, gzip) === digest;
    if (whole) place(byKey, { ...(JSON.parse(entry) as CandidateEntry), identity, gzip });
    else remove.run(id);
  }
  return byKey;
}

function digestOf(entry: string, identity: Uint8Array, gzip: Uint8Array): string {
  return sha256Hex([entry, identity, gzip].map(sha256Hex).join(" "));
}

/** Puts a candidate last under its base key, wherever it stood before. */
function place(byKey: ByKey, candidate: Candidate): void {
  displace(byKey, candidate);
  const found = byKey.get(candidate.baseKey) ?? new Map<string, Candidate>();
  byKey.set(candidate.baseKey, found.set(candidate.id, candidate));
}

function displace(byKey: ByKey, { baseKey, id }: Pick<CandidateEntry, "baseKey" | "id">): void {
  const found = byKey.get(baseKey);
  found?.delete(id);
  if (found?.size === 0) byKey.delete(baseKey);
}
