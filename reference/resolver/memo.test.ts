import { expect, test } from "vitest";
import { createMemo } from "./memo.ts";

test("the least recently used goes first, by size", () => {
  const memo = createMemo<string>(10);
  memo.put("a", "A", 4);
  memo.put("b", "B", 4);
  expect(memo.get("a")).toBe("A");
  memo.put("c", "C", 4);
  expect([memo.get("a"), memo.get("b"), memo.get("c")]).toEqual(["A", undefined, "C"]);
});

test("an entry that is put again counts once, and one that is too large is not kept", () => {
  const memo = createMemo<string>(10);
  memo.put("a", "A", 6);
  memo.put("a", "B", 6);
  memo.put("b", "C", 4);
  expect([memo.get("a"), memo.get("b")]).toEqual(["B", "C"]);
  memo.put("large", "D", 11);
  expect([memo.get("a"), memo.get("large")]).toEqual(["B", undefined]);
});
