import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { Outcome } from "../../reports/outcome.ts";
import { publishReports } from "../../reports/publish.ts";
import { codeOf, RecordError } from "../../reports/read.ts";
import { renderConsole } from "../../reports/render/console.ts";
import { renderFindings } from "../../reports/render/findings.ts";
import { DEFECTS } from "../targets/pnpr/defects.ts";
import type { Surroundings } from "./surroundings.ts";

export function addReport(leakproof: Command, surroundings: Surroundings): void {
  leakproof
    .command("report <folder>")
    .description("make every report of a run again, from its record")
    .option("--findings <file>", "write the findings as a bug list in Markdown, too")
    .addHelpText(
      "after",
      "\nExample:\n  npx leakproof report reports/runs/2026-01-31T120000.000Z-verify",
    )
    .action((folder: string, { findings }: { readonly findings?: string }) => {
      const outcome = report(folder, surroundings);
      if (findings !== undefined) writeFindings(findings, outcome);
    });
}

/** Exits with 0 when the reports are there: what the run came to was its own exit code. */
function report(folder: string, { say, colours }: Surroundings): Outcome {
  const { outcome, page, notes } = publishReports(folder);
  say(renderConsole(outcome, { colours }));
  for (const note of notes) say(`note: ${note}`);
  say(`report: ${page}`);
  return outcome;
}

function writeFindings(file: string, outcome: Outcome): void {
  try {
    writeFileSync(file, renderFindings(outcome, worstFirst(outcome)));
  } catch (error) {
    throw new RecordError(`${file}: cannot be written (${codeOf(error)})`, error);
  }
}

/** Whoever lists a target's defects has put the worst first. */
function worstFirst({ run }: Outcome): string[] {
  return run.target.name.startsWith("pnpr ") ? DEFECTS.map(({ reason }) => reason) : [];
}
