import { sha1Hex, sha512Integrity } from "../wire/digest.ts";
import { utf8 } from "../wire/message.ts";
import type { HeaderList, Message } from "../wire/message.ts";
import { credential, get } from "./resolve.ts";

/** Which registry of the subject's is meant: an alias's endpoint, or `hosted`, its own base. */
export type Via = string;

export function packumentMessage(via: Via, name: string, authorization: string | null): Message {
  const accept: HeaderList = [["accept", "application/json"]];
  return get(`${base(via)}/${name.replace("/", "%2F")}`, accept, authorization);
}

export function tarballMessage(
  via: Via,
  name: string,
  version: string,
  authorization: string | null,
): Message {
  const file = `${name.slice(name.indexOf("/") + 1)}-${version}.tgz`;
  return get(`${base(via)}/${name}/-/${file}`, [], authorization);
}

/** `PUT /PKG` with the tarball attached, as `npm publish` sends it. */
export function publishMessage(
  manifest: { readonly name: string; readonly version: string; readonly [field: string]: unknown },
  tarball: Uint8Array,
  authorization: string | null,
): Message {
  const { name, version } = manifest;
  const file = `${name}-${version}.tgz`;
  const dist = { integrity: sha512Integrity(tarball), shasum: sha1Hex(tarball) };
  const attachment = {
    content_type: "application/octet-stream",
    data: Buffer.from(tarball).toString("base64"),
    length: tarball.byteLength,
  };
  const document = {
    _id: name,
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...manifest, dist } },
    _attachments: { [file]: attachment },
  };
  return {
    method: "PUT",
    target: `/${name.replace("/", "%2F")}`,
    headers: [["content-type", "application/json"], ...credential(authorization)],
    body: utf8(JSON.stringify(document)),
  };
}

export function revokeTokenMessage(token: string, authorization: string): Message {
  const headers = credential(authorization);
  return { method: "DELETE", target: `/-/user/token/${token}`, headers, body: new Uint8Array(0) };
}

function base(via: Via): string {
  return via === "hosted" ? "" : `/~${via}`;
}
