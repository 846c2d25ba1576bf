import path from "node:path";
import { worlds } from "../../fixtures/worlds.ts";
import { publishReports } from "../../reports/publish.ts";
import { RECORD_SCHEMA } from "../../reports/record.ts";
import type { CaseLine, ExitCode } from "../../reports/record.ts";
import { renderConsole } from "../../reports/render/console.ts";
import { openRecord } from "../../reports/write.ts";
import type { Case, Level } from "../../suites/case.ts";
import { cases, requirements } from "../../suites/index.ts";
import { runCases } from "../run.ts";
import { selectCases, UsageError } from "../select.ts";
import type { Target } from "../targets/target.ts";
import { exitCode } from "../verdict.ts";
import type { Surroundings } from "./surroundings.ts";

export interface VerifyOptions {
  readonly target: string;
  readonly spawned?: boolean;
  readonly level?: string;
  readonly surface?: string;
  readonly cites?: string;
  readonly seed?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly token: readonly string[];
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
  const target = await targetOf(options);
  const began = surroundings.stopwatch();
  const startedAt = new Date(surroundings.now()).toISOString();
  const folder =
    options.out ?? path.join("reports", "runs", `${startedAt.replace(/[:.]/g, "-")}-verify`);
  const record = openRecord(folder);
  record.write({
    ...{ line: "run", schema: RECORD_SCHEMA, command: "verify", tool: surroundings.tool },
    target: { name: target.name, profile: target.profile, features: [...target.features] },
    ...{ seed, startedAt, machine: surroundings.machine },
    requirements: requirementsOf(chosen),
  });
  let done = 0;
  const lines = await runCases(chosen, target, {
    ...{ seed, worlds, signal: surroundings.interrupted, stopwatch: surroundings.stopwatch },
    write: record.write,
    onSecret: (secret) => {
      record.redact([secret]);
    },
    onCase: (line) => {
      done += 1;
      if (options.json !== true) surroundings.progress(progressText(line, done, chosen.length));
    },
  });
  const interrupted = surroundings.interrupted.aborted;
  const code = exitCode(lines, interrupted);
  record.write({
    ...{ line: "end", exitCode: code, interrupted },
    tookMs: Math.round(surroundings.stopwatch() - began),
    notes: notesOf(lines, chosen.length, interrupted, target),
  });
  record.close();
  const { outcome, page } = publishReports(folder);
  surroundings.progress("");
  surroundings.say(
    options.json === true
      ? JSON.stringify({ exitCode: code, out: folder, cases: lines })
      : `${renderConsole(outcome, { colours: surroundings.colour })}\nreport: ${page}`,
  );
  return code;
}

function levelOf(level: string | undefined): Level | undefined {
  if (level === undefined || level === "must" || level === "should" || level === "may")
    return level;
  throw new UsageError(`--level ${level}: choose must, should or may`);
}

function seedOf(text: string | undefined): number {
  const seed = Number(text ?? "1");
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new UsageError(`--seed ${text ?? ""}: a whole number from 0 on`);
}

/** The target that a name means. Throws `UsageError` for a name that means none. */
async function targetOf(options: VerifyOptions): Promise<Target> {
  const { target } = options;
  if (target === "reference") {
    return options.spawned === true
      ? (await import("../targets/spawned.ts")).spawnedTarget()
      : (await import("../targets/reference.ts")).referenceTarget();
  }
  if (!/^https?:\/\//.test(target)) {
    throw new UsageError(
      `--target ${target}: neither "reference" nor a URL such as http://127.0.0.1:4873`,
    );
  }
  if (!URL.canParse(target)) throw new UsageError(`--target ${target}: not a URL`);
  const url = new URL(target);
  if (url.pathname !== "/" || url.search !== "" || url.username !== "") {
    throw new UsageError(
      `--target ${url.origin}: give the origin alone, without path, query or user`,
    );
  }
  return (await import("../targets/url.ts")).urlTarget(url.origin, tokensOf(options.token));
}

function tokensOf(given: readonly string[]): Record<string, string> {
  const pairs = given.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError("--token: give NAME=TOKEN");
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

function requirementsOf(chosen: readonly Case[]) {
  const cited = new Set(chosen.flatMap(({ cites }) => cites));
  return requirements
    .filter(({ id }) => cited.has(id))
    .map(({ id, level, quote, source }) => ({ id, level, quote, source }));
}

function notesOf(
  lines: readonly CaseLine[],
  chosen: number,
  interrupted: boolean,
  target: Target,
): string[] {
  const ran = lines.filter(({ verdict }) => verdict !== "not-applicable").length;
  return [
    ...(interrupted ? [`interrupted after ${lines.length} of ${chosen} cases`] : []),
    ...(ran === 0 ? [`nothing ran: ${target.name} offers too little for any chosen case`] : []),
    ...(lines.some(({ verdict }) => verdict === "blocked")
      ? ["some cases were blocked: the run says nothing about what they are for"]
      : []),
  ];
}

function progressText(line: CaseLine, done: number, all: number): string {
  return `${String(done).padStart(String(all).length)}/${all} ${line.verdict.padEnd(14)} ${line.id}`;
}
