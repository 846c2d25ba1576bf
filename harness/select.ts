import { matchesGlob } from "node:path";
import type { Case, Level } from "../suites/case.ts";

/** A mistake in how we were called: one line, exit code 3. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

export interface Selection {
  /** By id; none means all. */
  readonly globs: readonly string[];
  /** First segment of the id, such as `resolve`. */
  readonly surface?: string | undefined;
  /** A requirement's id, or a glob of them. */
  readonly cites?: string | undefined;
  /** This level and those above it. */
  readonly level?: Level | undefined;
}

const LEVELS: readonly Level[] = ["must", "should", "may"];

/** The cases that a selection chooses. Throws `UsageError` when any part of it matches nothing. */
export function selectCases(all: readonly Case[], selection: Selection): Case[] {
  const { globs, surface, cites, level } = selection;
  for (const glob of globs) {
    if (!all.some(({ id }) => matchesGlob(id, glob))) {
      throw new UsageError(`no case matches "${glob}": \`leakproof list\` shows their ids`);
    }
  }
  const filters: readonly [string, (text: Case) => boolean][] = [
    ["the globs", ({ id }) => globs.length === 0 || globs.some((glob) => matchesGlob(id, glob))],
    [
      `--surface ${surface ?? ""}`,
      ({ id }) => surface === undefined || id.split("/")[0] === surface,
    ],
    [
      `--cites ${cites ?? ""}`,
      (text) => cites === undefined || text.cites.some((one) => matchesGlob(one, cites)),
    ],
    [
      `--level ${level ?? ""}`,
      (text) => level === undefined || LEVELS.indexOf(text.level) <= LEVELS.indexOf(level),
    ],
  ];
  let chosen = [...all];
  for (const [name, fits] of filters) {
    chosen = chosen.filter(fits);
    if (chosen.length === 0) {
      throw new UsageError(`no case is left by ${name}: \`leakproof list\` shows what there is`);
    }
  }
  return chosen;
}
