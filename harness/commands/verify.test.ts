import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { readRecord } from "../../reports/read.ts";
import { sampleSurroundings } from "./sample-surroundings.ts";
import { verify } from "./verify.ts";

const folder = mkdtempSync(path.join(tmpdir(), "leakproof-verify-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const OPTIONS = { target: "reference", seed: "1" };

test("an interrupted run ends its record after the case under way, and is inconclusive", async () => {
  const interrupted = new AbortController();
  const said: string[] = [];
  const out = path.join(folder, "interrupted");
  const code = await verify(
    ["resolve/wire/*"],
    { ...OPTIONS, out },
    sampleSurroundings({
      say: (text) => said.push(text),
      progress: () => {
        interrupted.abort();
      },
      interruption: () => interrupted.signal,
    }),
  );
  expect(code).toBe(2);
  const { lines, notes } = readRecord(out);
  expect(lines.filter(({ line }) => line === "case")).toHaveLength(1);
  expect(lines.at(-1)).toMatchObject({ line: "end", interrupted: true, exitCode: 2 });
  expect(notes).toEqual([]);
  expect(said.join("\n")).toMatch(/interrupted after 1 of \d+ cases/);
  expect(said.at(-1)).toBe(`report: ${path.join(out, "report.html")}`);
});

test("the run line says what was asked of whom, with every rule that may be found against", async () => {
  const out = path.join(folder, "asked");
  await verify(["resolve/wire/ping"], { ...OPTIONS, seed: "42", out }, sampleSurroundings({}));
  const [run] = readRecord(out).lines;
  expect(run).toMatchObject({
    ...{ command: "verify", seed: 42, startedAt: "1970-01-01T00:00:00.000Z" },
    target: { name: "reference", profile: "resolve" },
  });
  const ids = run?.line === "run" ? run.requirements.map(({ id }) => id) : [];
  expect(ids).toEqual(expect.arrayContaining(["resolve.wire.ping", "resolve.gate.confinement"]));
});
