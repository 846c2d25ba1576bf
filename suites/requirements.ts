import { npmRequirements } from "./npm/requirements.ts";
import { resolveRequirements } from "./resolve/requirements.ts";
import type { Level } from "./case.ts";

/** One rule, quoted once. Every one is cited by a case, and a structural one by a unit test. */
export interface Requirement {
  readonly id: string;
  readonly level: Level;
  /** `structural`: what no black box can show. */
  readonly kind: "behaviour" | "structural";
  readonly quote: string;
  readonly source: string;
}

export const requirements: readonly Requirement[] = [...resolveRequirements, ...npmRequirements];
