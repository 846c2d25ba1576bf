import { gzipSync } from "node:zlib";
import { sha256Hex } from "../../wire/digest.ts";
import { encodeLine } from "../../wire/ndjson.ts";
import type { Candidate, CandidateEntry } from "../core/candidates.ts";
import { emptyFootprint } from "../core/footprint.ts";
import type { Footprint } from "../core/footprint.ts";
import { isRefusal, refuse } from "../core/refusal.ts";
import type { Refusal } from "../core/refusal.ts";
import { nameAndVersion } from "../core/lockfile-routes.ts";
import { appliedPolicies, registryFor } from "../core/request.ts";
import type { Honoured, LockfileInput, ResolveRequest } from "../core/request.ts";
import { needsTimes } from "../core/verify.ts";
import type { Caller } from "../core/caller.ts";
import type { PackageFrame, Resolution } from "../ports.ts";
import { staleReason } from "../resolver/freshness.ts";
import type { Rules, Running } from "../running.ts";
import { enterRoute, errandFor, fetchMetadata, Refused } from "./metadata.ts";
import type { Errand } from "./metadata.ts";
import type { ResolveOutcome } from "./metrics.ts";
import { verifyLockfile } from "./verify.ts";

/** How one resolve or verification ended: bytes that may be replayed, or why there are none. */
export type Answer =
  | { readonly kind: "terminal"; readonly identity: Uint8Array; readonly gzip: Uint8Array | null }
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** One caller's question, checked and within the boundary. */
export interface Question {
  readonly caller: Caller;
  readonly request: ResolveRequest;
  readonly signal: AbortSignal;
  /** Hears of each package while a miss is resolved; a hit is silent. */
  readonly onPackage: (frame: PackageFrame) => void;
}

/**
 * Answers from a candidate where this caller passes every gate of one, and resolves otherwise. Identical
 * misses share one resolve among callers of one view, and each passes its own gates before it is given
 * anything.
 */
export async function answerResolve(running: Running, question: Question): Promise<Answer> {
  const { rules, metrics } = running;
  const began = performance.now();
  const touched = emptyFootprint();
  const frozen = await answerFrozen(running, question, touched);
  if (frozen !== null) {
    metrics.resolved(outcomeOf(frozen, "frozen"), touched.descriptors.values());
    return frozen;
  }
  const key = running.parts.baseKey(question.request.ask, question.request.honoured);
  const hit = await replay(running, question.caller, key);
  if (hit !== null) {
    metrics.resolved("hit", hit.footprint);
    metrics.hitTook(performance.now() - began);
    return ready(hit);
  }
  const view = running.parts.viewOf(running.parts, rules.policy, question.caller);
  const flightKey = `resolve ${key} ${sha256Hex(view.join(" "))} ${rules.policy.digest}`;
  const flight = await running.flights.join(flightKey, question.signal, (signal) =>
    resolveAfresh(running, { ...question, signal }, key),
  );
  if (!flight.led) metrics.joined("resolve");
  const answer = admitted(running, question.caller, flight.value);
  metrics.resolved(outcomeOf(answer, flight.led ? "miss" : "joined"), flight.value.entry.footprint);
  return answer;
}

function outcomeOf(answer: Answer, served: "miss" | "joined" | "frozen"): ResolveOutcome {
  return answer.kind === "terminal" ? served : answer.kind;
}

/** What a fresh resolve left behind: its answer, whatever that is, and what it was made from. */
interface Landed {
  readonly answer: Answer;
  readonly entry: CandidateEntry;
}

/** The candidate that this caller would get, if there is one, marked as used. */
async function replay(running: Running, caller: Caller, key: string): Promise<Candidate | null> {
  const { parts, ports, rules } = running;
  const { ttlMs } = rules.candidateBounds;
  if (ttlMs === 0) return null;
  const now = ports.clock.now();
  const candidates = await ports.stores.candidates.list(key);
  const { match, stale } = parts.lookUp(parts, rules.policy, caller, candidates, { now, ttlMs });
  if (stale.length > 0) {
    for (const gone of stale) {
      running.metrics.evicted(parts.goneBecause(parts, rules.policy, gone, { now, ttlMs }));
    }
    await ports.stores.candidates.drop(stale);
  }
  if (match !== null) await ports.stores.candidates.used(match, now);
  return match;
}

async function resolveAfresh(running: Running, question: Question, key: string): Promise<Landed> {
  const { rules } = running;
  const errand = errandFor(question.caller, question.signal);
  const landed = (answer: Answer): Landed => ({
    answer,
    entry: entryOf(running, rules, question.caller, key, errand.footprint),
  });
  try {
    const frame = await terminalFrame(running, question, errand);
    const { refusal, unshareable } = errand.footprint;
    if (refusal !== null) return landed({ kind: "refused", refusal });
    if ("code" in frame) return landed(frame);
    const identity = encodeLine(frame.terminal);
    const gzip = gzipSync(identity);
    const done = landed({ kind: "terminal", identity, gzip });
    const sizeBytes = identity.byteLength + gzip.byteLength;
    if (!unshareable && rules.candidateBounds.ttlMs > 0) {
      await keep(running, { ...done.entry, sizeBytes, identity, gzip });
    }
    return done;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return landed({ kind: "refused", refusal: error.refusal });
  }
}

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
  const resolution = await runResolver(running, question, errand);
  if (!resolution.ok) {
    return { kind: "failed", code: resolution.code, message: resolution.message };
  }
  touchTheRest(running, errand, honoured, resolution.lockfile);
  const [violation] = resolution.violations;
  if (violation !== undefined) {
    return { kind: "failed", code: violation.code, message: violation.reason };
  }
  return { terminal: doneFrame(honoured, resolution.lockfile, resolution.totalPackages) };
}

