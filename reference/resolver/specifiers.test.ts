import { expect, test } from "vitest";
import { declineTricks } from "./specifiers.ts";

test.each([
  ["http://npm.test/ms/../left-pad/-/left-pad-1.3.0.tgz", "climbs"],
  ["http://npm.test/ms/%2e%2e/left-pad/-/left-pad-1.3.0.tgz", "climbs"],
  ["http://somebody:made-up@npm.test/ms/-/ms-2.1.3.tgz", "credentials"],
  ["http://", "cannot be read"],
])("%s in a registry's document is declined", (specifier, why) => {
  expect(() => {
    declineTricks(specifier);
  }).toThrow(why);
});

test.each(["http://npm.test/ms/-/ms-2.1.3.tgz", "^1.0.0", "npm:ms@2.1.3", "latest"])(
  "%s is not",
  (specifier) => {
    expect(() => {
      declineTricks(specifier);
    }).not.toThrow();
  },
);
