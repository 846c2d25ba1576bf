import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { sha256Hex } from "../../wire/digest.ts";
import { encodeLine } from "../../wire/ndjson.ts";
import type { Caller } from "../core/caller.ts";
import type { Candidate } from "../core/candidates.ts";
import type { Standing } from "../core/lookup.ts";
import { isRefusal, refuse } from "../core/refusal.ts";
import { appliedPolicies } from "../core/request.ts";
import { withSpecifiers } from "../core/specifiers.ts";
import type { Resolution } from "../ports.ts";
import { pinned } from "../running.ts";
import type { Rules, Running } from "../running.ts";
import { watchAccess } from "./access-watch.ts";
import { fetchTarball } from "./direct-tarballs.ts";
import { answerFrozen, doneFrame } from "./frozen.ts";
import { entryOf } from "./landing.ts";
import type { Answer, Landed, Question } from "./landing.ts";
import { enterSeed, touchTheRest } from "./lockfiles.ts";
import type { Seed } from "./lockfiles.ts";
import { askOpenly, errandFor, fetchMetadata, Refused } from "./metadata.ts";
import type { Errand } from "./metadata.ts";
import type { ResolveOutcome } from "./metrics.ts";
import { settleSeed } from "./probing.ts";
import { validateHit } from "./validation.ts";
import { verifyLockfile } from "./verify.ts";

/**
 * Answers from a candidate where this caller passes every gate of one, and resolves otherwise. Identical
 * misses share one resolve among callers of one view, and each passes its own gates before it is given
 * anything.
 */
export async function answerResolve(live: Running, question: Question): Promise<Answer> {
  const { caller, request } = question;
  const { metrics } = live;
  // What is fetched under some rules is recorded under the same ones, whatever a reload does meanwhile.
  const running = pinned(live);
  await settleSeed(running, request.honoured, askOpenly(running, true), question.signal);
  const frozen = await answerFrozen(running, question);
  if (frozen !== null) {
    const answer = admitted(live, caller, frozen);
    metrics.resolved(outcomeOf(answer, "frozen"), frozen.entry.footprint);
    return answer;
  }
  const key = running.parts.baseKey(request.ask, request.honoured);
  question.onKey(key);
  const hit = await replay(live, caller, key, question.signal);
  if (hit !== null) return hit;
  const { landed, joined } = await landedFor(running, heeding(live, running.rules, question), key);
  if (joined) metrics.joined("resolve");
  // What was rotated or reclassified meanwhile is no loss of access: it is asked for anew, as it is now.
  if (live.rules !== running.rules && standing(live, caller, landed) === "gone") {
    return answerResolve(live, question);
  }
  const known = await question.stillKnown();
  const answer: Answer = isRefusal(known)
    ? { kind: "refused", refusal: known }
    : admitted(live, caller, landed);
  metrics.resolved(outcomeOf(answer, joined ? "joined" : "miss"), landed.entry.footprint);
  return answer;
}

/** Frames stop with any access that their reader loses; whether that mattered, the last gate tells. */
function heeding(live: Running, since: Rules, question: Question): Question {
  const { caller } = question;
  const view = live.parts.viewOf(live.parts, since.policy, caller);
  const isOpen = watchAccess(live, caller, view, since);
  return {
    ...question,
    onPackage: (frame) => {
      if (isOpen()) question.onPackage(frame);
    },
  };
}

function outcomeOf(answer: Answer, served: "miss" | "joined" | "frozen"): ResolveOutcome {
  return answer.kind === "terminal" ? served : answer.kind;
}

/**
 * The answer that this caller would get from a candidate, if there is one, which is marked as used. Where the
 * operator wants its upstreams asked first, that takes a while, and the gates are passed again afterwards.
 */
export async function replay(
  live: Running,
  caller: Caller,
  key: string,
  signal: AbortSignal,
): Promise<Answer | null> {
  const { parts, ports, rules, metrics } = live;
  const { ttlMs } = rules.candidateBounds;
  if (ttlMs === 0) return null;
  const began = performance.now();
  const now = ports.clock.now();
  rules.probes.expire(now);
  const candidates = await ports.stores.candidates.list(key);
  const { match, stale } = parts.lookUp(parts, rules.policy, caller, candidates, { now, ttlMs });
  if (stale.length > 0) {
    for (const gone of stale) {
      metrics.evicted(parts.goneBecause(parts, rules.policy, gone, { now, ttlMs }));
    }
    await ports.stores.candidates.drop(stale);
  }
  if (match === null) return null;
  await ports.stores.candidates.used(match, now);
  const ready: Answer = { kind: "terminal", identity: match.identity, gzip: match.gzip };
  const answer =
    rules.config.validation === "off" ? ready : await validated(live, caller, match, ready, signal);
  metrics.resolved(answer.kind === "terminal" ? "hit" : answer.kind, match.footprint);
  metrics.hitTook(performance.now() - began);
  return answer;
}

async function validated(
  live: Running,
  caller: Caller,
  match: Candidate,
  ready: Answer,
  signal: AbortSignal,
): Promise<Answer> {
  const refusal = await validateHit(pinned(live), caller, match, signal);
  if (refusal !== null) return { kind: "refused", refusal };
  return admitted(live, caller, { answer: ready, entry: match });
}

