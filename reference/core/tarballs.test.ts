import { expect, test } from "vitest";
import { routeTarball } from "./tarballs.ts";

const written = "https://cdn.test/@s/leaf/-/leaf-1.0.0.tgz?token=secret#x";

test("as-is keeps the upstream's URL without query and fragment", () => {
  const kept = "https://cdn.test/@s/leaf/-/leaf-1.0.0.tgz";
  expect(routeTarball(written, "@s/leaf", "as-is")).toBe(kept);
});

test("a base takes the file's name from the URL and the package's from the document", () => {
  const base = "https://self.test/~acme";
  const routed = "https://self.test/~acme/@s/leaf/-/leaf-1.0.0.tgz";
  expect(routeTarball(written, "@s/leaf", { base })).toBe(routed);
});

test("sealed was rewritten before", () => {
  expect(routeTarball("anything", "leaf", "sealed")).toBe("anything");
});

test.each([
  "https://user:secret@cdn.test/leaf.tgz",
  "https://user@cdn.test/leaf.tgz",
  "file:///etc/passwd",
  "ftp://cdn.test/leaf.tgz",
  "../leaf.tgz",
  "https://cdn.test/a/%2e%2e/leaf.tgz",
  undefined,
  7,
])("%j is refused, whatever the routing", (tarball) => {
  expect(routeTarball(tarball, "leaf", "as-is")).toBeUndefined();
  expect(routeTarball(tarball, "leaf", { base: "https://self.test" })).toBeUndefined();
});

test("a URL without a file has no place under a base", () => {
  const routed = routeTarball("https://cdn.test/leaf/", "leaf", { base: "https://self.test" });
  expect(routed).toBeUndefined();
});