async function runResolver(
  running: Running,
  question: Question,
  errand: Errand,
): Promise<Resolution> {
  const { policy } = running.rules;
  const { honoured } = question.request;
  const lockfile = routedSeed(running, errand, honoured);
  const job = {
    request: lockfile === undefined ? honoured : { ...honoured, lockfile },
    owner: question.caller.user ?? "",
    defaultRegistry: policy.officialRegistry,
    now: running.ports.clock.now(),
  };
  const io = {
    metadata: (registry: string, name: string, full: boolean) =>
      fetchMetadata(running, errand, { registry, name, full }),
    onPackage: question.onPackage,
  };
  const limit = AbortSignal.timeout(running.rules.config.limits.resolveMs);
  return running.ports.resolver.resolve(job, io, AbortSignal.any([question.signal, limit]));
}

/** The input lockfile with every URL routed; its entries are gated like any fetch. Throws `Refused`. */
function routedSeed(running: Running, errand: Errand, honoured: Honoured): Honoured["lockfile"] {
  if (honoured.lockfile === undefined) return undefined;
  const { parts, rules } = running;
  const routed = parts.routeLockfile(
    parts,
    rules.policy,
    errand.caller,
    honoured,
    honoured.lockfile,
  );
  if (isRefusal(routed)) {
    parts.recordRefusal(errand.footprint, routed);
    throw new Refused(routed);
  }
  for (const { registry, route } of routed.packages) {
    parts.recordUse(errand.footprint, registry, route);
  }
  return routed.lockfile;
}

/**
 * A resolver may keep a package without asking for its metadata. Whatever stands in the outcome is in the
 * footprint all the same, and whatever the caller may not use refuses the whole.
 */
function touchTheRest(
  running: Running,
  errand: Errand,
  honoured: Honoured,
  lockfile: LockfileInput,
): void {
  const touched = new Set([...errand.footprint.routes.values()].map((use) => use.package));
  for (const key of Object.keys(lockfile.packages ?? {})) {
    const name = nameAndVersion(key)?.name;
    if (name === undefined || touched.has(name)) continue;
    const registry = registryFor(honoured, running.rules.policy.officialRegistry, name);
    enterRoute(running, errand, registry, name);
  }
}

/** A frozen lockfile that is proven fresh resolves nothing; it is gated and routed all the same. */
async function answerFrozen(
  running: Running,
  question: Question,
  footprint: Footprint,
): Promise<Answer | null> {
  const { honoured, ask } = question.request;
  const wanted = honoured.frozenLockfile || honoured.preferFrozenLockfile;
  if (ask !== "resolve" || !wanted || honoured.lockfile === undefined) return null;
  if (honoured.fixLockfile) return null;
  const stale = staleReason(honoured);
  if (stale !== undefined) {
    if (!honoured.frozenLockfile) return null;
    const message = `the lockfile is not up to date with the manifests: ${stale}`;
    return { kind: "refused", refusal: refuse("outdated-lockfile", message) };
  }
  const { caller, signal } = question;
  const errand = { ...errandFor(caller, signal), footprint };
  try {
    const lockfile = routedSeed(running, errand, honoured) ?? honoured.lockfile;
    if (!honoured.trustLockfile && needsTimes(honoured)) {
      const [violation] = await verifyLockfile(running, errand, honoured);
      if (violation !== undefined) {
        return { kind: "failed", code: violation.code, message: violation.reason };
      }
    }
    const total = Object.keys(lockfile.packages ?? {}).length;
    const identity = encodeLine(doneFrame(honoured, lockfile, total));
    return { kind: "terminal", identity, gzip: null };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind: "refused", refusal: error.refusal };
  }
}

function doneFrame(
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

/**
 * The last gate: rules may have changed since the flight took off, and a follower has passed none yet. A
 * failure tells of private packages too, so it stands behind the same gates.
 */
function admitted(running: Running, caller: Caller, { answer, entry }: Landed): Answer {
  const { parts, rules } = running;
  if (parts.standingOf(parts, rules.policy, caller, entry) === "matches") return answer;
  const message = "access changed while the request was answered: ask again";
  return { kind: "refused", refusal: refuse("not-admitted", message) };
}

function entryOf(
  running: Running,
  rules: Rules,
  caller: Caller,
  baseKey: string,
  footprint: Footprint,
): CandidateEntry {
  const now = running.ports.clock.now();
  return {
    id: Buffer.from(running.ports.random.bytes(12)).toString("hex"),
    baseKey,
    policy: rules.policy.digest,
    footprint: [...footprint.descriptors.values()],
    routes: [...footprint.routes.values()],
    owner: caller.user ?? "",
    sizeBytes: 0,
    storedAt: now,
    usedAt: now,
  };
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

function ready(candidate: Candidate): Answer {
  return { kind: "terminal", identity: candidate.identity, gzip: candidate.gzip };
}
