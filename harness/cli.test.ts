import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";

const BIN = path.resolve(import.meta.dirname, "..", "bin", "leakproof.mjs");
const folder = mkdtempSync(path.join(tmpdir(), "leakproof-cli-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function leakproof(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = Promise.withResolvers<number | null>();
  child.once("close", ended.resolve);
  const [code, out, err] = await Promise.all([
    ended.promise,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, out, err };
}

test.concurrent.each([
  [[], /no command given: the commands are list, verify, targets, serve, mock, report/],
  [
    ["bench"],
    /unknown command 'bench': the commands are list, verify, targets, serve, mock, report/,
  ],
  [["verify", "--such"], /unknown option '--such'/],
  [["verify", "no/such/*"], /no case matches "no\/such\/\*"/],
  [
    ["verify", "--target", "nowhere"],
    /--target nowhere: not a target; give "reference", "pnpr", a URL/,
  ],
  [["verify", "--target", "./no-driver"], /--target \.\/no-driver: there is no such file/],
  [["verify", "--seed", "x"], /--seed x: give a whole number/],
  [["report", "no-such-folder"], /record\.ndjson: cannot be read \(ENOENT\)/],
  [
    ["mock", "npm", "--world", "flat"],
    /no world "flat": choose from nothing, one-tenant, two-teams/,
  ],
  [["serve", "--config", "no-such.yaml"], /no-such\.yaml: cannot be read/],
])("%j is a mistake of the caller's: one line and exit code 3", async (args, said) => {
  const { code, out, err } = await leakproof(...args);
  expect(err).toMatch(said);
  expect(err).toMatch(/^leakproof: [^\n]*\n$/);
  expect({ code, out }).toEqual({ code: 3, out: "" });
});

test("a URL with a password is refused without repeating it", async () => {
  const { code, err } = await leakproof("verify", "--target", "http://me:made-up@127.0.0.1:1");
  expect(code).toBe(3);
  expect(err).toContain("tokens go by --token");
  expect(err).not.toContain("made-up");
});

test.concurrent.each(["list", "verify", "targets", "serve", "mock", "report"])(
  "%s --help has an example",
  async (name) => {
    const { code, out, err } = await leakproof(name, "--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`Example:\n  npx leakproof ${name}`);
  },
);

test("list prints cases for programs, chosen by glob", async () => {
  const { code, out } = await leakproof("list", "resolve/gate/*", "--json");
  expect(code).toBe(0);
  const rows = JSON.parse(out) as readonly Record<string, unknown>[];
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(Object.keys(row)).toEqual(["id", "level", "title", "cites", "needs", "surface"]);
  }
});

test("verify prints a table and leaves a record, from which report makes everything again", async () => {
  const run = path.join(folder, "run");
  const { code, out, err } = await leakproof("verify", "resolve/wire/ping", "--out", run);
  expect({ code, err }).toEqual({ code: 0, err: "1/1  passed         resolve/wire/ping\n" });
  expect(out).toContain("1 cases against reference");
  expect(out).toContain(`report: ${path.join(run, "report.html")}`);
  const page = readFileSync(path.join(run, "report.html"), "utf8");
  writeFileSync(path.join(run, "report.html"), "");
  const again = await leakproof("report", run);
  expect({ code: again.code, out: again.out }).toEqual({ code: 0, out });
  expect(readFileSync(path.join(run, "report.html"), "utf8")).toBe(page);
});

test("verify --json prints results.json and nothing else", async () => {
  const run = path.join(folder, "json");
  const { out, err } = await leakproof("verify", "resolve/wire/ping", "--json", "--out", run);
  expect(err).toBe("");
  expect(out).toBe(readFileSync(path.join(run, "results.json"), "utf8"));
});

test("nobody at a URL is inconclusive, and a token for it is nowhere in the record", async () => {
  const run = path.join(folder, "nobody");
  const nobody = ["--target", "http://127.0.0.1:1", "--token", "alice=made-up-token-of-alice"];
  const { code, out } = await leakproof("verify", "resolve/wire/*", ...nobody, "--out", run);
  expect(code).toBe(2);
  expect(out).toContain("nothing was put to the test");
  expect(readFileSync(path.join(run, "record.ndjson"), "utf8")).not.toContain("made-up-token");
});
