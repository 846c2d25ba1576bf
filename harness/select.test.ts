import { expect, test } from "vitest";
import { may, must, should } from "../suites/case.ts";
import { selectCases, UsageError } from "./select.ts";

const text = { title: "t", world: "nothing", steps: [] };
const ALL = [
  must("npm/gate/one", { ...text, cites: ["resolve.registry.gated"] }),
  should("resolve/gate/two", { ...text, cites: ["resolve.gate.alias"] }),
  may("resolve/wire/three", { ...text, cites: ["resolve.wire.ping"] }),
];

test.each([
  [{ globs: [] }, ["one", "two", "three"]],
  [{ globs: ["resolve/**"] }, ["two", "three"]],
  [{ globs: ["*/gate/*"] }, ["one", "two"]],
  [{ globs: ["resolve/wire/three", "npm/**"] }, ["one", "three"]],
  [{ globs: [], surface: "npm" }, ["one"]],
  [{ globs: [], cites: "resolve.*" }, ["one", "two", "three"]],
  [{ globs: [], cites: "resolve.gate.alias" }, ["two"]],
  [{ globs: [], level: "must" as const }, ["one"]],
  [{ globs: [], level: "should" as const }, ["one", "two"]],
  [{ globs: [], level: "may" as const, surface: "resolve" }, ["two", "three"]],
])("%j chooses %j", (selection, names) => {
  expect(selectCases(ALL, selection).map(({ id }) => id.split("/")[2])).toEqual(names);
});

test.each([
  [{ globs: ["npm/**", "s3/**"] }, /no case matches "s3\/\*\*"/],
  [{ globs: [], surface: "oci" }, /--surface oci/],
  [{ globs: [], cites: "resolve.gone.*" }, /--cites resolve\.gone\.\*/],
  [{ globs: ["resolve/**"], level: "must" as const }, /--level must/],
])("%j matches nothing, which is a mistake and not a green run", (selection, says) => {
  expect(() => selectCases(ALL, selection)).toThrow(UsageError);
  expect(() => selectCases(ALL, selection)).toThrow(says);
});
