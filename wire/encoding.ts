import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { BodyTooLarge } from "./message.ts";

/**
 * Undoes a `content-encoding`, several in a row as well. Throws `BodyTooLarge` past `limitBytes`, `TypeError`
 * for an encoding that is not known, and the decoder's own error for bytes that are not of it.
 */
export async function decoded(
  bytes: Uint8Array,
  encoding: string | undefined,
  limitBytes: number,
): Promise<Uint8Array> {
  const names = (encoding ?? "").split(",").map((name) => name.trim().toLowerCase());
  let plain = bytes;
  for (const name of names.reverse()) {
    if (name !== "" && name !== "identity") plain = await undo(plain, name, limitBytes);
  }
  if (plain.byteLength > limitBytes) throw new BodyTooLarge(limitBytes);
  return plain;
}

async function undo(bytes: Uint8Array, name: string, limitBytes: number): Promise<Uint8Array> {
  const decode = DECODERS.get(name);
  if (decode === undefined) throw new TypeError(`the encoding "${name}" is not known`);
  try {
    return await decode(bytes, { maxOutputLength: limitBytes });
  } catch (error) {
    if (error instanceof RangeError) throw new BodyTooLarge(limitBytes);
    throw error;
  }
}

type Decode = (bytes: Uint8Array, limit: { maxOutputLength: number }) => Promise<Uint8Array>;

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
]);

/** Whether `accept-encoding` lets a reply be gzipped: by name or by `*`, and not with a quality of 0. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const qualities = new Map(
    (acceptEncoding ?? "").split(",").map((entry) => {
      const [name = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith("q="));
      return [name, quality === undefined ? 1 : Number(quality.slice(2))];
    }),
  );
  return (qualities.get("gzip") ?? qualities.get("x-gzip") ?? qualities.get("*") ?? 0) > 0;
}
