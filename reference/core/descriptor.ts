import { hmacTuple } from "../../wire/digest.ts";
import type { Gate } from "./gate.ts";

/** The private access descriptor of one private route: a key input, kept only as its HMAC, and a gate. */
export interface Descriptor {
  /** HMAC-SHA256 of the key input under the server secret, in hex. */
  readonly digest: string;
  readonly gate: Gate;
}

/** The alias as it is now. Two callers of one alias have one descriptor: it never names a caller. */
export function aliasDescriptor(
  secret: string,
  alias: { readonly name: string; readonly epoch: string },
  refinedPackage: string | null,
): Descriptor {
  const refinement = refinedPackage === null ? [] : ["package", refinedPackage];
  return {
    digest: hmacTuple(secret, ["proxied", alias.name, alias.epoch, ...refinement]),
    gate: { kind: "alias", alias: alias.name, package: refinedPackage },
  };
}

/** The hosted route and the identity of its access policy: a changed policy opens a new namespace. */
export function hostedDescriptor(
  secret: string,
  hosted: { readonly pattern: string; readonly access: readonly string[] },
): Descriptor {
  const identity = [...new Set(hosted.access)].sort();
  return {
    digest: hmacTuple(secret, ["hosted", hosted.pattern, ...identity]),
    gate: { kind: "hosted", pattern: hosted.pattern },
  };
}

/** What changes when an alias's credential is rotated, by its generation or by the credential itself. */
export function epochOf(secret: string, generation: number, authorization: string): string {
  return hmacTuple(secret, ["epoch", String(generation), authorization]);
}
