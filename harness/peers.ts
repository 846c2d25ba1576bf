import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { extract } from "tar";
import { sha512Integrity } from "../wire/digest.ts";

/** A real client, ready to be started: `command` is the executable and what stands before the arguments. */
export interface Peer {
  readonly name: PeerName;
  readonly version: string;
  readonly command: readonly [file: string, ...leading: string[]];
}

export type PeerName = "pnpm-12.21" | "pnpm-12.6" | "pnpm-11.26";

/**
 * A pinned client, from the cache folder or else from the registry that this machine's npm is set to. Safe to
 * call from several processes at once. Throws `PeerMissing` when it cannot be had.
 */
export async function peer(name: PeerName, cacheFolder: string): Promise<Peer> {
  const { version, start, packages } = PEERS[name];
  const platform = `${process.platform}-${process.arch}`;
  const pinned = packages[platform] ?? packages["any"];
  if (pinned === undefined) {
    throw new PeerMissing(
      name,
      `no integrity is pinned for ${platform}; add one to harness/peers.ts`,
    );
  }
  const folder = path.join(cacheFolder, `${name}-${version}-${fingerprint(pinned.integrity)}`);
  const command = start(folder);
  if (!(await exists(folder))) {
    try {
      await fetchInto(folder, `${pinned.package}@${version}`, pinned.integrity);
    } catch (error) {
      const why = error instanceof Error ? (error.message.trim().split("\n").at(-1) ?? "") : "";
      const remedy = `needed once: npm pack ${pinned.package}@${version}, where npm reaches its registry`;
      throw new PeerMissing(name, `${why} (${remedy})`);
    }
  }
  return { name, version, command };
}

/** Where fetched clients stay between runs, outside of the tree: the user's cache folder. */
export function peerCacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const base = environment["XDG_CACHE_HOME"] ?? "";
  return path.join(base === "" ? path.join(home, ".cache") : base, "leakproof", "peers");
}

/** The client is not here and could not be fetched, which is not the subject's fault. */
export class PeerMissing extends Error {
  constructor(name: PeerName, why: string) {
    super(`the client ${name} is not here: ${why}`);
    this.name = "PeerMissing";
  }
}

interface Pinned {
  readonly package: string;
  /** Of the tarball. What a registry says of itself is no pin. */
  readonly integrity: string;
}

interface PinnedPeer {
  readonly version: string;
  readonly start: (folder: string) => Peer["command"];
  /** By `process.platform`-`process.arch`, or `any`. */
  readonly packages: Readonly<Record<string, Pinned>>;
}

const native = (folder: string): Peer["command"] => [path.join(folder, "pnpm")];

const PEERS: Readonly<Record<PeerName, PinnedPeer>> = {
  "pnpm-12.21": {
    version: "12.21.0",
    start: native,
    packages: {
      "linux-x64": {
        package: "@pnpm/exe.linux-x64",
        integrity:
          "sha512-8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==",
      },
      "linux-arm64": {
        package: "@pnpm/exe.linux-arm64",
        integrity:
          "sha512-4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==",
      },
    },
  },
  "pnpm-12.6": {
    version: "12.6.0",
    start: native,
    packages: {
      "linux-x64": {
        package: "@pnpm/exe.linux-x64",
        integrity:
          "sha512-qFWBneHJAJ73W4whtbaFOL1M/7DBC6ILHXuxc7ZPtEhfPuT1zeZiGrmKHoMAfJA+mcm6xhOFljqVTUS+00Jabw==",
      },
      "linux-arm64": {
        package: "@pnpm/exe.linux-arm64",
        integrity:
          "sha512-8h2sNoIhHDpHDYqZZCh9PXr6krqW10btb0GHVGuw710muDHlFAHMtUG2ogmaHge6zJG1xgY4Y7mwX5g/LWvrYg==",
      },
    },
  },
  "pnpm-11.26": {
    version: "11.26.0",
    start: (folder) => [process.execPath, path.join(folder, "bin", "pnpm.mjs")],
    packages: {
      any: {
        package: "pnpm",
        integrity:
          "sha512-/A4r+JC5+YNhHxq2jAY3vOkUOQZTaZ+DwaeLAF7SXyyB53kgyP2O7i7PC1iyjNywCoTZf2m898VrLzRHECOGZA==",
      },
    },
  },
};

/** Fetches and checks beside the folder, then moves it into place whole: nobody sees half of a client. */
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
