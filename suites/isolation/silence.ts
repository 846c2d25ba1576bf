import { must } from "../case.ts";
import type { Case, RequestStep } from "../case.ts";
import { as } from "../steps.ts";

/** A private name that exists, and one of the same length that does not. */
interface Pair {
  readonly there: string;
  readonly missing: string;
  readonly insider: string;
  readonly registry: string;
  readonly scope: string;
  /** `reads` and `downloads` go there. */
  readonly via: string;
}

const PAIRS: Readonly<Record<string, Pair>> = {
  alias: {
    ...{ there: "@acme/widget", missing: "@acme/gadget", insider: "alice" },
    ...{ registry: "{acme}/", scope: "@acme", via: "acme" },
  },
  endpoint: {
    ...{ there: "@acme/widget", missing: "@acme/gadget", insider: "alice" },
    ...{ registry: "{self}/~acme/", scope: "@acme", via: "acme" },
  },
  "alias-aloud": {
    ...{ there: "@globex/engine", missing: "@globex/enigma", insider: "carol" },
    ...{ registry: "{globex}/", scope: "@globex", via: "globex" },
  },
  hosted: {
    ...{ there: "@corp/handbook", missing: "@corp/cookbook", insider: "alice" },
    ...{ registry: "{self}/", scope: "@corp", via: "hosted" },
  },
  "one-package": {
    ...{ there: "@acme/payroll", missing: "@acme/payment", insider: "alice" },
    ...{ registry: "{acme}/", scope: "@acme", via: "acme" },
  },
};

/** Every way to ask after a name. */
const WAYS: Readonly<Record<string, (actor: string, pair: Pair, name: string) => RequestStep>> = {
  resolve: (actor, pair, name) =>
    as(actor).resolves("public", { fields: { ...routes(pair), ...project({ [name]: "*" }) } }),
  optional: (actor, pair, name) =>
    as(actor).resolves("public", {
      fields: {
        ...routes(pair),
        projects: [{ dir: ".", optionalDependencies: { [name]: "1.0.0" } }],
      },
    }),
  override: (actor, pair, name) =>
    as(actor).resolves("public", {
      fields: { ...routes(pair), overrides: { ms: `npm:${name}@1.0.0` } },
    }),
  frozen: (actor, pair, name) =>
    as(actor).resolves("public", {
      fields: { ...routes(pair), ...locked(name), frozenLockfile: true },
    }),
  verify: (actor, pair, name) =>
    as(actor).verifies("public", { fields: { ...routes(pair), ...locked(name) } }),
  packument: (actor, { via }, name) => as(actor).reads(name, { via }),
  tarball: (actor, { via }, name) => as(actor).downloads(name, "1.0.0", { via }),
};

/** Who may not use a private name hears the same whether it exists or not, however they ask. */
export const silenceCases: readonly Case[] = Object.entries(PAIRS).flatMap(([name, pair]) =>
  Object.entries(WAYS).flatMap(([way, ask]) =>
    ["mallory", "anonymous"].map((actor) =>
      must(`isolation/silence/${name}-${way}-${actor}`, {
        title: `${actor}, who asks (${way}), hears the same of a private name (${name}) and of none`,
        cites: ["resolve.verify.no-oracle", "resolve.registry.hiding", "resolve.gate.untold"],
        world: "two-teams",
        steps: [
          as(pair.insider).reads(pair.there, { via: pair.via }).concerning("names").isServed(),
          evidence(ask(actor, pair, pair.missing), "missing", {}),
          evidence(ask(actor, pair, pair.there), "there", {
            alike: { to: "missing", here: pair.there, there: pair.missing },
          }),
          as(pair.insider).reads(pair.there, { via: pair.via }).concerning("names").isServed(),
        ],
      }),
    ),
  ),
);

function evidence(
  step: RequestStep,
  label: string,
  more: { readonly alike?: { to: string; here: string; there: string } },
): RequestStep {
  const expect = { outcome: "refused", upstream: { acme: 0, globex: 0 }, ...more } as const;
  return { ...step, label, about: "names", expect };
}

function routes({ registry, scope }: Pair) {
  return { registries: { [registry]: { scopes: [scope] } } };
}

function project(dependencies: Readonly<Record<string, string>>) {
  return { projects: [{ dir: ".", dependencies }] };
}

function locked(name: string) {
  return {
    ...project({ [name]: "1.0.0" }),
    lockfile: {
      lockfileVersion: "9.0",
      settings: { autoInstallPeers: true, excludeLinksFromLockfile: false },
      importers: { ".": { dependencies: { [name]: { specifier: "1.0.0", version: "1.0.0" } } } },
      packages: { [`${name}@1.0.0`]: { resolution: { integrity: "sha512-bWFkZS11cA==" } } },
      snapshots: { [`${name}@1.0.0`]: {} },
    },
  };
}
