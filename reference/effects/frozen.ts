import { encodeLine } from "../../wire/ndjson.ts";
import { refuse } from "../core/refusal.ts";
import { appliedPolicies } from "../core/request.ts";
import type { Honoured } from "../core/request.ts";
import { withSpecifiers } from "../core/specifiers.ts";
import { needsTimes } from "../core/verify.ts";
import { staleReason } from "../resolver/freshness.ts";
import type { Running } from "../running.ts";
import { entryOf } from "./landing.ts";
import type { Answer, Landed, Question } from "./landing.ts";
import { enterSeed } from "./lockfiles.ts";
import { errandFor, Refused } from "./metadata.ts";
import type { Errand } from "./metadata.ts";
import { verifyLockfile } from "./verify.ts";

/**
 * A frozen lockfile that is proven fresh resolves nothing; it is gated and routed all the same. Null where a
 * resolve has to answer.
 */
export async function answerFrozen(running: Running, question: Question): Promise<Landed | null> {
  const { caller, signal } = question;
  const { honoured, ask } = question.request;
  if (ask !== "resolve" || !mayBeFrozen(honoured)) return null;
  const errand = errandFor(caller, signal);
  const answer = await answerOf(running, errand, honoured);
  if (answer === null) return null;
  return { answer, entry: entryOf(running, caller, "", errand.footprint) };
}

/** Whether a request asks to be answered from its own lockfile, if that will do. */
export function mayBeFrozen(honoured: Honoured): boolean {
  const wanted = honoured.frozenLockfile || honoured.preferFrozenLockfile;
  return wanted && honoured.lockfile !== undefined && !honoured.fixLockfile;
}

async function answerOf(
  running: Running,
  errand: Errand,
  honoured: Honoured,
): Promise<Answer | null> {
  try {
    const { lockfile = {}, specifiers } = enterSeed(running, errand, honoured);
    const stale = staleReason({ ...honoured, lockfile });
    if (stale !== undefined) {
      if (!honoured.frozenLockfile) return null;
      const message = `the lockfile is not up to date with the manifests: ${stale}`;
      return { kind: "refused", refusal: refuse("outdated-lockfile", message) };
    }
    if (!honoured.trustLockfile && needsTimes(honoured)) {
      const [violation] = await verifyLockfile(running, errand, honoured);
      if (violation !== undefined) {
        return { kind: "failed", code: violation.code, message: violation.reason };
      }
    }
    const total = Object.keys(lockfile.packages ?? {}).length;
    const frame = doneFrame(honoured, withSpecifiers(lockfile, specifiers), total);
    return { kind: "terminal", identity: encodeLine(frame), gzip: null };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind: "refused", refusal: error.refusal };
  }
}

/** The terminal frame of a resolve. */
export function doneFrame(
  honoured: Honoured,
  lockfile: Readonly<Record<string, unknown>>,
  totalPackages: number,
): Readonly<Record<string, unknown>> {
  return {
    type: "done",
    lockfile,
    lockfileFormat: "pnpm-lock/9.0",
    stats: { totalPackages },
    appliedPolicies: appliedPolicies(honoured),
  };
}
