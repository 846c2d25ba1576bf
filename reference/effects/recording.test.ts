import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => ({ name, text: readFileSync(path.join(import.meta.dirname, name), "utf8") }));

test("a credential is chosen in one place, for routes that were entered [resolve.footprint.once]", () => {
  const chosen = files.filter(({ text }) => /authorization\b[^;]*= route\.alias/.test(text));
  expect(chosen.map(({ name }) => name)).toEqual(["metadata.ts"]);
  // The same file has the one door to a route, which classifies and records before it hands the route out.
  const [door = ""] = /export function enterRoute\([\s\S]*?\n}\n/.exec(chosen[0]?.text ?? "") ?? [];
  expect(door.indexOf("parts.classify(")).toBeGreaterThan(0);
  expect(door.indexOf("parts.recordUse(")).toBeGreaterThan(door.indexOf("parts.classify("));
  expect(door.indexOf("return route;")).toBeGreaterThan(door.indexOf("parts.recordUse("));
});
