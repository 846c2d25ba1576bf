import { expect, test } from "vitest";
import { worlds } from "../fixtures/worlds.ts";
import { must } from "../suites/case.ts";
import type { Mood } from "../fixtures/mood.ts";
import { as, passes, upstream } from "../suites/steps.ts";
import type { Finding } from "../reports/record.ts";
import { runCases } from "./run.ts";
import { referenceTarget } from "./targets/reference.ts";

const MOODS: readonly Mood[] = [
  { mood: "status", status: 429, headers: [["retry-after", "1"]] },
  { mood: "status", status: 401 },
  { mood: "flap", status: 503 },
  { mood: "slow", delayMs: 5 },
  { mood: "trickle", pieceBytes: 200, everyMs: 0 },
  { mood: "hang" },
  { mood: "reset" },
  { mood: "truncate", afterBytes: 20 },
  { mood: "redirect", to: "{elsewhere}/" },
  { mood: "redirect", to: "{globex}/" },
  { mood: "redirect", to: "{acme}/ping" },
  { mood: "garbled" },
  { mood: "misnamed", as: "@acme/other" },
  { mood: "tarballs-at", base: "{elsewhere}", query: "signature=made-up" },
  { mood: "corrupt" },
];

/** Whatever an upstream does, the reference does what the oracle allows, having asked it before or not. */
test.each(MOODS)(
  "the oracle and the reference agree about an upstream in mood %j",
  async (mood) => {
    const asks = [
      as("alice").resolves("web"),
      as("mallory").resolves("web"),
      as("alice").reads("@acme/widget", { via: "acme" }),
    ];
    const text = must("test/moods", {
      title: "an upstream in a mood",
      cites: [],
      world: "two-teams",
      steps: [
        { do: "upstream", upstream: "acme", deed: { deed: "behave", mood } },
        ...asks,
        upstream("acme").recovers(),
        as("alice").resolves("web").isServed(),
        { do: "upstream", upstream: "acme", deed: { deed: "behave", mood } },
        passes({ ms: 400_000 }),
        ...asks,
      ],
    });
    expect(await findingsOf(text)).toEqual([]);
  },
);

async function findingsOf(text: ReturnType<typeof must>): Promise<Finding[]> {
  const found: Finding[] = [];
  await runCases([text], referenceTarget(), {
    ...{ seed: 1, worlds, signal: new AbortController().signal, write: () => undefined },
    stopwatch: () => 0,
    onCase: (_line, findings) => {
      found.push(...findings);
    },
  });
  return found;
}
