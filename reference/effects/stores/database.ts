import { closeSync, mkdirSync, openSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Raised with every change of a table: an older server must not write into a newer file. */
const SCHEMA_VERSION = 1;

/** Stands for a folder where nothing shall be kept. */
const MEMORY = ":memory:";

/**
 * Opens the SQLite file `name` in `folder`, both made if need be, and builds stores on it. Throws
 * `StoreError` when the file cannot be used; by then it is closed again.
 */
export function openDatabase<T>(
  folder: string,
  name: string,
  build: (database: DatabaseSync) => T,
): T & { readonly close: () => void } {
  const file = folder === MEMORY ? MEMORY : path.join(folder, name);
  let database: DatabaseSync | undefined;
  try {
    if (folder !== MEMORY) makeFile(folder, file);
    database = new DatabaseSync(file, { timeout: BUSY_MS });
    const opened = database;
    claim(opened);
    const close = (): void => {
      opened.close();
    };
    return { ...build(opened), close };
  } catch (error) {
    database?.close();
    throw new StoreError(file, error);
  }
}

/** A file of the stores that cannot be used, and why, in one line. */
export class StoreError extends Error {
  /** Whether its content is at fault, and not its version, its place or its rights. */
  readonly corrupt: boolean;

  constructor(file: string, cause: unknown) {
    const why = reasonOf(cause);
    super(`the data in ${file} cannot be used: ${why}`, { cause });
    this.name = "StoreError";
    this.corrupt = cause instanceof Damage || CORRUPT_CODES.has(sqliteCode(cause));
  }
}

/** Does several writes, or none of them. */
export function together<T>(database: DatabaseSync, act: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = act();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/**
 * Writes what can be had again: it does not wait for the disk, and a loss of power may undo it. What is
 * removed by whatever comes after stays removed, as that does wait.
 */
export function lightly(database: DatabaseSync, act: () => void): void {
  database.exec("PRAGMA synchronous = NORMAL");
  try {
    act();
  } finally {
    database.exec("PRAGMA synchronous = FULL");
  }
}

/** A server that is being restarted may still be letting go of its files. */
const BUSY_MS = 2_000;

/** What stands in these files (tokens' digests, the server secret, private packages) is its owner's alone. */
function makeFile(folder: string, file: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  closeSync(openSync(file, "a", 0o600));
}

/** Checks that the file is whole and of this version, and sets it up. */
function claim(database: DatabaseSync): void {
  // Candidates are looked up in memory: a second server on the same files would serve what the first dropped.
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  // A token, a revocation or a dropped copy is on disk before anything is sent that depends on it.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  const [check] = database.prepare("PRAGMA quick_check(1)").all();
  if (check?.["quick_check"] !== "ok") throw new Damage("it is damaged");
  const found = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (found > SCHEMA_VERSION) {
    throw new Error(
      `it was written by a newer version (schema ${found}, this is ${SCHEMA_VERSION})`,
    );
  }
  const tables = database.prepare("SELECT count(*) AS count FROM sqlite_schema").get();
  if (found === 0 && tables?.["count"] !== 0) throw new Error("it belongs to another program");
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

/** In words that say what to do, where we know. */
function reasonOf(cause: unknown): string {
  const code = sqliteCode(cause);
  if (code === BUSY || code === LOCKED) {
    return "another server is using it: end that one, or give this one another folder with `data`";
  }
  const system = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === READONLY || ["EACCES", "EPERM", "EROFS"].includes(system)) {
    return "it cannot be written: change its rights, or give another folder with `data`";
  }
  return cause instanceof Error ? cause.message : String(cause);
}

const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;

class Damage extends Error {}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const CORRUPT_CODES: ReadonlySet<number> = new Set([11, 26]);

/** SQLite's primary result code of an error, or 0. */
function sqliteCode(error: unknown): number {
  const code = error instanceof Error && "errcode" in error ? error.errcode : 0;
  return typeof code === "number" ? code & 0xff : 0;
}
