import { expect, test } from "vitest";
import { createShelf } from "./shelf.ts";
import type { Place, Shelf } from "./shelf.ts";

function at(text: string): Place {
  const [scope = "", key = ""] = text.split(" ");
  return { scope, key };
}

function shelfOf(...entries: readonly (readonly [place: string, bytes: number])[]): Shelf {
  const shelf = createShelf();
  for (const [place, bytes] of entries) shelf.put(at(place), bytes);
  return shelf;
}

test("what was used longest ago goes first", () => {
  const shelf = shelfOf(["public a", 10], ["public b", 10], ["public c", 10]);
  shelf.use(at("public a"));
  expect(shelf.beyond(20)).toEqual([at("public b")]);
  expect(shelf.beyond(30)).toEqual([]);
});

test("a scope that is flooded pushes nothing out of another", () => {
  const shelf = shelfOf(["mine x", 10], ["mine y", 10]);
  for (let at = 0; at < 20; at += 1) shelf.put({ scope: "theirs", key: `${at}` }, 10);
  expect(shelf.beyond(50).every(({ scope }) => scope === "theirs")).toBe(true);
  expect(shelf.beyond(50)).toHaveLength(17);
});

test("between scopes of one size neither is spared for ever", () => {
  const shelf = shelfOf(["mine x", 10], ["mine y", 10], ["theirs x", 10], ["theirs y", 10]);
  expect(new Set(shelf.beyond(20).map(({ scope }) => scope))).toEqual(new Set(["mine", "theirs"]));
});

test("sizes follow what is put again, taken, and never there", () => {
  const shelf = shelfOf(["public a", 10], ["public a", 7], ["mine a", 5]);
  shelf.use(at("public never"));
  shelf.take(at("nowhere a"));
  expect(shelf.size()).toEqual({ entries: 2, bytes: 12 });
  shelf.take(at("mine a"));
  expect(shelf.size()).toEqual({ entries: 1, bytes: 7 });
  expect(shelf.beyond(0)).toEqual([at("public a")]);
});
