import { sha1Hex, sha512Integrity } from "../wire/digest.ts";
import { utf8 } from "../wire/message.ts";
import type { Message } from "../wire/message.ts";
import { credential } from "./resolve.ts";

export interface Publication {
  readonly manifest: {
    readonly name: string;
    readonly version: string;
    readonly [field: string]: unknown;
  };
  readonly tarball: Uint8Array;
  /** The registry's own base, without a slash at its end. */
  readonly registry: string;
  /** Default: `latest`. */
  readonly tag?: string;
}

/** `PUT /PKG` with the tarball attached, as `npm publish` sends it: some registries keep what it says. */
export function publishMessage(publication: Publication, authorization: string | null): Message {
  const { manifest, tarball, registry, tag = "latest" } = publication;
  const { name, version } = manifest;
  const file = `${name}-${version}.tgz`;
  const dist = {
    integrity: sha512Integrity(tarball),
    shasum: sha1Hex(tarball),
    tarball: `${registry}/${name}/-/${file}`,
  };
  const attachment = {
    content_type: "application/octet-stream",
    data: Buffer.from(tarball).toString("base64"),
    length: tarball.byteLength,
  };
  const document = {
    _id: name,
    name,
    ...(manifest["description"] === undefined ? {} : { description: manifest["description"] }),
    "dist-tags": { [tag]: version },
    versions: { [version]: { ...manifest, _id: `${name}@${version}`, dist } },
    access: null,
    _attachments: { [file]: attachment },
  };
  return {
    method: "PUT",
    target: `/${name.replace("/", "%2f")}`,
    headers: [
      ["accept", "*/*"],
      ["npm-command", "publish"],
      ["content-type", "application/json"],
      ...credential(authorization),
    ],
    body: utf8(JSON.stringify(document)),
  };
}
