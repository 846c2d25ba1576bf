import { stringify } from "yaml";
import { sha256Hex } from "../../wire/digest.ts";
import type { PlacedWorld } from "../world.ts";

/** What the reference offers an operator, however it is started. */
export const OPERATOR_FEATURES = ["validation-on-hit", "probing", "operator-metrics"] as const;

/** Where the reference is to listen and to keep its things; in-process it needs neither. */
export interface Lodging {
  readonly listen?: string;
  readonly operatorListen?: string;
  readonly publicUrl?: string;
  readonly data: string;
  /** How long one try at an upstream may take. Mocks are near: what hangs there hangs on purpose. */
  readonly responseMs: number;
  /** Doors that a world does not speak of, as a server for one's own people has them. */
  readonly opens?: readonly Door[];
  /** Where the config says that a secret of `secretsOf` is. */
  readonly keeps: (name: string) => { readonly env: string } | { readonly file: string };
}

/** `registration`: anybody may make an account. `public-names`: public packages are served here, too. */
export type Door = "registration" | "public-names";

/** Every secret that a config refers to, by the name of its file or variable. None stands in the text. */
export function secretsOf(placed: PlacedWorld): Record<string, string> {
  const aliases = Object.entries(placed.credentials).map(([alias, value]) => [
    `alias-${alias}`,
    value,
  ]);
  return { ...(Object.fromEntries(aliases) as object), [SERVER_SECRET]: placed.serverSecret };
}

const SERVER_SECRET = "server-secret";

/** The reference's config for a world, as the text of its own config file. */
export function writeConfig(placed: PlacedWorld, lodging: Lodging): string {
  const { world, places } = placed;
  const { settings } = world;
  const official = Object.keys(world.upstreams).find((name) => world.upstreams[name]?.official);
  const place = (upstream: string): string => `${places[upstream] ?? ""}/`;
  const users = Object.entries(placed.accounts).map(([user, { token }]) => [
    user,
    { tokens: [sha256Hex(token)] },
  ]);
  const aliases = Object.entries(world.aliases).map(([name, alias]) => {
    const { upstream, tarballOrigins, edition: _edition, ...rules } = alias;
    const credential = lodging.keeps(`alias-${name}`);
    const hosts = tarballOrigins?.map((host) => new URL(place(host)).origin);
    const origins = hosts === undefined ? {} : { tarballOrigins: hosts };
    return [name, { registry: place(upstream), credential, ...rules, ...origins }];
  });
  const hosted = Object.entries(world.hosted).map(([packages, { access }]) => ({
    packages,
    access,
    publish: ["publisher"],
  }));
  return stringify({
    ...(lodging.listen === undefined ? {} : { listen: lodging.listen }),
    ...(lodging.publicUrl === undefined ? {} : { publicUrl: lodging.publicUrl }),
    ...(lodging.operatorListen === undefined
      ? {}
      : { operator: { listen: lodging.operatorListen, testClock: true } }),
    data: lodging.data,
    secret: lodging.keeps(SERVER_SECRET),
    ...(official === undefined ? {} : { officialRegistry: place(official) }),
    auth: {
      anonymous: settings.anonymous,
      users: Object.fromEntries(users) as object,
      ...(lodging.opens?.includes("registration") === true ? { registration: "open" } : {}),
    },
    ...(lodging.opens?.includes("public-names") === true ? { fallback: "public" } : {}),
    teams: world.teams,
    aliases: Object.fromEntries(aliases) as object,
    hosted,
    public: {
      builtIn: settings.builtInPublic,
      routes: world.publicRoutes.map(({ upstream, packages }) => ({
        registry: place(upstream),
        ...(packages === undefined ? {} : { packages }),
      })),
    },
    unknownRoutes: settings.unknownRoutes,
    validation: settings.validation,
    probing: settings.probeHosts.length > 0 ? "on" : "off",
    probes: { hosts: settings.probeHosts.map(place) },
    // Mocks stand on loopback, where nobody's unknown route may lead otherwise.
    internalOrigins: Object.values(places).map((base) => new URL(base).origin),
    cache: {
      resolutionTtlSeconds: settings.resolutionTtlMs / 1000,
      metadataTtlSeconds: settings.metadataTtlMs / 1000,
      staleLimitSeconds: settings.staleLimitMs / 1000,
      candidatesPerKey: settings.candidatesPerKey,
      candidatesTotal: settings.candidatesTotal,
      candidatesPerCaller: settings.candidatesPerCaller,
    },
    limits: {
      responseMs: lodging.responseMs,
      // A case ends with requests that are still held: nobody waits for those.
      drainMs: 200,
      bodyBytes: settings.bodyLimitBytes,
      requestsPerCaller: settings.requestsPerCaller,
    },
  });
}
