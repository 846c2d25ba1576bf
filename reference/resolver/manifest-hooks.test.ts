import { expect, test } from "vitest";
import { createExtender, extensionsChecksum } from "./manifest-hooks.ts";

test("the checksum is the one that pnpm writes, in whatever order the keys came", () => {
  const written = {
    "leaf@2": {
      peerDependenciesMeta: { host: { optional: true } },
      dependencies: { top: "1", "@s/é": "^1.0.0" },
    },
    a: { peerDependencies: { host: "*" } },
  };
  const checksum = "sha256-yvmnNQEBSBpbBrlvEDZgINCsN3ppcs3pz+1/1MrWzo0=";
  expect(extensionsChecksum(written)).toBe(checksum);
  expect(extensionsChecksum({ a: written.a, "leaf@2": written["leaf@2"] })).toBe(checksum);
  expect(extensionsChecksum({})).toBeUndefined();
});

test("an extension adds what is missing and never replaces what the author wrote", () => {
  const extend = createExtender({ "leaf@^1": { dependencies: { a: "2", b: "2" } } });
  const manifest = { name: "leaf", version: "1.5.0", dependencies: { a: "1" } };
  expect(extend(manifest)).toEqual({ ...manifest, dependencies: { a: "1", b: "2" } });
  expect(manifest.dependencies).toEqual({ a: "1" });
  const other = { name: "leaf", version: "2.0.0" };
  expect(extend(other)).toBe(other);
});

test("among extensions of one package the earlier wins, the community's before the request's", () => {
  const extend = createExtender({
    "leaf@1": { dependencies: { a: "first" } },
    leaf: { dependencies: { a: "second", b: "second" } },
    "@angular/build@*": { dependencies: { tslib: "0" } },
  });
  const leaf = extend({ name: "leaf", version: "1.0.0" });
  expect(leaf).toMatchObject({ dependencies: { a: "first", b: "second" } });
  const angular = extend({ name: "@angular/build", version: "1.0.0" });
  expect(angular).toMatchObject({ dependencies: { tslib: "^2.3.0" } });
});
