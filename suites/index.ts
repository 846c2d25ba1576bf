import type { Case } from "./case.ts";
import { attackCases } from "./isolation/attacks.ts";
import { principleCases } from "./isolation/principles.ts";
import { silenceCases } from "./isolation/silence.ts";
import { hidingCases } from "./npm/hiding.ts";
import { packageCases } from "./npm/packages.ts";
import { publishingCases } from "./npm/publishing.ts";
import { registryCases } from "./npm/registry.ts";
import { accessCases } from "./resolve/access.ts";
import { aliasCases } from "./resolve/aliases.ts";
import { baseKeyCases } from "./resolve/base-key.ts";
import { boundaryCases } from "./resolve/boundary.ts";
import { cachingCases } from "./resolve/caching.ts";
import { candidateCases } from "./resolve/candidates.ts";
import { classCases } from "./resolve/classes.ts";
import { closedWayCases } from "./resolve/closed-ways.ts";
import { troubleCases } from "./resolve/closed.ts";
import { directTarballCases } from "./resolve/direct-tarballs.ts";
import { footprintCases } from "./resolve/footprints.ts";
import { gateCases } from "./resolve/gates.ts";
import { hygieneCases } from "./resolve/hygiene.ts";
import { inFlightCases } from "./resolve/in-flight.ts";
import { inputCases } from "./resolve/inputs.ts";
import { operatorCases } from "./resolve/operator.ts";
import { policyCases } from "./resolve/policies.ts";
import { privateDefaultCases } from "./resolve/private-default.ts";
import { realProjectCases } from "./resolve/real-projects.ts";
import { routeCases } from "./resolve/routes.ts";
import { routingCases } from "./resolve/routing.ts";
import { scopeCases } from "./resolve/scopes.ts";
import { spellingCases } from "./resolve/spellings.ts";
import { splitDomainCases } from "./resolve/split-domain.ts";
import { tenantCases } from "./resolve/tenants.ts";
import { unknownCases } from "./resolve/unknown.ts";
import { walkCases } from "./resolve/walk.ts";
import { transitiveCases } from "./resolve/transitive.ts";
import { verificationCases } from "./resolve/verification.ts";
import { wireCases } from "./resolve/wire.ts";
import { workspaceCases } from "./resolve/workspace.ts";

/** Every case, in the order in which a reader would want them. */
export const cases: readonly Case[] = [
  ...wireCases,
  ...classCases,
  ...gateCases,
  ...cachingCases,
  ...inputCases,
  ...baseKeyCases,
  ...accessCases,
  ...aliasCases,
  ...footprintCases,
  ...candidateCases,
  ...inFlightCases,
  ...hygieneCases,
  ...policyCases,
  ...unknownCases,
  ...boundaryCases,
  ...spellingCases,
  ...transitiveCases,
  ...routingCases,
  ...routeCases,
  ...scopeCases,
  ...troubleCases,
  ...closedWayCases,
  ...verificationCases,
  ...directTarballCases,
  ...walkCases,
  ...operatorCases,
  ...tenantCases,
  ...privateDefaultCases,
  ...splitDomainCases,
  ...workspaceCases,
  ...realProjectCases,
  ...registryCases,
  ...principleCases,
  ...attackCases,
  ...silenceCases,
  ...packageCases,
  ...hidingCases,
  ...publishingCases,
];

export { requirements } from "./requirements.ts";
