import { matchesGlob } from "node:path";
import type { Command } from "commander";
import { worlds } from "../../fixtures/worlds.ts";
import { cases, requirements } from "../../suites/index.ts";
import { selectCases, UsageError } from "../select.ts";
import type { Surroundings } from "./surroundings.ts";

interface ListOptions {
  readonly json?: boolean;
  readonly requirements?: boolean;
  readonly worlds?: boolean;
  readonly surface?: string;
  readonly cites?: string;
}

export function addList(leakproof: Command, surroundings: Surroundings): void {
  leakproof
    .command("list [globs...]")
    .description("show the cases, without running them; globs choose by id")
    .option("--json", "as JSON")
    .option("--requirements", "the requirements instead, each with its cases")
    .option("--worlds", "the worlds instead")
    .option("--surface <name>", "cases of one surface, such as npm")
    .option("--cites <requirement>", "cases that cite a requirement, or a glob of them")
    .addHelpText("after", "\nExample:\n  npx leakproof list 'resolve/gate/*'")
    .action((globs: string[], options: ListOptions) => {
      list(globs, options, surroundings);
    });
}

/** Shows what there is. Throws `UsageError` where that is nothing. */
function list(globs: readonly string[], options: ListOptions, { say }: Surroundings): void {
  const rows = rowsOf(globs, options);
  if (options.json === true) say(JSON.stringify(rows, null, 2));
  else for (const row of rows) say(textOf(row));
}

interface Row {
  readonly id: string;
  readonly title: string;
  readonly level?: string;
  readonly needs?: readonly string[];
  readonly cases?: readonly string[];
}

function rowsOf(globs: readonly string[], options: ListOptions): Row[] {
  const { surface, cites } = options;
  if (options.worlds === true) {
    const all = Object.values(worlds).map(({ name, title, users, projects }) => ({
      ...{ id: name, title, users, projects: Object.keys(projects) },
    }));
    return matching(all, globs, "world");
  }
  if (options.requirements === true) {
    const all = requirements.map(({ quote, ...rest }) => ({
      ...{ ...rest, title: quote },
      cases: cases.filter((text) => text.cites.includes(rest.id)).map(({ id }) => id),
    }));
    return matching(all, globs, "requirement");
  }
  return selectCases(cases, { globs, surface, cites }).map(
    ({ id, level, title, cites: cited, needs }) => ({
      ...{ id, level, title, cites: cited, needs },
      surface: id.split("/")[0] ?? "",
    }),
  );
}

function matching(rows: readonly Row[], globs: readonly string[], kind: string): Row[] {
  for (const glob of globs) {
    if (rows.some(({ id }) => matchesGlob(id, glob))) continue;
    throw new UsageError(`no ${kind} matches "${glob}": leave it out to see them all`);
  }
  return rows.filter(({ id }) => globs.length === 0 || globs.some((glob) => matchesGlob(id, glob)));
}

function textOf({ id, title, level, needs = [], cases: citing }: Row): string {
  const needed = needs.length === 0 ? "" : `, needs ${needs.join(", ")}`;
  const cited = (citing ?? []).map((one) => `\n      ${one}`).join("");
  return `${id}${level === undefined ? "" : `  (${level}${needed})`}\n    ${title}${cited}`;
}
