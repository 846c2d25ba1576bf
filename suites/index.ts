import type { Case } from "./case.ts";
import { registryCases } from "./npm/registry.ts";
import { boundaryCases } from "./resolve/boundary.ts";
import { cachingCases } from "./resolve/caching.ts";
import { classCases } from "./resolve/classes.ts";
import { directTarballCases } from "./resolve/direct-tarballs.ts";
import { gateCases } from "./resolve/gates.ts";
import { inputCases } from "./resolve/inputs.ts";
import { operatorCases } from "./resolve/operator.ts";
import { privateDefaultCases } from "./resolve/private-default.ts";
import { realProjectCases } from "./resolve/real-projects.ts";
import { routingCases } from "./resolve/routing.ts";
import { splitDomainCases } from "./resolve/split-domain.ts";
import { tenantCases } from "./resolve/tenants.ts";
import { wireCases } from "./resolve/wire.ts";
import { workspaceCases } from "./resolve/workspace.ts";

/** Every case, in the order in which a reader would want them. */
export const cases: readonly Case[] = [
  ...wireCases,
  ...classCases,
  ...gateCases,
  ...cachingCases,
  ...inputCases,
  ...boundaryCases,
  ...routingCases,
  ...directTarballCases,
  ...operatorCases,
  ...tenantCases,
  ...privateDefaultCases,
  ...splitDomainCases,
  ...workspaceCases,
  ...realProjectCases,
  ...registryCases,
];

export { requirements } from "./requirements.ts";
