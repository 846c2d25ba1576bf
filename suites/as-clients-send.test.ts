import { expect, test } from "vitest";
import { worlds } from "../fixtures/worlds.ts";
import { cases } from "./index.ts";

test("the root project's directory is written as real clients send it: a dot, never nothing", () => {
  const written = [...Object.values(worlds), ...cases];
  const strange = written.filter((one) => /\\?"dir\\?":\\?"\\?"/.test(JSON.stringify(one)));
  expect(strange.map((one) => ("id" in one ? one.id : one.name))).toEqual([]);
});
