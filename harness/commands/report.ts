import { publishReports } from "../../reports/publish.ts";
import type { ExitCode } from "../../reports/record.ts";
import { renderConsole } from "../../reports/render/console.ts";
import { UsageError } from "../select.ts";
import type { Surroundings } from "./surroundings.ts";

/** Makes every format of a run again, from its record. The run's own exit code is what it was. */
export function report(folder: string, { say, colour }: Surroundings): ExitCode {
  try {
    const { outcome, page } = publishReports(folder);
    say(`${renderConsole(outcome, { colours: colour })}\nreport: ${page}`);
    return 0;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
