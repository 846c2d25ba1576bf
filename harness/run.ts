import { textForm } from "./exchange-lines.ts";
import { standWorld } from "./ground.ts";
import { judge } from "./judge.ts";
import { play } from "./play.ts";
import type { Played } from "./play.ts";
import type { CaseLine, Finding, RecordLine } from "../reports/record.ts";
import type { Case } from "../suites/case.ts";
import type { World } from "../fixtures/world.ts";
import { namePlaces } from "./places.ts";
import { createStanding } from "./standing.ts";
import type { Standing } from "./standing.ts";
import { sentenceOf } from "./sentences.ts";
import { credentialsOf, StartFailed, Unsupported } from "./targets/target.ts";
import type { Session, Target } from "./targets/target.ts";
import { verdictOf } from "./verdict.ts";
import type { Ground } from "./world.ts";

export interface RunOptions {
  readonly seed: number;
  readonly worlds: Readonly<Record<string, World>>;
  /** Ends the run after the case that is under way. */
  readonly signal: AbortSignal;
  readonly write: (line: RecordLine) => void;
  /** Hears of every secret as it is made, so that records can leave it out. */
  readonly onSecret?: (secret: string) => void;
  readonly onCase?: (line: CaseLine, findings: readonly Finding[]) => void;
  /** Default: 10 s. */
  readonly requestMs?: number;
  /** Default: 30 s. */
  readonly caseMs?: number;
  /** A monotonic clock in milliseconds, for how long things took. */
  readonly stopwatch: () => number;
}

/**
 * Runs cases against a target, each in a world and a session of its own: as many side by side as the target
 * bears. What is written is in the order of the cases, however many there are at once.
 */
export async function runCases(
  cases: readonly Case[],
  target: Target,
  options: RunOptions,
): Promise<CaseLine[]> {
  // What needs no world comes first: it tells soonest whether anything answers at all.
  const ordered = [...cases].sort((a, b) => Number(b.wireOnly) - Number(a.wireOnly));
  const standing = createStanding(target, options);
  const ended: (Ended | undefined)[] = [];
  const lines: CaseLine[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (!options.signal.aborted && next < ordered.length) {
      const at = next++;
      const text = ordered[at];
      if (text === undefined) return;
      ended[at] = await endedCase(text, target, standing, options);
      for (let one = ended[lines.length]; one !== undefined; one = ended[lines.length]) {
        for (const line of one.written) options.write(line);
        options.onCase?.(one.line, one.findings);
        lines.push(one.line);
      }
    }
  };
  await Promise.all(Array.from({ length: target.atOnce ?? 1 }, work));
  return lines;
}

/** A case with all that is to be written of it, once its turn has come. */
interface Ended {
  readonly line: CaseLine;
  readonly findings: readonly Finding[];
  readonly written: readonly RecordLine[];
}

async function endedCase(
  text: Case,
  target: Target,
  standing: Standing,
  options: RunOptions,
): Promise<Ended> {
  const written: RecordLine[] = [];
  const write = (line: RecordLine): void => void written.push(line);
  const began = options.stopwatch();
  const fallen = await standing.missing(text);
  const run =
    fallen === null ? await runCase(text, target, { ...options, write }) : blocked(fallen, text);
  const { findings, because } = run;
  if (findings.some(({ kind }) => kind === "preparation")) standing.doubt(text);
  const verdict = verdictFor(text, target, findings, because);
  const line: CaseLine = {
    line: "case",
    ...{ id: text.id, level: text.level, title: text.title, cites: text.cites },
    ...{ world: text.world, ...verdict, tookMs: Math.round(options.stopwatch() - began) },
    steps: text.steps.map(sentenceOf),
  };
  for (const finding of findings) write({ line: "finding", case: text.id, ...finding });
  write(line);
  return { line, findings, written };
}

interface CaseRun {
  readonly findings: readonly Finding[];
  readonly because?: string;
}

