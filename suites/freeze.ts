import type { Case } from "./case.ts";

/** What is promised of a case: whoever wrote its id down finds the same thing under it. */
export interface FrozenCase {
  readonly id: string;
  readonly level: string;
  readonly title: string;
}

/** The frozen list's text: sorted, one case a line, so that lists of two branches merge line by line. */
export function frozenText(cases: readonly FrozenCase[]): string {
  const lines = cases.map(({ id, level, title }) => JSON.stringify({ id, level, title }));
  return lines
    .sort()
    .map((line) => `${line}\n`)
    .join("");
}

/** Every way in which the cases are not those of the frozen list: one sentence each, none when all hold. */
export function brokenPromises(frozen: readonly FrozenCase[], cases: readonly Case[]): string[] {
  const known = new Map(frozen.map((one) => [one.id, one]));
  const present = new Set(cases.map(({ id }) => id));
  const gone = frozen.filter(({ id }) => !present.has(id)).map(({ id }) => `${id} is gone`);
  const changed = cases.flatMap(({ id, level, title }) => {
    const before = known.get(id);
    if (before === undefined) return [`${id} is new`];
    return [
      ...(before.level === level ? [] : [`${id} was a ${before.level} and is a ${level}`]),
      ...(before.title === title ? [] : [`${id} had the title "${before.title}"`]),
    ];
  });
  return [...gone, ...changed].map((what) => `${what}: if that is meant, ${REMEDY}`);
}

const REMEDY = "run `npm run freeze` and commit suites/frozen.ndjson";
