import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { worlds } from "../../fixtures/worlds.ts";
import { publishReports } from "../../reports/publish.ts";
import { RECORD_SCHEMA } from "../../reports/record.ts";
import type { CaseLine, CitedRequirement, ExitCode, RunLine } from "../../reports/record.ts";
import { renderConsole } from "../../reports/render/console.ts";
import { renderResults } from "../../reports/render/results.ts";
import { defaultDirectory, openRecord } from "../../reports/write.ts";
import type { RecordWriter } from "../../reports/write.ts";
import type { Case, Level } from "../../suites/case.ts";
import { cases, requirements } from "../../suites/index.ts";
import { ALWAYS } from "../judge/always.ts";
import { runCases } from "../run.ts";
import { selectCases, UsageError } from "../select.ts";
import { chooseTarget } from "../targets/choose.ts";
import type { Target } from "../targets/target.ts";
import { exitCode, unshownFeatures } from "../verdict.ts";
import type { Surroundings } from "./surroundings.ts";

interface VerifyOptions {
  readonly target: string;
  readonly spawned?: boolean;
  readonly level?: string;
  readonly surface?: string;
  readonly cites?: string;
  readonly seed: string;
  readonly token?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

export function addVerify(leakproof: Command, surroundings: Surroundings): void {
  const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];
  leakproof
    .command("verify [globs...]")
    .description("run cases against a target, and report; globs choose cases by id")
    .option(
      "--target <target>",
      "reference, pnpr, the URL of a server, or the path of a driver",
      "reference",
    )
    .option("--spawned", "the reference as a process of its own, over real sockets")
    .option("--level <level>", "must, should or may: that level and those above it")
    .option("--surface <name>", "cases of one surface, such as npm")
    .option("--cites <requirement>", "cases that cite a requirement, or a glob of them")
    .option("--seed <number>", "what secrets and canaries are made from", "1")
    .option("--token <user=token>", "a user's token at a URL; @FILE reads it", collect)
    .option("--out <folder>", "where the record and the reports go")
    .option("--json", "print results.json instead of a table, and no progress")
    .addHelpText(
      "after",
      "\nExit codes: 0 conformant, 1 violated, 2 inconclusive, 3 usage, 4 a fault of leakproof's own." +
        "\n\nExample:\n  npx leakproof verify 'resolve/**' --target http://127.0.0.1:4873",
    )
    .action(async (globs: string[], options: VerifyOptions) => {
      surroundings.finish(await verify(globs, options, surroundings));
    });
}

/** Runs the chosen cases against a target, writes the record as it goes, and reports. */
export async function verify(
  globs: readonly string[],
  options: VerifyOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { surface, cites } = options;
  const chosen = selectCases(cases, { globs, surface, cites, level: levelOf(options.level) });
  const seed = seedOf(options.seed);
  const tokens = tokensOf(options.token ?? []);
  const target = await chooseTarget({
    ...{ name: options.target, spawned: options.spawned === true, tokens },
    peers: surroundings.peers,
  });
  checkExpectations(target);
  const run = runLine(chosen, target, seed, surroundings);
  const folder = options.out ?? defaultDirectory("verify", new Date(run.startedAt));
  const record = openRecord(folder);
  record.redact(Object.values(tokens));
  record.write(run);
  const crash = await runInto(record, chosen, target, { ...surroundings, seed, options });
  record.close();
  const { outcome, page } = publishReports(folder);
  if (options.json === true) surroundings.say(renderResults(outcome).trimEnd());
  else {
    surroundings.say(renderConsole(outcome, { colours: surroundings.colours }));
    surroundings.say(`report: ${page}`);
  }
  if (crash !== null) throw crash.error;
  return outcome.end?.exitCode ?? 4;
}

function levelOf(level: string | undefined): Level | undefined {
  if (level === undefined || level === "must" || level === "should" || level === "may") {
    return level;
  }
  throw new UsageError(`--level ${level}: choose must, should or may`);
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new UsageError(`--seed ${text}: give a whole number from 0 on`);
}

/** Tokens in files stay out of the shell's history and of the list of processes. */
function tokensOf(given: readonly string[]): Record<string, string> {
  const pairs = given.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1 || at === pair.length - 1) throw new UsageError("--token: give USER=TOKEN");
    const [user, token] = [pair.slice(0, at), pair.slice(at + 1)];
    return [user, token.startsWith("@") ? tokenIn(token.slice(1), user) : token] as const;
  });
  return Object.fromEntries(pairs);
}