function verdictFor(
  text: Case,
  target: Target,
  findings: readonly Finding[],
  because: string | undefined,
): Pick<CaseLine, "verdict" | "because"> {
  const missing = text.needs.filter((need) => !target.features.includes(need));
  if (missing.length > 0) {
    return {
      verdict: "not-applicable",
      because: `the target does not offer ${missing.join(", ")}`,
    };
  }
  return {
    ...(because === undefined ? {} : { because }),
    ...verdictOf(text, findings, target.expectations),
  };
}

async function runCase(text: Case, target: Target, options: RunOptions): Promise<CaseRun> {
  if (text.needs.some((need) => !target.features.includes(need))) return { findings: [] };
  const world = options.worlds[text.world];
  let ground: Ground | undefined;
  let session: Session | undefined;
  try {
    if (world === undefined) throw new RangeError(`there is no world "${text.world}"`);
    ground = await standWorld(world, { seed: options.seed, transport: target.upstreams });
    for (const { value, of } of ground.placed.canaries) {
      if (of.kind !== "name" && of.kind !== "upstream-url") options.onSecret?.(value);
    }
    session = await target.start(ground.placed, ground.send);
    for (const { value } of credentialsOf(session, world.users)) options.onSecret?.(value);
    return await runSteps(text, target, ground, session, options);
  } catch (error) {
    return trouble(error, text);
  } finally {
    await session?.stop();
    await ground?.stop();
  }
}

async function runSteps(
  text: Case,
  target: Target,
  ground: Ground,
  session: Session,
  options: RunOptions,
): Promise<CaseRun> {
  const requestMs = options.requestMs ?? 10_000;
  const limit = new AbortController();
  // A timer that counts: where all waits for a call that hangs, nothing else keeps the process alive.
  const timer = setTimeout(() => {
    limit.abort(new Error("the case took too long"));
  }, options.caseMs ?? 30_000);
  const straggling = target.upstreams === "sockets";
  const limits = { requestMs, signal: limit.signal, straggling };
  const played = await play(text, ground, session, limits).finally(() => {
    clearTimeout(timer);
  });
  const remote = target.profile === "url";
  // A report speaks of places as the case does: where they stood is nothing to anybody afterwards.
  const places = { ...ground.placed.places, self: session.origins.client };
  const told = judge({ text, ...played, log: session.logs(), remote });
  // A case that could not go on says something all the same, where its beginning did not hold.
  if (told.length === 0 && played.cutShort !== undefined) throw new Error(played.cutShort);
  const findings = namePlaces(told, places);
  writeExchanges(text, played, findings, (line) => {
    options.write(namePlaces(line, places));
  });
  return { findings };
}

/** Of a case that held, its exchanges say nothing that its verdict does not. */
function writeExchanges(
  text: Case,
  played: Played,
  findings: readonly Finding[],
  write: RunOptions["write"],
): void {
  if (findings.length === 0) return;
  for (const observed of played.observed) {
    for (const line of textForm(text.id, observed)) write(line);
  }
}

function blocked(seen: string, text: Case): CaseRun {
  const finding: Finding = {
    ...{ kind: "preparation", verdict: "blocked", step: 0, seen },
    ...{ expected: "a server that answers, in the case's world", requirements: text.cites },
  };
  return { findings: [finding], because: seen };
}

/** The subject did not come up: nobody knows what it would have done. All else here is our own fault. */
function trouble(error: unknown, text: Case): CaseRun {
  const message = error instanceof Error ? error.message : String(error);
  const blocked = error instanceof StartFailed;
  const kind = blocked ? "preparation" : "harness";
  const expected = blocked
    ? "the subject starts in its world"
    : error instanceof Unsupported
      ? "a case that declares what it needs"
      : "the harness plays the case";
  const finding: Finding = {
    ...{ kind, verdict: blocked ? "blocked" : "broken", step: 0, expected, seen: message },
    requirements: text.cites,
  };
  return { findings: [finding], because: message };
}
