import { stringify } from "yaml";
import { sha256Hex } from "../../wire/digest.ts";
import type { PlacedWorld } from "../world.ts";

/** Where the reference is to listen and to keep its things; in-process it needs neither. */
export interface Lodging {
  readonly listen?: string;
  readonly operatorListen?: string;
  readonly publicUrl?: string;
  readonly data: string;
  /** How long one try at an upstream may take. Mocks are near: what hangs there hangs on purpose. */
  readonly responseMs: number;
}

/** The environment variable that holds an alias's credential: no secret stands in the config's text. */
export function credentialVariable(alias: string): string {
  return `LEAKPROOF_ALIAS_${alias.toUpperCase().replaceAll("-", "_")}`;
}

export const SECRET_VARIABLE = "LEAKPROOF_SERVER_SECRET";

/** The environment that a config written for this world refers to. */
export function environmentOf(placed: PlacedWorld): Record<string, string> {
  const aliases = Object.entries(placed.credentials).map(([alias, value]) => [
    credentialVariable(alias),
    value,
  ]);
  return { ...(Object.fromEntries(aliases) as object), [SECRET_VARIABLE]: placed.serverSecret };
}

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
    const { upstream, ...rules } = alias;
    const credential = { env: credentialVariable(name) };
    return [name, { registry: place(upstream), credential, ...rules }];
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
    secret: { env: SECRET_VARIABLE },
    ...(official === undefined ? {} : { officialRegistry: place(official) }),
    auth: { anonymous: settings.anonymous, users: Object.fromEntries(users) as object },
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
    cache: {
      resolutionTtlSeconds: settings.resolutionTtlMs / 1000,
      metadataTtlSeconds: settings.metadataTtlMs / 1000,
      staleLimitSeconds: settings.staleLimitMs / 1000,
      candidatesPerKey: settings.candidatesPerKey,
    },
    limits: { responseMs: lodging.responseMs },
  });
}
