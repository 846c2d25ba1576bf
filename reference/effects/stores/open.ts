import { rmSync } from "node:fs";
import path from "node:path";
import type { Stores } from "../../ports.ts";
import { accountStore } from "./accounts.ts";
import { candidateStore } from "./candidates.ts";
import { openDatabase, StoreError } from "./database.ts";
import { hostedStore } from "./hosted.ts";
import { metadataStore } from "./metadata.ts";
import { secretStore } from "./secret.ts";

const KEPT = "leakproof.sqlite";
const CACHE = "cache.sqlite";

/**
 * Opens the stores in `folder`, which is made if need be; `:memory:` keeps nothing. What can be had again
 * stands in a file of its own, which is replaced when it is damaged. Throws `StoreError`, in one line, when
 * a file is of a newer version, or is damaged and cannot be had again.
 */
export async function openStores(folder: string): Promise<Stores> {
  const kept = openDatabase(folder, KEPT, (database) => ({
    accounts: accountStore(database),
    hosted: hostedStore(database),
    secret: secretStore(database),
  }));
  try {
    const cache = openCache(folder);
    return {
      accounts: kept.accounts,
      hosted: kept.hosted,
      secret: kept.secret,
      candidates: cache.candidates,
      metadata: cache.metadata,
      close: async () => {
        cache.close();
        kept.close();
      },
    };
  } catch (error) {
    kept.close();
    throw error;
  }
}

type Cache = Pick<Stores, "candidates" | "metadata"> & { readonly close: () => void };

function openCache(folder: string): Cache {
  const open = (): Cache =>
    openDatabase(folder, CACHE, (database) => ({
      candidates: candidateStore(database),
      metadata: metadataStore(database),
    }));
  try {
    return open();
  } catch (error) {
    if (!(error instanceof StoreError && error.corrupt)) throw error;
    for (const suffix of ["", "-wal", "-shm"]) {
      rmSync(path.join(folder, `${CACHE}${suffix}`), { force: true });
    }
    return open();
  }
}
