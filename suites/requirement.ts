import type { Level } from "./case.ts";

/** One rule, quoted once. Every one is cited by a case, and a structural one by a unit test. */
export interface Requirement {
  readonly id: string;
  readonly level: Level;
  /** `structural`: what no black box can show. */
  readonly kind: "behaviour" | "structural";
  /** Word for word, but for line breaks. */
  readonly quote: string;
  readonly source: string;
}

/** Rules of one source that must hold and that behaviour shows, as quotes by id. */
export function rulesFrom(source: string, quotes: Readonly<Record<string, string>>): Requirement[] {
  return Object.entries(quotes).map(([id, quote]) => ({
    ...{ id, level: "must", kind: "behaviour", quote, source },
  }));
}

/** The same of what no black box can show. */
export function structureFrom(
  source: string,
  quotes: Readonly<Record<string, string>>,
): Requirement[] {
  return rulesFrom(source, quotes).map((rule) => ({ ...rule, kind: "structural" }));
}
