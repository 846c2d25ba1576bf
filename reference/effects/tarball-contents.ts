import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import semver from "semver";
import { Parser } from "tar";
import type { ReadEntry } from "tar";
import type { Body } from "../../wire/message.ts";
import { isPackageName } from "../core/names.ts";
import type { FetchedTarball } from "../ports.ts";

export interface TarballLimits {
  /** Of the tarball as it comes. */
  readonly packedBytes: number;
  /** Of everything in it: what a small file may grow to. */
  readonly unpackedBytes: number;
}

export type TarballContents = Pick<FetchedTarball, "integrity" | "manifest">;

/** It came whole, and it is not what an installer could unpack. */
export class TarballProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TarballProblem";
  }
}

/**
 * Hashes a package's tarball and reads its manifest while it comes: neither it nor what is in it is ever held
 * as a whole. Throws `TarballProblem`, and whatever the body throws.
 */
export async function readContents(body: Body, limits: TarballLimits): Promise<TarballContents> {
  const hash = createHash("sha512");
  const packed = limited(body, limits.packedBytes, "it is larger than", (piece) => {
    hash.update(piece);
  });
  const found: ManifestText = { text: null, problem: null };
  try {
    await pipeline(packed, createGunzip(), async (plain: AsyncIterable<Uint8Array>) => {
      const archive = limited(plain, limits.unpackedBytes, "it unpacks to more than");
      await findManifest(archive, found);
    });
  } catch (error) {
    throw isZlibError(error) ? new TarballProblem("it is not gzipped, or is cut off") : error;
  }
  if (found.text === null) throw new TarballProblem("it has no package.json");
  return { integrity: `sha512-${hash.digest("base64")}`, manifest: readManifest(found.text) };
}

async function* limited(
  body: Body,
  limitBytes: number,
  what: string,
  onPiece: (piece: Uint8Array) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    sizeBytes += piece.byteLength;
    if (sizeBytes > limitBytes) throw new TarballProblem(`${what} ${limitBytes} bytes`);
    onPiece(piece);
    yield piece;
  }
}

const MANIFEST_LIMIT_BYTES = 1_048_576;

/** What was found of an archive's manifest so far. */
interface ManifestText {
  text: string | null;
  problem: TarballProblem | null;
}

/** Finds the archive's `package.json`, the last one if there are several, as installers have it. */
async function findManifest(
  plain: AsyncIterable<Uint8Array>,
  found: ManifestText,
): Promise<undefined> {
  const parser = new Parser({
    ...{ strict: true, brotli: false, zstd: false },
    onReadEntry: (entry) => {
      if (isManifest(entry)) collect(entry, found);
      else entry.resume();
    },
  });
  parser.on("error", () => {
    found.problem ??= new TarballProblem("it holds no archive that can be read");
  });
  let isFirst = true;
  for await (const piece of plain) {
    // The parser would unpack an archive that is packed once more, without any limit.
    if (isFirst && piece[0] === 0x1f) throw new TarballProblem("it is packed more than once");
    isFirst = false;
    parser.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    if (found.problem !== null) throw found.problem;
  }
  parser.end();
  if (found.problem !== null) throw found.problem;
}

function collect(entry: ReadEntry, found: ManifestText): void {
  if (entry.size > MANIFEST_LIMIT_BYTES) {
    found.problem ??= new TarballProblem("its package.json is larger than any that makes sense");
    entry.resume();
    return;
  }
  const pieces: Uint8Array[] = [];
  entry.on("data", (piece) => {
    pieces.push(piece);
  });
  entry.on("end", () => {
    found.text = Buffer.concat(pieces).toString("utf8");
  });
}

/** Below whatever single folder the archive has, as installers strip it. */
function isManifest({ path, type }: ReadEntry): boolean {
  const isFile = type === "File" || type === "OldFile" || type === "ContiguousFile";
  return isFile && /^(?:\.\/)?[^/]+\/package\.json$/.test(path);
}

function readManifest(text: string): TarballContents["manifest"] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new TarballProblem("its package.json is not JSON");
  }
  if (typeof manifest !== "object" || manifest === null) {
    throw new TarballProblem("its package.json is no object");
  }
  const { name, version } = manifest as { readonly name?: unknown; readonly version?: unknown };
  if (typeof name !== "string" || !isPackageName(name)) {
    throw new TarballProblem("its package.json has no name that a package can have");
  }
  if (typeof version !== "string" || semver.valid(version) === null) {
    throw new TarballProblem("its package.json has no version that can be locked");
  }
  return { ...manifest, name, version };
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}
