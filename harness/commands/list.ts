import { worlds } from "../../fixtures/worlds.ts";
import type { ExitCode } from "../../reports/record.ts";
import { cases, requirements } from "../../suites/index.ts";
import { selectCases } from "../select.ts";
import type { Surroundings } from "./surroundings.ts";

export interface ListOptions {
  readonly json?: boolean;
  readonly requirements?: boolean;
  readonly worlds?: boolean;
  readonly surface?: string;
  readonly cites?: string;
}

/** Shows what there is, without running any of it. */
export function list(
  globs: readonly string[],
  options: ListOptions,
  { say }: Surroundings,
): ExitCode {
  const rows =
    options.worlds === true
      ? Object.values(worlds).map(({ name, title }) => ({ id: name, title }))
      : options.requirements === true
        ? requirements.map(({ id, level, quote, source }) => ({
            ...{ id, level, title: quote, source },
            cases: cases.filter(({ cites }) => cites.includes(id)).map((text) => text.id),
          }))
        : selectCases(cases, { globs, surface: options.surface, cites: options.cites }).map(
            ({ id, level, title, cites, needs }) => ({
              ...{ id, level, title, cites, needs },
              surface: id.split("/")[0] ?? "",
            }),
          );
  if (options.json === true) say(JSON.stringify(rows, null, 2));
  else for (const { id, title } of rows) say(`${id}\n    ${title}`);
  return 0;
}
