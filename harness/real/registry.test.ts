import { expect, test } from "vitest";
import type { TestContext } from "vitest";
import { worlds } from "../../fixtures/worlds.ts";
import { client } from "../peers/for-test.ts";
import type { PeerName } from "../peers/pinned.ts";
import type { Ran, Sandbox } from "../sandbox.ts";
import { standScene } from "../scene.ts";
import type { Command, Scene, Wish } from "../scene.ts";

// The registry surface as the programs know it that everybody has: it has to be a registry like any other.
const SLOW_MS = 180_000;
const WIDGET = "@acme/widget";
const HANDBOOK = "@corp/handbook";
const FRESH = "@corp/fresh";

const installers: readonly PeerName[] = ["npm-11", "yarn-1", "yarn-4", "pnpm-12.21", "pnpm-11.26"];

test.for(installers)(
  "%s installs packages of every class from it, an outsider none [resolve.registry.unchanged]",
  { timeout: SLOW_MS },
  async (name, context) => {
    const command = await program(name, context);
    await using scene = await stand();
    for (const user of ["alice", "mallory", "bob"]) {
      await using installed = await scene.installs(command, consumer(user, name));
      if (user === "mallory") {
        expect(installed.code).toBeGreaterThan(0);
        expect(await scene.toldBy(installed)).toEqual([]);
        continue;
      }
      succeeded(installed);
      expect(await installed.read("node_modules/debug/package.json")).toContain('"name":"debug"');
      for (const [pkg, canary] of [WIDGET, HANDBOOK].map((one) => [one, scene.canaryOf(one)])) {
        expect(await installed.read(`node_modules/${pkg ?? ""}/index.js`)).toContain(canary);
      }
    }
  },
);

test(
  "npm publishes, tags, deprecates and unpublishes, and what it did is what everybody sees",
  async (context) => {
    const npm = await program("npm-11", context);
    await using scene = await stand();
    await using desk = await scene.opens(atServer("publisher"));
    const says = async (...args: string[]): Promise<string> => succeeded(await desk.run(npm, args));

    await release(desk, "1.0.0");
    await says("publish");
    await release(desk, "1.1.0");
    await says("publish", "--tag", "next");
    expect(await says("dist-tag", "ls", FRESH)).toBe("latest: 1.0.0\nnext: 1.1.0\n");
    expect(await desk.run(npm, ["publish"])).toMatchObject({
      code: 1,
      said: expect.stringContaining("cannot publish over") as string,
    });

    await says("dist-tag", "add", `${FRESH}@1.1.0`, "beta");
    await says("dist-tag", "rm", FRESH, "next");
    expect(await says("view", FRESH, "dist-tags", "--json")).toBe(
      '{\n  "latest": "1.0.0",\n  "beta": "1.1.0"\n}\n',
    );
    await says("deprecate", `${FRESH}@1.0.0`, "use 1.1.0");
    expect(await says("view", `${FRESH}@1.0.0`, "deprecated")).toBe("use 1.1.0\n");

    await using alice = await scene.installs(npm, {
      ...atServer("alice"),
      only: { [FRESH]: "1.0.0" },
    });
    expect(alice).toMatchObject({ code: 0 });
    expect(alice.said).toContain("use 1.1.0");
    expect(await alice.read(`node_modules/${FRESH}/index.js`)).toContain("1.0.0");
    succeeded(await alice.run(npm, ["pack", `${FRESH}@beta`]));

    await says("unpublish", `${FRESH}@1.1.0`);
    expect(await says("view", FRESH, "versions", "--json")).toBe('[\n  "1.0.0"\n]\n');
    await says("unpublish", FRESH, "--force");
    expect((await desk.run(npm, ["view", FRESH])).said).toContain("E404");
  },
  SLOW_MS,
);

test(
  "npm is told clearly that somebody may not, and nothing that they may not see",
  async (context) => {
    const npm = await program("npm-11", context);
    await using scene = await stand();
    const rows: readonly (readonly [string | null, readonly string[], string])[] = [
      // Who may read and not change is told so; to whom there is nothing, nothing is there.
      ["alice", ["publish"], "E403"],
      ["mallory", ["publish"], "E404"],
      [null, ["publish"], "ENEEDAUTH"],
      ["alice", ["unpublish", HANDBOOK, "--force"], "E403"],
      ["mallory", ["deprecate", HANDBOOK, "mine now"], "E404"],
      ["mallory", ["dist-tag", "add", `${HANDBOOK}@1.0.0`, "mine"], "E404"],
      ["mallory", ["view", HANDBOOK], "E404"],
      ["mallory", ["pack", HANDBOOK], "E404"],
      ["mallory", ["view", WIDGET], "E404"],
      [null, ["view", WIDGET], "E401"],
      [null, ["whoami"], "ENEEDAUTH"],
    ];
    for (const [user, args, code] of rows) {
      await using desk = await scene.opens(atServer(user));
      await release(desk, "9.0.0", HANDBOOK);
      const ran = await desk.run(npm, args);
      const refused = { code: 1, said: expect.stringContaining(code) as string };
      expect({ args, ...ran }).toMatchObject(refused);
      expect(await scene.toldBy({ ...desk, ...ran })).toEqual([]);
    }
    // Those who may are served the same.
    for (const args of [
      ["view", HANDBOOK],
      ["view", WIDGET],
      ["pack", HANDBOOK],
    ]) {
      await using desk = await scene.opens(atServer("bob"));
      succeeded(await desk.run(npm, args));
    }
  },
  SLOW_MS,
);

