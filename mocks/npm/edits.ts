import { z } from "zod";
import { header, utf8 } from "../../wire/message.ts";
import type { Message, Reply } from "../../wire/message.ts";

/** The same request by somebody who takes no compression and has nothing yet: what edits start from. */
export function plainly(message: Message): Message {
  const kept = message.headers.filter(([name]) => !CONDITIONS.has(name.toLowerCase()));
  return { ...message, headers: kept };
}

const CONDITIONS: ReadonlySet<string> = new Set([
  ...["accept-encoding", "if-none-match", "if-modified-since"],
]);

/** Half of a document, in a message that is whole. */
export function garbled(reply: Reply): Reply {
  return withBody(reply, (body) => body.subarray(0, Math.floor(body.byteLength / 2)));
}

/** A packument that says another name of itself and of its versions. */
export function misnamed(reply: Reply, name: string): Reply {
  return withDocument(reply, (document) => ({
    ...document,
    ...("_id" in document ? { _id: name } : {}),
    name,
    versions: mapped(document.versions, (manifest) => ({ ...manifest, name })),
  }));
}

/** A packument whose tarballs are below another base, with a query where there is one. */
export function movedTarballs(reply: Reply, base: string, query?: string): Reply {
  const behind = query === undefined ? "" : `?${query}`;
  return withDocument(reply, (document) => ({
    ...document,
    versions: mapped(document.versions, (manifest) => {
      const file = manifest.dist.tarball.slice(manifest.dist.tarball.lastIndexOf("/") + 1);
      const tarball = `${base.replace(/\/$/, "")}/${document.name}/-/${file}${behind}`;
      return { ...manifest, dist: { ...manifest.dist, tarball } };
    }),
  }));
}

/**
 * A tarball with another time stamp in the head of its gzip: it opens as before and has the same files, so
 * that only its digest tells.
 */
export function corrupted(reply: Reply): Reply {
  return withBody(reply, (body) => {
    const bytes = Uint8Array.from(body);
    bytes[TIME_AT] = (bytes[TIME_AT] ?? 0) ^ 1;
    return bytes;
  });
}

const TIME_AT = 4;

/** What these edits read of a packument; all else stays as it is. */
const packument = z.looseObject({
  name: z.string(),
  versions: z.record(z.string(), z.looseObject({ dist: z.looseObject({ tarball: z.string() }) })),
});

type Packument = z.infer<typeof packument>;

function withDocument(reply: Reply, edit: (document: Packument) => object): Reply {
  return withBody(reply, (body) => {
    const read = packument.safeParse(JSON.parse(Buffer.from(body).toString("utf8")));
    // A single version's manifest has none of this.
    return read.success ? utf8(JSON.stringify(edit(read.data))) : body;
  });
}

/** Other bytes have other validators; what is not served at all stays as it is. */
function withBody(reply: Reply, edit: (body: Uint8Array) => Uint8Array): Reply {
  const { status, body, headers } = reply;
  if (status !== 200 || !(body instanceof Uint8Array) || body.byteLength === 0) return reply;
  const edited = edit(body);
  const etag = header(headers, "etag");
  const others = headers.filter(([name]) => !VALIDATORS.has(name.toLowerCase()));
  const again = etag === undefined ? [] : [["etag", etag.replace(/"$/, '-edited"')] as const];
  return { ...reply, headers: [...others, ...again], body: edited };
}

const VALIDATORS: ReadonlySet<string> = new Set(["etag", "last-modified"]);

function mapped<T>(record: Readonly<Record<string, T>>, edit: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, edit(value)]));
}
