import { expect, test } from "vitest";
import { overrideEdge, overrideManifest, overridesMap, parseOverrides } from "./overrides.ts";

const read = (written: Readonly<Record<string, string>>) => parseOverrides(written, {});

test("selectors are read with scopes, ranges and parents", () => {
  const selectors = ["@s/a@^1", "a@1>@s/b@>=2 <3", "a@>1"].map((selector) => {
    const [override] = read({ [selector]: "1.0.0" });
    return [override?.parent, override?.target];
  });
  expect(selectors).toEqual([
    [undefined, { name: "@s/a", range: "^1" }],
    [
      { name: "a", range: "1" },
      { name: "@s/b", range: ">=2 <3" },
    ],
    [undefined, { name: "a", range: ">1" }],
  ]);
});

test("the most specific override that meets the range wins, and a parent's before any", () => {
  const overrides = read({ leaf: "9.0.0", "leaf@^1": "1.9.0", "top@1>leaf": "7.0.0" });
  const edit = (name: string, version: string, specifier: string) =>
    overrideManifest(overrides, { name, version, dependencies: { leaf: specifier } }).dependencies;
  expect(edit("other", "1.0.0", "^1.2.0")).toEqual({ leaf: "1.9.0" });
  expect(edit("other", "1.0.0", "^2.0.0")).toEqual({ leaf: "9.0.0" });
  expect(edit("top", "1.0.0", "^1.2.0")).toEqual({ leaf: "7.0.0" });
  expect(edit("top", "2.0.0", "^1.2.0")).toEqual({ leaf: "1.9.0" });
});

test("a dash removes, and a peer overridden by no range becomes a dependency as well", () => {
  const overrides = read({ gone: "-", host: "npm:other@1", ranged: "^2" });
  const manifest = {
    name: "plugin",
    dependencies: { gone: "1", kept: "1" },
    peerDependencies: { host: "*", ranged: "*", gone: "*" },
  };
  expect(overrideManifest(overrides, manifest)).toEqual({
    name: "plugin",
    dependencies: { kept: "1", host: "npm:other@1" },
    peerDependencies: { host: "*", ranged: "^2" },
  });
  expect(manifest.dependencies).toEqual({ gone: "1", kept: "1" });
});

test("an override with nothing behind its @ converges the ranges that admit its version", () => {
  const edge = overrideEdge(read({ "leaf@": "1.5.0" }));
  expect([edge?.("leaf", "^1.0.0"), edge?.("leaf", "^2.0.0"), edge?.("top", "1")]).toEqual([
    "1.5.0",
    undefined,
    undefined,
  ]);
  expect(() => read({ "leaf@": "^1" })).toThrow("exact version");
  expect(() => read({ "top>leaf@": "1.0.0" })).toThrow("empty range");
});

test("catalog: is looked up, and the map says what came of it", () => {
  const overrides = parseOverrides({ leaf: "catalog:" }, { default: { leaf: "1.2.3" } });
  expect(overridesMap(overrides)).toEqual({ leaf: "1.2.3" });
  expect(() => parseOverrides({ leaf: "catalog:" }, {})).toThrow("leaf");
  expect(overridesMap([])).toBeUndefined();
});
