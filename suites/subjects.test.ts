import { expect, test } from "vitest";
import { cases } from "./index.ts";
import { requirements } from "./requirements.ts";

/** The fifteen subjects of pnpm/pnpm issue #12699, as spec/resolve.md lists them, and what they come to. */
const SUBJECTS: Readonly<Record<string, readonly string[]>> = {
  "unscoped official packages, shared and without credentials": ["resolve.class.official-unscoped"],
  "hosted private packages need package access": ["resolve.class.hosted"],
  "proxied private packages need an authorised alias": [
    "resolve.class.proxied",
    "resolve.class.no-forwarding",
    "resolve.alias.package-access",
  ],
  "mixed resolves use the right namespace per fetch": [
    "resolve.scope.mixed",
    "resolve.scope.named",
  ],
  "unauthorised access misses and reuses nothing": ["resolve.scope.no-reuse"],
  "401, 403 and private 404 fall back to nothing": ["resolve.closed.fallback"],
  "inline URL credentials are refused before any fetch": ["resolve.boundary.inline-credentials"],
  "verification can neither read nor fill a wrong scope": ["resolve.verify.scope"],
  "users of one alias share": ["resolve.scope.shared-by-alias"],
  "revoked access stops matching": ["resolve.gate.alias"],
  "public tarballs keep their URLs, others are routed": ["resolve.routing.public"],
  "replayed private resolutions name no private upstream": ["resolve.routing.replay"],
  "lockfile and frozen paths do not bypass routing": ["resolve.routing.lockfile"],
  "a custom private default registry is not public": ["resolve.class.private-default"],
  "candidate lists stay bounded": ["resolve.cache.bounded", "resolve.cache.bounds"],
};

const ENOUGH = 3;

test("there are fifteen subjects, each of requirements that there are", () => {
  expect(Object.keys(SUBJECTS)).toHaveLength(15);
  const known = new Set(requirements.map(({ id }) => id));
  expect(Object.values(SUBJECTS).flatMap((ids) => ids.filter((id) => !known.has(id)))).toEqual([]);
});

test.each(Object.entries(SUBJECTS))("%s: several cases show it", (_subject, ids) => {
  const shown = cases.filter(({ cites }) => cites.some((id) => ids.includes(id)));
  expect(shown.length).toBeGreaterThanOrEqual(ENOUGH);
});
