import type { CaseLine, ExitCode, Finding, Verdict } from "../reports/record.ts";
import type { Case, Feature } from "../suites/case.ts";
import type { KnownFailure } from "./targets/target.ts";

const ALWAYS_ON: ReadonlySet<Finding["kind"]> = new Set([
  "confinement",
  "forwarding",
  "secret",
  "fail-open",
  "count",
  "bound",
]);

/**
 * What a case came to. An always-on finding fails it whatever else went wrong; otherwise `failed` before
 * `broken` before `blocked`, and what the target's expectations say of a failure is applied last.
 */
export function verdictOf(
  text: Pick<Case, "id" | "level">,
  findings: readonly Finding[],
  known: readonly KnownFailure[],
): { readonly verdict: Verdict; readonly because?: string } {
  const listed = known.find(({ id }) => id === text.id);
  const has = (verdict: Finding["verdict"]): boolean =>
    findings.some((finding) => finding.verdict === verdict);
  const always = findings.some(({ kind }) => ALWAYS_ON.has(kind));
  if (always || has("failed")) {
    if (listed !== undefined) return { verdict: "known", because: listed.reason };
    return { verdict: always || text.level === "must" ? "failed" : "advised" };
  }
  if (has("broken")) return { verdict: "broken" };
  if (has("blocked")) return { verdict: "blocked" };
  if (listed === undefined) return { verdict: "passed" };
  return { verdict: "unexpected", because: `listed as known (${listed.reason}), yet it passed` };
}

/**
 * 4 when something of ours broke, 1 when something was violated, 2 when the run says nothing, else 0.
 * `interrupted`, a run of nothing and a feature that is claimed and never shown are never green.
 */
export function exitCode(
  cases: readonly Pick<CaseLine, "verdict">[],
  interrupted: boolean,
  unshown: readonly Feature[] = [],
): ExitCode {
  const has = (...verdicts: readonly Verdict[]): boolean =>
    cases.some(({ verdict }) => verdicts.includes(verdict));
  if (has("broken")) return 4;
  if (has("failed", "unexpected")) return 1;
  const ran = cases.some(({ verdict }) => verdict !== "not-applicable" && verdict !== "blocked");
  return interrupted || !ran || has("blocked") || unshown.length > 0 ? 2 : 0;
}

/** Features that a target claims, and of whose cases none ran though some were chosen. */
export function unshownFeatures(
  claimed: readonly Feature[],
  chosen: readonly Pick<Case, "id" | "needs">[],
  lines: readonly Pick<CaseLine, "id" | "verdict">[],
): Feature[] {
  const ran = new Set(
    lines.filter(({ verdict }) => verdict !== "not-applicable").map(({ id }) => id),
  );
  return claimed.filter((feature) => {
    const about = chosen.filter(({ needs }) => needs.includes(feature));
    return about.length > 0 && !about.some(({ id }) => ran.has(id));
  });
}
