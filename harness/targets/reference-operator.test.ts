import { describe, expect, test } from "vitest";
import { worlds } from "../../fixtures/worlds.ts";
import { PARTS } from "../../reference/core/parts.ts";
import type { Finding } from "../../reports/record.ts";
import { must } from "../../suites/case.ts";
import type { Case, Step } from "../../suites/case.ts";
import { cases } from "../../suites/index.ts";
import { as, operator, passes, upstream } from "../../suites/steps.ts";
import { runCases } from "../run.ts";
import type { Canary } from "../world.ts";
import { referenceTarget } from "./reference.ts";
import type { Target } from "./target.ts";

/** What one run left behind: findings, the last page of metrics, the whole log, every canary. */
interface Seen {
  readonly findings: readonly Finding[];
  readonly metrics: string;
  readonly log: string;
  readonly canaries: readonly Canary[];
}

async function seenOf(chosen: readonly Case[], target: Target = referenceTarget()): Promise<Seen> {
  const findings: Finding[] = [];
  const canaries: Canary[] = [];
  let metrics = "";
  let log = "";
  const watched: Target = {
    ...target,
    start: async (placed, upstreams) => {
      const session = await target.start(placed, upstreams);
      canaries.push(...placed.canaries);
      return {
        ...session,
        apply: async (change, after) => {
          canaries.push(...after.canaries);
          await session.apply(change, after);
        },
        stop: async () => {
          metrics = (await session.metrics?.()) ?? "";
          log += session.logs();
          await session.stop();
        },
      };
    },
  };
  await runCases(chosen, watched, {
    ...{ seed: 1, worlds, signal: new AbortController().signal, write: () => undefined },
    onCase: (_line, found) => findings.push(...found),
    stopwatch: () => 0,
  });
  return { findings, metrics, log, canaries };
}

function play(...steps: readonly Step[]): Case {
  return must("test/operator/play", { title: "a play", cites: [], world: "two-teams", steps });
}

test("a server that never evicts is found out by its metrics alone", async () => {
  const boundless = cases.filter(({ id }) => id === "resolve/cache/total-stays-bounded");
  const faulty = await seenOf(boundless, referenceTarget({ ...PARTS, evictionsFor: () => [] }));
  const bound = faulty.findings.filter(({ kind }) => kind === "bound");
  expect(bound[0]).toMatchObject({
    verdict: "failed",
    expected: "at most 2 candidates",
    seen: "3",
  });
  const sound = await seenOf(boundless);
  expect(sound.findings).toEqual([]);
});

describe("the metrics [resolve.operator.counted]", () => {
  test("tell hits from misses and from refusals, by class", async () => {
    const { metrics } = await seenOf([
      play(
        as("alice").resolves("web"),
        as("bob").resolves("web"),
        as("carol").resolves("public"),
        as("dave").resolves("both"),
        as("alice").resolves("handbook"),
        as("mallory").resolves("web"),
        as("alice").resolves("web"),
      ),
    ]);
    expect(samples(metrics, "resolves_total")).toEqual({
      "miss proxied": 2,
      "miss public": 1,
      "miss hosted": 1,
      "hit proxied": 2,
      "refused public": 1,
    });
    expect(samples(metrics, "refusals_total")).toEqual({ "proxied not-admitted": 1 });
    expect(metrics).toContain("leakproof_hit_seconds_count 2");
    expect(metrics).toContain("\nleakproof_candidates 4\n");
    expect(metrics).toContain("\nleakproof_requests_inside 0\n");
  });

  test("tell why candidates went", async () => {
    const { metrics } = await seenOf([
      play(
        as("alice").resolves("web"),
        operator.rotates("acme"),
        as("alice").resolves("web"),
        passes({ ms: 301_000 }),
        as("alice").resolves("web"),
        operator.sets({ candidatesTotal: 1 }),
        as("alice").resolves("public"),
      ),
    ]);
    expect(samples(metrics, "evictions_total")).toEqual({
      outlived: 1,
      expired: 1,
      "room-in-total": 1,
    });
  });

  test("tell what upstreams answered, and how tarballs were routed", async () => {
    const { metrics } = await seenOf([
      play(
        upstream("acme").answers(403),
        as("alice").resolves("private-default"),
        upstream("acme").recovers(),
        upstream("acme").resets(),
        as("alice").resolves("private-default"),
        upstream("acme").recovers(),
        as("alice").resolves("private-default"),
        as("alice").resolves("handbook"),
      ),
    ]);
    expect(samples(metrics, "upstream_requests_total")).toEqual({
      "proxied 403": 1,
      "proxied failed": 2,
      "proxied 200": 1,
      "public 200": 1,
    });
    expect(samples(metrics, "tarball_routings_total")).toEqual({ "through-here": 2, "as-is": 1 });
    expect(samples(metrics, "refusals_total")).toMatchObject({
      "proxied upstream-denied": 1,
      "proxied upstream-down": 1,
    });
  });
});

/** Every case, one after the other, beside whatever else is being tested. */
const WHOLE_RUN_MS = 180_000;

const troubled = play(
  upstream("acme").resets(),
  as("alice").resolves("web"),
  as("alice").downloads("@acme/widget", "1.0.0", { via: "acme" }),
);

test(
  "a whole run's log holds no secret, no private URL and no name of a private package",
  async () => {
    const { log, canaries } = await seenOf([...cases, troubled]);
    expect(log).toContain("upstream-failed");
    expect(
      [...new Set(canaries.map(({ value }) => value))].filter((one) => log.includes(one)),
    ).toEqual([]);
  },
  WHOLE_RUN_MS,
);

/** The samples of one metric, by its labels' values. */
function samples(text: string, name: string): Record<string, number> {
  const lines = text.matchAll(new RegExp(`^leakproof_${name}\\{(.*)\\} (\\S+)$`, "gm"));
  return Object.fromEntries(
    [...lines].map(([, labels = "", value]) => [
      [...labels.matchAll(/="(.*?)"/g)].map(([, label]) => label).join(" "),
      Number(value),
    ]),
  );
}
