import { expect, test } from "vitest";
import { disposeOf } from "./upstream.ts";

const PUBLIC = { kind: "public" } as const;
const PRIVATE = { kind: "private", descriptor: "d" } as const;
const FRESH = { ageMs: 10, staleLimitMs: 100 };
const OLD = { ageMs: 100, staleLimitMs: 100 };

test.each([
  [PUBLIC, 200, FRESH, "store"],
  [PUBLIC, 304, FRESH, "revalidate"],
  [PUBLIC, 304, null, "refuse"],
  [PUBLIC, 401, FRESH, "refuse"],
  [PRIVATE, 401, FRESH, "refuse"],
  [PRIVATE, 403, FRESH, "refuse"],
  [PUBLIC, 403, FRESH, "refuse"],
  [PRIVATE, 404, FRESH, "refuse"],
  [PRIVATE, 410, FRESH, "refuse"],
  [PUBLIC, 404, FRESH, "absent"],
  [PUBLIC, 302, FRESH, "refuse"],
  [PUBLIC, 400, FRESH, "refuse"],
  [PUBLIC, 500, FRESH, "serve-stale"],
  [PRIVATE, 503, FRESH, "serve-stale"],
  [PRIVATE, 429, FRESH, "serve-stale"],
  [PUBLIC, 500, OLD, "refuse"],
  [PUBLIC, 500, null, "refuse"],
] as const)("%o, status %d, stored %o: %s", (scope, status, stored, act) => {
  expect(disposeOf(scope, "x", { kind: "status", status }, stored).act).toBe(act);
});

test("a failure is stood in for by a fresh enough copy of the same scope alone", () => {
  expect(disposeOf(PRIVATE, "x", { kind: "failure" }, FRESH).act).toBe("serve-stale");
  expect(disposeOf(PRIVATE, "x", { kind: "failure" }, OLD).act).toBe("refuse");
  expect(disposeOf(PRIVATE, "x", { kind: "failure" }, null).act).toBe("refuse");
});

test.each([401, 403, 404])("a private %d drops the stored copy", (status) => {
  expect(disposeOf(PRIVATE, "x", { kind: "status", status }, FRESH)).toMatchObject({ drop: true });
});

test("an upstream that is down does not: the copy may serve again later", () => {
  expect(disposeOf(PRIVATE, "x", { kind: "status", status: 500 }, OLD)).toMatchObject({
    drop: false,
  });
});
