import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { worlds } from "../../fixtures/worlds.ts";
import type { CaseLine } from "../../reports/record.ts";
import { cases } from "../../suites/index.ts";
import { runCases } from "../run.ts";
import { selectCases } from "../select.ts";
import { driverTarget } from "./driver.ts";

const folder = mkdtempSync(path.join(tmpdir(), "leakproof-driver-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** An executable as a user would write one, around the sample driver. */
function driver(mistake = ""): string {
  const file = path.join(folder, `driver${mistake}`);
  const sample = path.join(import.meta.dirname, "sample-driver.ts");
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${sample}" ${mistake}\n`);
  chmodSync(file, 0o755);
  return file;
}

async function run(file: string, ...globs: readonly string[]): Promise<CaseLine[]> {
  return runCases(selectCases(cases, { globs }), await driverTarget(file), {
    ...{ seed: 1, worlds, write: () => undefined, stopwatch: () => 0 },
    signal: new AbortController().signal,
  });
}

test("a server behind a driver is told the whole world, and held to the same cases", async () => {
  const lines = await run(
    driver(),
    "resolve/wire/ping",
    "resolve/revocation/hosted-access-restricted",
    "resolve/cache/ttl-expires",
    "resolve/cache/restart-keeps-the-gates",
    "resolve/class/unknown-is-anonymous-and-unshared",
  );
  expect(lines.map(({ id, verdict }) => [id, verdict])).toEqual([
    ["resolve/wire/ping", "passed"],
    ["resolve/class/unknown-is-anonymous-and-unshared", "not-applicable"],
    ["resolve/revocation/hosted-access-restricted", "passed"],
    ["resolve/cache/ttl-expires", "passed"],
    ["resolve/cache/restart-keeps-the-gates", "passed"],
  ]);
});

test("what a driver claims and then declines leaves its cases blocked, with its reason", async () => {
  const [line] = await run(driver("decline"), "resolve/revocation/readmitted");
  expect(line).toMatchObject({ verdict: "blocked" });
  expect(line?.because).toMatch(/does not support "apply": it never changes$/);
});

test.each([
  ["mute", /ended with code 7: the database is not there$/],
  ["babble", /answered "start" with "\\"starting…\\"", which is no JSON object$/],
  ["boast", /answer to "start" is not what it must be: features\.0: .*flying|expected one of/],
])("a driver that %ss is told what is wrong, in one line", async (mistake, told) => {
  await expect(driverTarget(driver(mistake))).rejects.toThrow(told);
});

test("a file that cannot be run is told as that", async () => {
  const file = path.join(folder, "no-program");
  writeFileSync(file, "nothing");
  await expect(driverTarget(file)).rejects.toThrow(/no-program cannot be run \(EACCES\)$/);
});
