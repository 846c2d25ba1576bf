import { NO_BODY, utf8 } from "../wire/message.ts";
import type { HeaderList, Message } from "../wire/message.ts";
import { credential, get } from "./resolve.ts";

/** Which registry of the subject's is meant: an alias's endpoint, or `hosted`, its own base. */
export type Via = string;

/** `abbreviated` is what installers ask for. */
export type PackumentForm = "full" | "abbreviated";

const ACCEPT: Readonly<Record<PackumentForm, string>> = {
  full: "application/json",
  abbreviated: "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*",
};

export function packumentMessage(
  via: Via,
  name: string,
  authorization: string | null,
  form: PackumentForm = "full",
): Message {
  const accept: HeaderList = [["accept", ACCEPT[form]]];
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

/** What `npm login --auth-type=legacy` sends: an account is made, or its owner let in again. */
export function loginMessage(user: string, password: string): Message {
  const id = `org.couchdb.user:${user}`;
  const document = { _id: id, name: user, password, type: "user", roles: [] };
  return {
    method: "PUT",
    target: `/-/user/org.couchdb.user:${encodeURIComponent(user)}`,
    headers: [
      ["accept", "application/json"],
      ["content-type", "application/json"],
    ],
    body: utf8(JSON.stringify(document)),
  };
}

export function whoamiMessage(authorization: string | null): Message {
  return get("/-/whoami", [["accept", "application/json"]], authorization);
}

/** `npm token list`. */
export function tokensMessage(authorization: string | null): Message {
  return get("/-/npm/v1/tokens", [["accept", "application/json"]], authorization);
}

/** `npm logout`. */
export function revokeTokenMessage(token: string, authorization: string): Message {
  return remove(`/-/user/token/${encodeURIComponent(token)}`, authorization);
}

/** `npm token revoke`, by the key that the list shows. */
export function revokeKeyMessage(key: string, authorization: string): Message {
  return remove(`/-/npm/v1/tokens/token/${encodeURIComponent(key)}`, authorization);
}

function remove(target: string, authorization: string): Message {
  return { method: "DELETE", target, headers: credential(authorization), body: NO_BODY };
}

function base(via: Via): string {
  return via === "hosted" ? "" : `/~${via}`;
}