test(
  "pnpm and yarn publish, too",
  async (context) => {
    const publishers = [
      ["pnpm-11.26", "1.0.0", ["publish", "--no-git-checks"]],
      ["pnpm-12.21", "2.0.0", ["publish", "--no-git-checks"]],
      ["yarn-4", "3.0.0", ["npm", "publish"]],
      ["yarn-1", "4.0.0", ["publish", "--new-version", "4.0.0", "--no-git-tag-version"]],
    ] as const;
    const npm = await program("npm-11", context);
    await using scene = await stand();
    for (const [name, version, args] of publishers) {
      await using desk = await scene.opens(atServer("publisher"));
      await release(desk, version);
      await desk.write("yarn.lock", "");
      if (name === "yarn-4") succeeded(await desk.run(await program(name, context), ["install"]));
      succeeded(await desk.run(await program(name, context), args));
    }
    await using desk = await scene.opens(atServer("bob"));
    const seen = succeeded(await desk.run(npm, ["view", FRESH, "versions", "--json"]));
    expect(JSON.parse(seen)).toEqual(publishers.map(([, version]) => version));
  },
  SLOW_MS,
);

test(
  "npm logs in, lists its tokens and revokes one, which is refused from then on; logging out is the same",
  async (context) => {
    const npm = await program("npm-11", context);
    await using scene = await stand();
    const desk = async (): Promise<AsyncDisposable & Account> => {
      const sandbox = await scene.opens(atServer(null));
      return {
        npm: (...args) => sandbox.run(npm, [...args, "--userconfig", ".npmrc"]),
        login: (user, password) =>
          sandbox.run(
            npm,
            ["login", "--auth-type=legacy", "--userconfig", ".npmrc"],
            [
              { asked: "Username:", answer: user },
              { asked: "Password:", answer: password },
            ],
          ),
        [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
      };
    };
    await using one = await desk();
    await using two = await desk();
    await using thief = await desk();
    succeeded(await one.login("wilma", "visibly-fake-password"));
    succeeded(await two.login("wilma", "visibly-fake-password"));
    expect((await thief.login("wilma", "another-fake-password")).said).toContain("E401");
    expect(await one.npm("whoami")).toEqual({ code: 0, said: "wilma\n" });

    const listed = succeeded(await one.npm("token", "list", "--json"));
    const tokens = JSON.parse(listed) as readonly { key: string; created: string }[];
    expect(tokens).toHaveLength(2);
    const [mine = "", other = ""] = tokens.map(({ key }) => key);
    succeeded(await one.npm("token", "revoke", other.slice(0, 8)));
    const seen = [await one.npm("whoami"), await two.npm("whoami")];
    expect(seen.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(mine).not.toBe(other);

    const standing = seen[0]?.code === 0 ? one : two;
    succeeded(await standing.npm("logout"));
    expect((await standing.npm("whoami")).code).toBe(1);
    succeeded(await standing.login("wilma", "visibly-fake-password"));
    expect(JSON.parse(succeeded(await standing.npm("token", "list", "--json")))).toHaveLength(1);
  },
  SLOW_MS,
);

interface Account {
  npm(...args: string[]): Promise<Ran>;
  login(user: string, password: string): Promise<Ran>;
}

function succeeded(ran: Ran): string {
  expect(ran.code, ran.said).toBe(0);
  return ran.said;
}

/** A folder from which npm publishes one version. */
async function release(desk: Sandbox, version: string, name = FRESH): Promise<void> {
  await desk.write("package.json", JSON.stringify({ name, version, description: "made here" }));
  await desk.write("index.js", `module.exports = ${JSON.stringify(version)};\n`);
  await desk.write(".npmignore", ".npmrc\n.yarnrc.yml\npnpm-workspace.yaml\n");
}

function consumer(user: string, name: PeerName): Wish {
  const only = { debug: "^4.0.0", [WIDGET]: "^1.0.0", [HANDBOOK]: "^1.0.0" };
  const wish = { ...atServer(user), only, direct: true };
  // The old yarn looks for a credential at just the registry's own path, and is shy to send it.
  const login = "//{self-address}/~acme/:_authToken={token}\nalways-auth=true\n";
  return name === "yarn-1" ? { ...wish, npmrc: `${wish.npmrc ?? ""}${login}` } : wish;
}

/** The server as the one registry that there is, with acme's scope at the endpoint for its alias. */
function atServer(user: string | null): Wish {
  const yarn = `
npmRegistryServer: "{self}/"
npmScopes: { acme: { npmRegistryServer: "{self}/~acme/" } }
npmAlwaysAuth: ${user === null ? "false" : "true"}
npmAuthToken: "{token}"
unsafeHttpWhitelist: ["127.0.0.1"]
nodeLinker: node-modules
enableGlobalCache: false
enableTelemetry: false
enableImmutableInstalls: false
# What was published for this test is younger than the day that yarn lets pass.
npmMinimalAgeGate: 0
`;
  const npmrc = "registry={self}/\n@acme:registry={self}/~acme/\n";
  return { user, npmrc, files: { ".yarnrc.yml": yarn } };
}

async function program(name: PeerName, context: TestContext): Promise<Command> {
  return client(name, context, process.env);
}

async function stand(): Promise<Scene> {
  const base = worlds["two-teams"];
  if (base === undefined) throw new Error("there is no world named two-teams");
  const handbook = base.hosted[HANDBOOK] ?? { versions: {}, access: [] };
  const access = ["team:acme", "publisher"];
  const hosted = {
    ...base.hosted,
    [HANDBOOK]: { ...handbook, access },
    [FRESH]: { versions: {}, access },
  };
  return standScene(
    { ...base, hosted },
    { path: process.env["PATH"] ?? "", opens: ["registration", "public-names"] },
  );
}
