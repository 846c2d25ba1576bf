import { Readable, pipeline } from "node:stream";
import { constants, createGzip } from "node:zlib";

/** The same bytes, zipped on their way: what one piece says can be read before the next one comes. */
export function gzipStream(
  body: AsyncIterable<Uint8Array> | readonly Uint8Array[],
): AsyncIterable<Uint8Array> {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  // An error ends the zipped stream with it, and is heard by whoever reads that.
  pipeline(Readable.from(body, { objectMode: false }), gzip, () => undefined);
  return gzip as AsyncIterable<Uint8Array>;
}
