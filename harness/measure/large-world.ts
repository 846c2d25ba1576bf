import { DEFAULT_SETTINGS } from "../../fixtures/world.ts";
import type { Manifest, Package, Project, World } from "../../fixtures/world.ts";

const PACKAGES = 500;
const VERSIONS = 20;
const PRIVATE = "@acme/core";

/** A project of 500 public packages with 20 versions each, and the same with a private one in it. */
export function largeWorld(): World {
  const names = Array.from({ length: PACKAGES }, (_, at) => `large-${at}`);
  return {
    name: "large",
    title: "a project of 500 packages",
    users: ["alice"],
    teams: { acme: ["alice"] },
    upstreams: {
      npm: {
        official: true,
        auth: "none",
        denies: 404,
        packages: Object.fromEntries(names.map((name, at) => [name, packageAt(at)])),
      },
      acme: {
        auth: "bearer",
        denies: 404,
        packages: { [PRIVATE]: { versions: { "1.0.0": {} } } },
      },
    },
    aliases: {
      acme: { upstream: "acme", claims: ["@acme/*"], access: ["team:acme"], generation: 1 },
    },
    hosted: {},
    publicRoutes: [],
    projects: { public: project({}), private: project({ [PRIVATE]: "1.0.0" }) },
    settings: DEFAULT_SETTINGS,
  };
}

/** Each package leads to two of those that follow: a graph about nine deep, where most are met twice. */
function packageAt(at: number): Package {
  const next = [at * 2 + 1, at * 2 + 2].filter((to) => to < PACKAGES);
  const dependencies = Object.fromEntries(next.map((to) => [`large-${to}`, "^1.0.0"]));
  const manifest: Manifest = next.length === 0 ? {} : { dependencies };
  const versions = Array.from({ length: VERSIONS }, (_, minor) => [`1.${minor}.0`, manifest]);
  return { versions: Object.fromEntries(versions) as Package["versions"] };
}

function project(more: Readonly<Record<string, string>>): Project {
  return {
    title: "all of it",
    request: {
      projects: [{ dir: ".", dependencies: { "large-0": "^1.0.0", ...more } }],
      registry: "{npm}/",
      registries: { "{acme}/": { scopes: ["@acme"] } },
    },
    closure: [],
  };
}
