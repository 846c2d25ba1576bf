import { npmRequirements } from "./npm/requirements.ts";
import type { Requirement } from "./requirement.ts";
import { resolveRequirements } from "./resolve/requirements.ts";

/** Every rule that a case cites, each once. */
export const requirements: readonly Requirement[] = [...resolveRequirements, ...npmRequirements];
