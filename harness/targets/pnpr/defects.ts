import { LEAKS } from "./leaks.ts";
import { LAPSES } from "./lapses.ts";

/** One thing that pnpr 0.1.0-alpha.8 does wrong, learnt by asking it, and the cases that show it. */
export interface Defect {
  /** What happens, in a sentence. */
  readonly reason: string;
  /** The least that has to be done to see it. */
  readonly minimal: string;
  readonly cases: readonly string[];
}

/** What it shows to somebody, or asks of somebody, comes before how it answers. */
export const DEFECTS: readonly Defect[] = [...LEAKS, ...LAPSES];
