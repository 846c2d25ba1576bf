import type { Finding } from "../reports/record.ts";
import type { Case, Expectation } from "../suites/case.ts";
import { judgeExchange, judgeLog } from "./judge/always.ts";
import { judgeReading } from "./judge/bounds.ts";
import type { Reading } from "./judge/bounds.ts";
import { judgeBrackets } from "./judge/brackets.ts";
import { mismatches } from "./judge/expectations.ts";
import { isFailure } from "./judge/observed.ts";
import type { Observed } from "./judge/observed.ts";
import { comparable } from "./judge/resemblance.ts";
import type { Comparable } from "./judge/resemblance.ts";
import type { Canary } from "./world.ts";

/** All that was seen of one case. */
export interface Evidence {
  readonly text: Case;
  /** In the order of asking. */
  readonly observed: readonly Observed[];
  /** What a `finish` step expects of the request that it ends, by that request's step index. */
  readonly finishing: ReadonlyMap<number, Expectation>;
  readonly canaries: readonly Canary[];
  readonly log: string;
  readonly readings: readonly Reading[];
  /** Whether whoever runs the subject is somebody else, so that its being down is no verdict on it. */
  readonly remote: boolean;
}

/**
 * Turns what was seen into findings: the always-on checks, each step's own expectation or the oracle's, and
 * whether refusals were evidence at all.
 */
export function judge(evidence: Evidence): Finding[] {
  const { text, observed, canaries } = evidence;
  const always = observed.flatMap((one) => judgeExchange(one, canaries));
  const last = text.steps.length - 1;
  const logged = judgeLog(evidence.log, canaries, last);
  const bounds = evidence.readings.flatMap((reading) => judgeReading(reading, canaries));
  const steps = judgeSteps(evidence);
  const unprepared = steps.some(({ verdict }) => verdict === "blocked");
  // Where the preparation did not hold, or the subject is wrong anyway, brackets say nothing more.
  const brackets = unprepared || steps.length > 0 ? [] : judgeBrackets(observed);
  return [...always, ...logged, ...bounds, ...steps, ...brackets];
}

function judgeSteps({ text, observed, finishing, remote }: Evidence): Finding[] {
  const labels = new Map<string, Comparable>();
  const findings: Finding[] = [];
  for (const one of observed) {
    const { step, index, reply } = one;
    const expectation = finishing.get(index) ?? step.expect;
    const unreachable = remote && isFailure(reply) && UNREACHABLE.has(reply.failure);
    for (const { expected, seen } of mismatches(one, expectation, labels)) {
      const blocked = step.given === true || unreachable;
      findings.push({
        kind: blocked ? "preparation" : "expectation",
        verdict: blocked ? "blocked" : "failed",
        step: index,
        expected,
        seen,
        requirements: text.cites,
      });
    }
    // What follows a step that did not prepare what it should says nothing about the subject.
    if (findings.some(({ verdict }) => verdict === "blocked")) return findings;
    if (step.label !== undefined) labels.set(step.label, comparable(one));
  }
  return findings;
}

const UNREACHABLE: ReadonlySet<string> = new Set(["refused", "unresolved", "timeout", "hung"]);
