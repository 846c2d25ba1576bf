import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { extract } from "tar";
import { sha512Integrity } from "../wire/digest.ts";
import { PINNED } from "./peers/pinned.ts";
import type { Command, Pinned, PeerName } from "./peers/pinned.ts";

/** Somebody else's program, ready to be started. */
export interface Peer {
  readonly name: PeerName;
  readonly version: string;
  readonly command: Command;
}

/**
 * A pinned program, from the cache folder or else from the registry that this machine's npm is set to. Safe
 * to call from several processes at once. Throws `PeerMissing` when it cannot be had.
 */
export async function peer(name: PeerName, cacheFolder: string): Promise<Peer> {
  const { pinned, folder, found } = placeOf(name, cacheFolder);
  if (!(await exists(folder))) {
    const specifier = `${pinned.package}@${found.version}`;
    try {
      await fetchInto(folder, specifier, pinned.integrity);
    } catch (error) {
      const why = error instanceof Error ? (error.message.trim().split("\n").at(-1) ?? "") : "";
      const remedy = `needed once: npm pack ${specifier}, where npm reaches its registry`;
      throw new PeerMissing(name, `${why} (${remedy})`);
    }
  }
  return found;
}

/** The same, where it was fetched before; null where it was not. Throws `PeerMissing` where it cannot be. */
export async function fetchedPeer(name: PeerName, cacheFolder: string): Promise<Peer | null> {
  const { folder, found } = placeOf(name, cacheFolder);
  return (await exists(folder)) ? found : null;
}

function placeOf(
  name: PeerName,
  cacheFolder: string,
): { readonly pinned: Pinned; readonly folder: string; readonly found: Peer } {
  const { version, start, packages } = PINNED[name];
  const platform = `${process.platform}-${process.arch}`;
  const pinned = packages[platform] ?? packages["any"];
  if (pinned === undefined) {
    const hint = "add one to harness/peers/pinned.ts";
    throw new PeerMissing(name, `no integrity is pinned for ${platform}; ${hint}`);
  }
  const folder = path.join(cacheFolder, `${name}-${version}-${fingerprint(pinned.integrity)}`);
  return { pinned, folder, found: { name, version, command: start(folder) } };
}

/** Where fetched programs stay between runs, outside of the tree: the user's cache folder. */
export function peerCacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const base = environment["XDG_CACHE_HOME"] ?? "";
  return path.join(base === "" ? path.join(home, ".cache") : base, "leakproof", "peers");
}

/** The program is not here and could not be fetched, which is not the subject's fault. */
export class PeerMissing extends Error {
  constructor(name: PeerName, why: string) {
    super(`${name} is not here: ${why}`);
    this.name = "PeerMissing";
  }
}

/** Fetches and checks beside the folder, then moves it into place whole: nobody sees half of a program. */
async function fetchInto(folder: string, specifier: string, integrity: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.`);
  try {
    // No shell is needed but on Windows, where npm is a command file.
    const shell = process.platform === "win32";
    const patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=500"];
    const args = ["pack", specifier, "--pack-destination", work, "--loglevel=error", ...patience];
    await promisify(execFile)("npm", args, { cwd: work, shell, timeout: FETCH_MS });
    const [tarball] = await readdir(work);
    if (tarball === undefined) throw new Error(`npm packed nothing for ${specifier}`);
    const bytes = await readFile(path.join(work, tarball));
    if (sha512Integrity(bytes) !== integrity) {
      throw new Error(`${specifier} is not what was pinned: its integrity differs`);
    }
    const unpacked = path.join(work, "unpacked");
    await mkdir(unpacked);
    await extract({ file: path.join(work, tarball), cwd: unpacked, strip: 1 });
    await moveIntoPlace(unpacked, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const FETCH_MS = 100_000;

/** Whoever comes first wins; the others find the same thing there. */
async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await exists(to))) throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

function fingerprint(integrity: string): string {
  return Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex").slice(0, 16);
}
