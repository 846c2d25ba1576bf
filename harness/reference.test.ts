import { expect, test } from "vitest";
import { worlds } from "../fixtures/worlds.ts";
import type { CaseLine } from "../reports/record.ts";
import type { Case } from "../suites/case.ts";
import { cases } from "../suites/index.ts";
import { runCases } from "./run.ts";
import { referenceTarget } from "./targets/reference.ts";
import { spawnedTarget } from "./targets/spawned.ts";
import type { Target } from "./targets/target.ts";

const IN_PROCESS = referenceTarget();
const SPAWNED = spawnedTarget();

/** A few of every kind of evidence; `npm run verify:all` plays all of them against a process. */
const OVER_SOCKETS: ReadonlySet<string> = new Set([
  "resolve/wire/ping",
  "resolve/wire/two-authorizations",
  "resolve/wire/stream",
  "resolve/class/alias-needs-membership",
  "resolve/cache/ttl-expires",
  "resolve/cache/restart-keeps-the-gates",
  "resolve/alias/rotation-opens-a-new-namespace",
  "npm/gate/alias-packages",
  "npm/hiding/missing-and-forbidden",
]);

test("in this process the reference passes every case that it can be given", async () => {
  const lines = await played(cases, IN_PROCESS);
  expect(lines.length).toBe(cases.length);
  expect(notPassed(lines)).toEqual(unmet(cases, IN_PROCESS));
}, 120_000);

test("as a process of its own it passes cases of every kind, over real sockets", async () => {
  const chosen = cases.filter(({ id }) => OVER_SOCKETS.has(id));
  expect(chosen.length).toBe(OVER_SOCKETS.size);
  expect(notPassed(await played(chosen, SPAWNED))).toEqual([]);
}, 120_000);

test("no case needs what neither form of the reference offers", () => {
  const offered = new Set([...IN_PROCESS.features, ...SPAWNED.features]);
  const impossible = cases.filter(({ needs }) => needs.some((need) => !offered.has(need)));
  expect(impossible.map(({ id }) => id)).toEqual([]);
});

async function played(chosen: readonly Case[], target: Target): Promise<CaseLine[]> {
  return runCases(chosen, target, {
    ...{ seed: 1, worlds, signal: new AbortController().signal },
    ...{ write: () => undefined, stopwatch: () => 0 },
  });
}

function notPassed(lines: readonly CaseLine[]): string[] {
  const others = lines.filter(({ verdict }) => verdict !== "passed");
  return others.map(({ id, verdict }) => `${id}: ${verdict}`).sort();
}

/** Cases that are not the target's, by what it says of itself. */
function unmet(chosen: readonly Case[], { features }: Target): string[] {
  const others = chosen.filter(({ needs }) => needs.some((need) => !features.includes(need)));
  return others.map(({ id }) => `${id}: not-applicable`).sort();
}