/** One resolve for all who ask the same and may see the same. Who waited for one that failed asks anew. */
async function landedFor(
  running: Running,
  question: Question,
  key: string,
): Promise<{ readonly landed: Landed; readonly joined: boolean }> {
  const { parts, rules, flights } = running;
  const view = parts.viewOf(parts, rules.policy, question.caller);
  const flightKey = `resolve ${key} ${sha256Hex(view.join(" "))} ${rules.policy.digest}`;
  const mine = { leads: false };
  const join = async () => {
    const flight = await flights.join(flightKey, question.signal, (signal) => {
      mine.leads = true;
      return resolveAfresh(running, { ...question, signal }, key);
    });
    return { landed: flight.value, joined: !flight.led };
  };
  try {
    const first = await join();
    if (mine.leads || first.landed.answer.kind === "terminal") return first;
  } catch (error) {
    if (mine.leads || question.signal.aborted) throw error;
  }
  return join();
}

async function resolveAfresh(running: Running, question: Question, key: string): Promise<Landed> {
  const { rules } = running;
  const { caller } = question;
  const limit = AbortSignal.timeout(rules.config.limits.resolveMs);
  const signal = AbortSignal.any([question.signal, limit]);
  const errand = errandFor(caller, signal);
  const { footprint } = errand;
  const landed = (answer: Answer): Landed => ({
    answer,
    entry: entryOf(running, caller, key, footprint),
  });
  try {
    const frame = await terminalFrame(running, question, errand);
    const { refusal } = footprint;
    if (refusal !== null) return landed({ kind: "refused", refusal });
    if ("code" in frame) return landed(frame);
    const identity = encodeLine(frame.terminal);
    const gzipped = await compress(identity);
    const answer = landed({ kind: "terminal", identity, gzip: gzipped });
    if (!footprint.unshareable && rules.candidateBounds.ttlMs > 0) {
      const sizeBytes = identity.byteLength + gzipped.byteLength;
      await keep(running, { ...answer.entry, sizeBytes, identity, gzip: gzipped });
    }
    return answer;
  } catch (error) {
    if (error instanceof Refused) return landed({ kind: "refused", refusal: error.refusal });
    if (!limit.aborted || question.signal.aborted) throw error;
    const message = `the resolve took longer than ${rules.config.limits.resolveMs} ms`;
    return landed({ kind: "failed", code: "ERR_PNPR_RESOLVE_TIMED_OUT", message });
  }
}

const compress = promisify(gzip);

/** The frame that ends the stream, or the failure that stands in its place. */
async function terminalFrame(
  running: Running,
  question: Question,
  errand: Errand,
): Promise<
  { readonly terminal: Readonly<Record<string, unknown>> } | Extract<Answer, { code: string }>
> {
  const { honoured, ask } = question.request;
  if (ask === "verify") {
    const violations = await verifyLockfile(running, errand, honoured);
    if (violations.length > 0) return { terminal: { type: "violations", violations } };
    return { terminal: { type: "done", appliedPolicies: appliedPolicies(honoured) } };
  }
  const seed = enterSeed(running, errand, honoured);
  const resolution = await runResolver(running, question, errand, seed);
  if (!resolution.ok) {
    return { kind: "failed", code: resolution.code, message: resolution.message };
  }
  touchTheRest(running, errand, honoured, resolution.lockfile);
  const [violation] = resolution.violations;
  if (violation !== undefined) {
    // Whether this is an error is for a setting to say that clients keep to themselves, so they resolve.
    const release = `${violation.name}@${violation.version}`;
    const message = `minimumReleaseAge: ${release} ${violation.reason}`;
    return { kind: "failed", code: "ERR_PNPR_UNSUPPORTED_REQUEST_FIELD", message };
  }
  const lockfile = withSpecifiers(resolution.lockfile, seed.specifiers);
  return { terminal: doneFrame(honoured, lockfile, resolution.totalPackages) };
}

async function runResolver(
  running: Running,
  question: Question,
  errand: Errand,
  { lockfile }: Seed,
): Promise<Resolution> {
  const { honoured } = question.request;
  const job = {
    request: lockfile === undefined ? honoured : { ...honoured, lockfile },
    owner: question.caller.user ?? "",
    defaultRegistry: running.rules.policy.officialRegistry,
    now: running.ports.clock.now(),
  };
  const io = {
    metadata: (registry: string, name: string, full: boolean) =>
      fetchMetadata(running, errand, { registry, name, full }),
    tarball: (url: string) => fetchTarball(running, errand, url),
    onPackage: question.onPackage,
  };
  return running.ports.resolver.resolve(job, io, errand.signal);
}

/**
 * The last gate: rules may have changed since the flight took off, and a follower has passed none yet. A
 * failure tells of private packages too, so it stands behind the same gates.
 */
function admitted(running: Running, caller: Caller, landed: Landed): Answer {
  if (standing(running, caller, landed) === "matches") return landed.answer;
  const message = "access changed while the request was answered: ask again";
  return { kind: "refused", refusal: refuse("not-admitted", message) };
}

function standing({ parts, rules }: Running, caller: Caller, { entry }: Landed): Standing {
  return parts.standingOf(parts, rules.policy, caller, entry);
}

async function keep(running: Running, candidate: Candidate): Promise<void> {
  const { parts, ports, rules } = running;
  const census = await ports.stores.candidates.census();
  const bounds = rules.candidateBounds;
  const out = parts.evictionsFor(candidate, census, bounds, ports.clock.now());
  for (const { because } of out) running.metrics.evicted(because);
  if (out.length > 0) await ports.stores.candidates.drop(out.map(({ entry }) => entry));
  await ports.stores.candidates.put(candidate);
}
