import type { Case } from "./case.ts";
import { registryCases } from "./npm/registry.ts";
import { boundaryCases } from "./resolve/boundary.ts";
import { cachingCases } from "./resolve/caching.ts";
import { classCases } from "./resolve/classes.ts";
import { directTarballCases } from "./resolve/direct-tarballs.ts";
import { gateCases } from "./resolve/gates.ts";
import { operatorCases } from "./resolve/operator.ts";
import { routingCases } from "./resolve/routing.ts";
import { wireCases } from "./resolve/wire.ts";

/** Every case, in the order in which a reader would want them. */
export const cases: readonly Case[] = [
  ...wireCases,
  ...classCases,
  ...gateCases,
  ...cachingCases,
  ...boundaryCases,
  ...routingCases,
  ...directTarballCases,
  ...operatorCases,
  ...registryCases,
];

export { requirements } from "./requirements.ts";
