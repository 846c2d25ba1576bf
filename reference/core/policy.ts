import { canonicalJson, sha256Hex } from "../../wire/digest.ts";
import type { Descriptor } from "./descriptor.ts";
import { NO_VERDICTS } from "./probe.ts";
import type { Verdicts } from "./probe.ts";
import { normalRegistry } from "./registry-url.ts";
import type { Parts } from "./parts.ts";

/** The operator's rules in the form that decisions read: normalised, with every descriptor made once. */
export interface Policy {
  /** Changes whenever anything below does; holds no secret. */
  readonly digest: string;
  /** Without a trailing slash. */
  readonly publicUrl: string;
  /** With a trailing slash, as every registry here. */
  readonly officialRegistry: string;
  readonly builtInPublic: "unscoped" | "host" | "off";
  readonly publicRoutes: readonly PublicRule[];
  readonly aliases: readonly AliasPolicy[];
  readonly hosted: readonly HostedPolicy[];
  readonly teams: ReadonlyMap<string, ReadonlySet<string>>;
  readonly anonymous: "allow" | "refuse";
  readonly unknownRoutes: "reject" | "anonymous";
  readonly fallback: "none" | "public";
  /** Where undeclared registries may be probed; empty: nowhere. */
  readonly probeHosts: readonly string[];
  /** What probes found so far: the one thing here that changes while the policy is in force. */
  readonly probed: Verdicts;
}

export interface PublicRule {
  readonly registry: string;
  /** Null: every name there. */
  readonly packages: readonly string[] | null;
}

export interface AliasPolicy {
  readonly name: string;
  readonly registry: string;
  readonly claims: readonly string[];
  readonly access: readonly string[];
  readonly packages: ReadonlyMap<string, RefinedAccess>;
  /** Origins, besides the registry's own, that the credential may be sent to. */
  readonly tarballOrigins: readonly string[];
  readonly epoch: string;
  /** The value of the `authorization` header that goes upstream. Secret. */
  readonly authorization: string;
  readonly descriptor: Descriptor;
}

export interface RefinedAccess {
  readonly access: readonly string[];
  readonly descriptor: Descriptor;
}

export interface HostedPolicy {
  readonly pattern: string;
  readonly access: readonly string[];
  readonly publish: readonly string[];
  /** Null where everyone is admitted: then the package is public. */
  readonly descriptor: Descriptor | null;
}

/** What the policy is made from: the configuration's own words, with credentials read in. */
export interface PolicyText {
  readonly publicUrl: string;
  readonly officialRegistry: string;
  readonly builtInPublic: Policy["builtInPublic"];
  readonly publicRoutes: readonly {
    readonly registry: string;
    readonly packages?: readonly string[] | undefined;
  }[];
  readonly aliases: readonly {
    readonly name: string;
    readonly registry: string;
    readonly claims?: readonly string[] | undefined;
    readonly access: readonly string[];
    readonly packages?: Readonly<Record<string, readonly string[]>> | undefined;
    readonly tarballOrigins?: readonly string[] | undefined;
    readonly generation: number;
    readonly authorization: string;
  }[];
  readonly hosted: readonly {
    readonly packages: string;
    readonly access: readonly string[];
    readonly publish: readonly string[];
  }[];
  readonly teams: Readonly<Record<string, readonly string[]>>;
  readonly anonymous: Policy["anonymous"];
  readonly unknownRoutes: Policy["unknownRoutes"];
  readonly fallback: Policy["fallback"];
  readonly probeHosts?: readonly string[];
}

/** Compiles the rules. `text` was validated; throws `RangeError` only for a URL that no check has seen. */
export function compilePolicy(
  parts: Pick<Parts, "aliasDescriptor" | "hostedDescriptor" | "epochOf">,
  text: PolicyText,
  secret: string,
  probed: Verdicts = NO_VERDICTS,
): Policy {
  const aliases = text.aliases.map((alias): AliasPolicy => {
    const { name, access, generation, authorization } = alias;
    const epoch = parts.epochOf(secret, generation, authorization);
    const refined = Object.entries(alias.packages ?? {}).map(
      ([pkg, list]): [string, RefinedAccess] => [
        pkg,
        { access: list, descriptor: parts.aliasDescriptor(secret, { name, epoch }, pkg) },
      ],
    );
    return {
      name,
      registry: registryHref(alias.registry),
      claims: alias.claims ?? ["*"],
      access,
      packages: new Map(refined),
      tarballOrigins: (alias.tarballOrigins ?? []).map((url) => new URL(url).origin),
      epoch,
      authorization,
      descriptor: parts.aliasDescriptor(secret, { name, epoch }, null),
    };
  });
  const hosted = text.hosted.map(({ packages: pattern, access, publish }): HostedPolicy => ({
    pattern,
    access,
    publish,
    descriptor: access.includes("$all")
      ? null
      : parts.hostedDescriptor(secret, { pattern, access }),
  }));
  return {
    digest: digestOf(text, aliases),
    publicUrl: registryHref(text.publicUrl).slice(0, -1),
    officialRegistry: registryHref(text.officialRegistry),
    builtInPublic: text.builtInPublic,
    publicRoutes: text.publicRoutes.map(({ registry, packages }) => ({
      registry: registryHref(registry),
      packages: packages ?? null,
    })),
    aliases,
    hosted,
    teams: new Map(Object.entries(text.teams).map(([team, users]) => [team, new Set(users)])),
    anonymous: text.anonymous,
    unknownRoutes: text.unknownRoutes,
    fallback: text.fallback,
    probeHosts: (text.probeHosts ?? []).map(registryHref),
    probed,
  };
}

/** Credentials enter by their epoch alone, which is an HMAC. */
function digestOf(text: PolicyText, aliases: readonly AliasPolicy[]): string {
  const shown = text.aliases.map(({ authorization: _secret, ...alias }, index) => ({
    ...alias,
    epoch: aliases[index]?.epoch,
  }));
  return sha256Hex(canonicalJson({ ...text, aliases: shown }));
}

function registryHref(text: string): string {
  const url = normalRegistry(text);
  if (typeof url === "string") throw new RangeError(`a registry URL that cannot be used: ${url}`);
  return url.href;
}
