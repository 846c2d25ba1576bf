import { expect, test } from "vitest";
import { cases } from "../../../suites/index.ts";
import { verdictOf } from "../../verdict.ts";
import { EXPECTATIONS } from "./expectations.ts";

test("every known failure is one of a case that there is, named once", () => {
  const ids = EXPECTATIONS.map(({ id }) => id);
  expect(ids.filter((id) => !cases.some((text) => text.id === id))).toEqual([]);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test.each(EXPECTATIONS)("$id is known while it fails, and unexpected once it passes", ({ id }) => {
  const text = { id, level: "must" } as const;
  const finding = { step: 0, expected: "a", seen: "b", requirements: [] } as const;
  const failed = { kind: "confinement", verdict: "failed", ...finding } as const;
  expect(verdictOf(text, [failed], EXPECTATIONS).verdict).toBe("known");
  expect(verdictOf(text, [], EXPECTATIONS).verdict).toBe("unexpected");
});
