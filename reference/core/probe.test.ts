import { describe, expect, test } from "vitest";
import { isAllowed } from "./boundary.ts";
import { classify, probeFor } from "./classify.ts";
import { PARTS } from "./parts.ts";
import { compilePolicy } from "./policy.ts";
import type { Verdict } from "./probe.ts";
import { isRefusal } from "./refusal.ts";
import { normalUrl } from "./registry-url.ts";
import { samplePolicy, sampleText } from "./sample-policy.ts";

const HOSTS = ["https://npm.friends.test", "https://npm.acme.test/"];
const mallory = { user: "mallory" };

function policyWith(verdicts: Readonly<Record<string, Verdict>>, more = {}) {
  const text = { ...sampleText(), probeHosts: HOSTS, ...more };
  return compilePolicy(PARTS, text, "a-test-secret", new Map(Object.entries(verdicts)));
}

describe("what is probed", () => {
  const policy = policyWith({ "https://npm.friends.test/ @known": "public" });

  test.each([
    ["https://npm.friends.test/", "left-pad", "https://npm.friends.test/ "],
    ["https://npm.friends.test/", "right-pad", "https://npm.friends.test/ "],
    ["https://npm.friends.test/", "@new/a", "https://npm.friends.test/ @new"],
    ["https://npm.friends.test/deep/", "@new/a", "https://npm.friends.test/deep/ @new"],
  ])("%s of %s, under %j", (registry, name, key) => {
    expect(probeFor(policy, registry, name)?.key).toBe(key);
  });

  test.each([
    ["another host", "https://npm.strangers.test/", "a"],
    ["another scheme", "http://npm.friends.test/", "a"],
    ["a host whose name only begins alike", "https://npm.friends.test.evil.test/", "a"],
    ["the official registry's public names", "https://official.test/", "a"],
    ["a declared public route", "https://mirror.test/", "@open/a"],
    ["this server itself", "https://self.test/", "@corp/a"],
    ["an alias's registry", "https://npm.acme.test/private/", "@acme/a"],
    [
      "an alias's registry, for a name that it does not claim",
      "https://npm.acme.test/private/",
      "a",
    ],
    ["a scope whose verdict is known", "https://npm.friends.test/", "@known/a"],
  ])("not %s", (_what, registry, name) => {
    expect(probeFor(policy, registry, name)).toBeNull();
  });

  test("nothing, where probing is off", () => {
    expect(probeFor(samplePolicy(), "https://npm.friends.test/", "a")).toBeNull();
  });
});

test.each([
  ["public", "reject", "public"],
  ["public", "anonymous", "public"],
  ["requires-auth", "reject", "outside-allowlist"],
  ["requires-auth", "anonymous", "outside-allowlist"],
] as const)("a verdict of %s, with unknown routes on %s: %s", (verdict, unknownRoutes, outcome) => {
  const policy = policyWith({ "https://npm.friends.test/ @x": verdict }, { unknownRoutes });
  const route = classify(policy, mallory, "https://npm.friends.test/", "@x/a");
  expect(isRefusal(route) ? route.refused : route.class).toBe(outcome);
});

test("the boundary lets through what may be probed, and nothing else for it", () => {
  const allowed = (url: string): boolean => {
    const normal = normalUrl(url);
    return typeof normal !== "string" && isAllowed(policyWith({}), normal);
  };
  expect(allowed("https://npm.friends.test/a")).toBe(true);
  expect(allowed("http://npm.friends.test/a")).toBe(false);
  expect(allowed("https://npm.strangers.test/a")).toBe(false);
});
