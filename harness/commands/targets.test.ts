import { Command } from "commander";
import { expect, test } from "vitest";
import { chooseTarget } from "../targets/choose.ts";
import { sampleSurroundings } from "./sample-surroundings.ts";
import { addTargets } from "./targets.ts";

async function targets(...args: readonly string[]): Promise<string> {
  const said: string[] = [];
  const program = new Command("leakproof").exitOverride();
  addTargets(program, sampleSurroundings({ say: (text) => said.push(text) }));
  await program.parseAsync(["targets", ...args], { from: "user" });
  return said.join("\n");
}

test("what is built in is ready; what was not fetched says how, and its licence", async () => {
  const said = await targets();
  expect(said).toMatch(/^ready {4}reference$/m);
  expect(said).toMatch(/^missing {2}pnpr\n {11}pnpr \S+ \(PolyForm Shield 1\.0\.0, .*\)\n {11}\S/m);
});

test("the same for programs", async () => {
  const rows = JSON.parse(await targets("--json")) as readonly Record<string, unknown>[];
  expect(rows.map(({ target, ready }) => [target, ready])).toEqual([
    ...[
      ["reference", true],
      ["reference --spawned", true],
      ["pnpr", false],
      ["http://HOST:PORT", true],
    ],
  ]);
});

test("nothing else can be installed", async () => {
  await expect(targets("install", "pnpm")).rejects.toThrow(
    'nothing to install is called "pnpm": there is pnpr',
  );
});

const CHOICE = { spawned: false, tokens: {}, peers: "no-such-folder" };

test.each([
  [{ ...CHOICE, name: "pnpr", spawned: true }, "--spawned is for the reference"],
  [{ ...CHOICE, name: "pnpr", tokens: { alice: "made-up" } }, "--token is for a URL"],
])("%j is a mistake that is told in one line", async (choice, told) => {
  await expect(chooseTarget(choice)).rejects.toThrow(told);
});

test.runIf(process.platform === "linux" && process.arch === "x64")(
  "a target that was not fetched says which command fetches it",
  async () => {
    await expect(chooseTarget({ ...CHOICE, name: "pnpr" })).rejects.toThrow(
      "pnpr is not here: fetch it with `leakproof targets install pnpr`",
    );
  },
);
