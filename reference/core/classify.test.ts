import { expect, test } from "vitest";
import { ANONYMOUS } from "./caller.ts";
import { classify } from "./classify.ts";
import { ACME_ALIAS, samplePolicy } from "./sample-policy.ts";
import type { PolicyText } from "./policy.ts";
import { isRefusal } from "./refusal.ts";

const alice = { user: "alice" };
const bob = { user: "bob" };
const mallory = { user: "mallory" };

function classOf(
  caller: { user: string | null },
  registry: string,
  name: string,
  changes: Partial<PolicyText> = {},
): string {
  const route = classify(samplePolicy(changes), caller, registry, name);
  return isRefusal(route) ? `refused: ${route.refused}` : route.class;
}

test.each([
  ["unscoped official names are public", alice, "https://official.test/", "left-pad", "public"],
  ["to anyone", ANONYMOUS, "https://official.test", "left-pad", "public"],
  [
    "scoped official names are not, by default",
    alice,
    "https://official.test/",
    "@x/y",
    "refused: outside-allowlist",
  ],
  ["a declared public route", ANONYMOUS, "https://mirror.test/", "@open/x", "public"],
  [
    "but only for the names it declares",
    ANONYMOUS,
    "https://mirror.test/",
    "other",
    "refused: outside-allowlist",
  ],
  ["http is not https", alice, "http://official.test/", "left-pad", "refused: outside-allowlist"],
  ["our own base is hosted", alice, "https://self.test/", "@corp/tool", "hosted"],
  [
    "for whom the policy admits",
    mallory,
    "https://self.test/",
    "@corp/tool",
    "refused: not-admitted",
  ],
  ["the more specific hosted rule wins", ANONYMOUS, "https://self.test", "@corp/open", "hosted"],
  [
    "an unclaimed name is nobody's",
    alice,
    "https://self.test/",
    "left-pad",
    "refused: not-admitted",
  ],
  ["our alias endpoint is the alias", alice, "https://self.test/~acme/", "@acme/tool", "proxied"],
  [
    "an alias that does not exist",
    alice,
    "https://self.test/~nobody/",
    "@acme/tool",
    "refused: not-admitted",
  ],
  [
    "a path of ours that is no registry",
    alice,
    "https://self.test/x/",
    "@acme/tool",
    "refused: not-admitted",
  ],
  ["under an alias's registry", bob, "https://npm.acme.test/private/", "@acme/tool", "proxied"],
  [
    "outsiders are refused, not sent on",
    mallory,
    "https://npm.acme.test/private/",
    "@acme/tool",
    "refused: not-admitted",
  ],
  [
    "anonymous likewise",
    ANONYMOUS,
    "https://npm.acme.test/private/",
    "@acme/tool",
    "refused: not-admitted",
  ],
  [
    "per-package access narrows",
    bob,
    "https://npm.acme.test/private/",
    "@acme/vault",
    "refused: not-admitted",
  ],
  ["and admits", alice, "https://npm.acme.test/private/", "@acme/vault", "proxied"],
  [
    "a name the alias does not claim",
    alice,
    "https://npm.acme.test/private/",
    "left-pad",
    "refused: not-admitted",
  ],
  [
    "a prefix of the path is another registry",
    alice,
    "https://npm.acme.test/",
    "@acme/tool",
    "refused: outside-allowlist",
  ],
  [
    "a longer name is another registry",
    alice,
    "https://npm.acme.test/privateer/",
    "@acme/tool",
    "refused: outside-allowlist",
  ],
  [
    "dot segments are refused",
    alice,
    "https://npm.acme.test/x/../private/",
    "@acme/tool",
    "refused: outside-allowlist",
  ],
  [
    "encoded ones too",
    alice,
    "https://npm.acme.test/x/%2e%2e/private/",
    "@acme/tool",
    "refused: outside-allowlist",
  ],
])("%s", (_title, caller, registry, name, expected) => {
  expect(classOf(caller, registry, name)).toBe(expected);
});

test("unknown routes are taken anonymously only where that is configured", () => {
  expect(classOf(alice, "https://elsewhere.test/", "x", { unknownRoutes: "anonymous" })).toBe(
    "unknown",
  );
});

test("a caller whom an alias refuses does not slide into an anonymous fetch", () => {
  const open = { unknownRoutes: "anonymous" } as const;
  expect(classOf(mallory, ACME_ALIAS.registry, "@acme/tool", open)).toBe("refused: not-admitted");
});

test("a declared public route wins over an alias for the same registry", () => {
  const publicRoutes = [{ registry: ACME_ALIAS.registry, packages: ["@acme/open"] }];
  expect(classOf(mallory, ACME_ALIAS.registry, "@acme/open", { publicRoutes })).toBe("public");
});

test("of several aliases the most specific claim wins, then the order of the config", () => {
  const wide = { ...ACME_ALIAS, name: "wide", claims: ["*"], packages: {} };
  const narrow = { ...ACME_ALIAS, name: "narrow", claims: ["@acme/tool"], packages: {} };
  const twin = { ...narrow, name: "twin" };
  const policy = samplePolicy({ aliases: [wide, narrow, twin] });
  const route = classify(policy, alice, ACME_ALIAS.registry, "@acme/tool");
  expect(route).toMatchObject({ class: "proxied", alias: { name: "narrow" } });
});

test("a refusal by the most specific alias is final", () => {
  const wide = {
    ...ACME_ALIAS,
    name: "wide",
    claims: ["*"],
    access: ["$authenticated"],
    packages: {},
  };
  const aliases = [wide, ACME_ALIAS];
  expect(classOf(mallory, ACME_ALIAS.registry, "@acme/tool", { aliases })).toBe(
    "refused: not-admitted",
  );
});

test("there is none and not for you read the same", () => {
  const policy = samplePolicy();
  const forbidden = classify(policy, mallory, "https://self.test/~acme/", "@acme/tool");
  const missing = classify(policy, mallory, "https://self.test/~nobody/", "@acme/tool");
  expect(forbidden).toEqual(missing);
});

test("at an alias's endpoint, what a sibling claims more closely is the sibling's", () => {
  const wide = { ...ACME_ALIAS, name: "wide", access: ["$authenticated"], packages: {} };
  const narrow = { ...ACME_ALIAS, name: "narrow", claims: ["@acme/vault"], packages: {} };
  const aliases = [wide, narrow];
  const at = (alias: string, name: string): string =>
    classOf(mallory, `https://self.test/~${alias}/`, name, { aliases });
  expect(at("wide", "@acme/tool")).toBe("proxied");
  expect(at("wide", "@acme/vault")).toBe("refused: not-admitted");
  expect(at("narrow", "@acme/vault")).toBe("refused: not-admitted");
});