function tokenIn(file: string, user: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    throw new UsageError(`--token ${user}=@${file}: that file cannot be read`);
  }
}

/** A known failure of a case that is gone excuses nothing, and hides that nobody looks any more. */
function checkExpectations({ name, expectations }: Target): void {
  const stale = expectations.find(({ id }) => !cases.some((text) => text.id === id));
  if (stale === undefined) return;
  throw new UsageError(`the expectations of ${name} name "${stale.id}", and there is no such case`);
}

function runLine(
  chosen: readonly Case[],
  target: Target,
  seed: number,
  { tool, machine, now }: Surroundings,
): RunLine {
  return {
    ...{ line: "run", schema: RECORD_SCHEMA, command: "verify", tool },
    target: { name: target.name, profile: target.profile, features: [...target.features] },
    ...{ seed, startedAt: new Date(now()).toISOString(), machine },
    requirements: citedBy(chosen),
  };
}

/** What the cases cite, and what is checked on every exchange whatever a case is about. */
function citedBy(chosen: readonly Case[]): CitedRequirement[] {
  const cited = new Set([...chosen.flatMap(({ cites }) => cites), ...Object.values(ALWAYS).flat()]);
  return requirements
    .filter(({ id }) => cited.has(id))
    .map(({ id, level, quote, source }) => ({ id, level, quote, source }));
}

/** Runs the cases and ends the record, whatever happens; what stopped us from running is given back. */
async function runInto(
  record: RecordWriter,
  chosen: readonly Case[],
  target: Target,
  around: Surroundings & { readonly seed: number; readonly options: VerifyOptions },
): Promise<{ readonly error: unknown } | null> {
  const { seed, options, progress, stopwatch } = around;
  const signal = around.interruption("stopping after this case; Ctrl-C again stops at once");
  const began = stopwatch();
  const lines: CaseLine[] = [];
  let crash: { readonly error: unknown } | null = null;
  const onCase = (line: CaseLine): void => {
    lines.push(line);
    if (options.json === true) return;
    const green = line.verdict === "passed" || line.verdict === "not-applicable";
    progress(progressText(line, lines.length, chosen.length), green ? undefined : "kept");
  };
  const onSecret = (secret: string): void => {
    record.redact([secret]);
  };
  try {
    const { write } = record;
    await runCases(chosen, target, { seed, worlds, signal, stopwatch, write, onCase, onSecret });
  } catch (error) {
    crash = { error };
  }
  if (options.json !== true) progress("");
  const interrupted = signal.aborted && lines.length < chosen.length;
  const unshown = interrupted ? [] : unshownFeatures(target.features, chosen, lines);
  record.write({
    ...{ line: "end", interrupted, tookMs: Math.round(stopwatch() - began) },
    exitCode: crash === null ? exitCode(lines, interrupted, unshown) : 4,
    notes: [
      ...notesOf(lines, chosen.length, interrupted, crash),
      ...unshown.map((feature) => `the target claims "${feature}", and no case that needs it ran`),
    ],
  });
  return crash;
}

function notesOf(
  lines: readonly CaseLine[],
  chosen: number,
  interrupted: boolean,
  crash: { readonly error: unknown } | null,
): string[] {
  const ran = lines.some(({ verdict }) => verdict !== "not-applicable" && verdict !== "blocked");
  const blocked = lines.filter(({ verdict }) => verdict === "blocked").length;
  const notes = {
    [`leakproof itself failed: ${String(crash?.error)}`]: crash !== null,
    [`interrupted after ${lines.length} of ${chosen} cases`]: interrupted,
    "nothing was put to the test, which says nothing about the target": !ran,
    [`of ${lines.length} cases, ${blocked} blocked: what they stand on did not hold`]: blocked > 0,
  };
  return Object.entries(notes).flatMap(([note, holds]) => (holds ? [note] : []));
}

function progressText({ verdict, id }: CaseLine, done: number, all: number): string {
  return `${String(done).padStart(String(all).length)}/${all}  ${verdict.padEnd(14)} ${id}`;
}
