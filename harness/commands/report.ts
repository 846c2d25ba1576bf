import type { Command } from "commander";
import { publishReports } from "../../reports/publish.ts";
import { renderConsole } from "../../reports/render/console.ts";
import type { Surroundings } from "./surroundings.ts";

export function addReport(leakproof: Command, surroundings: Surroundings): void {
  leakproof
    .command("report <folder>")
    .description("make every report of a run again, from its record")
    .addHelpText(
      "after",
      "\nExample:\n  npx leakproof report reports/runs/2026-01-31T120000.000Z-verify",
    )
    .action((folder: string) => {
      report(folder, surroundings);
    });
}

/** Exits with 0 when the reports are there: what the run came to was its own exit code. */
function report(folder: string, { say, colours }: Surroundings): void {
  const { outcome, page, notes } = publishReports(folder);
  say(renderConsole(outcome, { colours }));
  for (const note of notes) say(`note: ${note}`);
  say(`report: ${page}`);
}
