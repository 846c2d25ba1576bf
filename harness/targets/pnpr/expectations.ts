import type { KnownFailure } from "../target.ts";
import { DEFECTS } from "./defects.ts";

/** What pnpr 0.1.0-alpha.8 is known to fail, case by case; a case that passes after all is `unexpected`. */
export const EXPECTATIONS: readonly KnownFailure[] = DEFECTS.flatMap(({ reason, minimal, cases }) =>
  cases.map((id) => ({ id, reason: `${reason} Minimal: ${minimal}` })),
);
