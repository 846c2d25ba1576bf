import type { KnownFailure } from "../target.ts";

export const EXPECTATIONS: readonly KnownFailure[] = [];
