import { expect, test } from "vitest";
import { seenBodies } from "./seen.ts";

test("what was asked for longest ago is forgotten first", () => {
  const seen = seenBodies(2);
  const of = (baseKey: string) => ({ baseKey, transforms: false });
  seen.put("a", of("1"));
  seen.put("b", of("2"));
  expect(seen.get("a")).toEqual(of("1"));
  seen.put("c", of("3"));
  expect(seen.get("b")).toBeUndefined();
  expect(seen.get("a")).toEqual(of("1"));
  expect(seen.get("c")).toEqual(of("3"));
});
