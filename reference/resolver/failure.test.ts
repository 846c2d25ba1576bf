import { expect, test } from "vitest";
import { Declined, failureOf, VIRTUAL_ROOT } from "./failure.ts";

const coded = (message: string) => Object.assign(new Error(message), { code: "ERR_PNPM_X" });

test.each([
  ["No version of foo while fetching it from https://r.test/npm/", "No version of foo"],
  ["GET https://user:pass@r.test/foo?token=1: Forbidden - 403", "GET (url) Forbidden - 403"],
  ['"foo@git+ssh://git@r.test/a/b.git" isn\'t supported', '"foo@(url)" isn\'t supported'],
  ["foo@git@r.test:a/b.git is exotic", "foo@(url) is exotic"],
  ["no token for //r.test/npm/", "no token for (url)"],
  [
    `In ../../..${VIRTUAL_ROOT}/packages/a: no such project`,
    "In <ROOT>/packages/a: no such project",
  ],
])("%s", (message, redacted) => {
  expect(failureOf(coded(message))).toEqual({ ok: false, code: "ERR_PNPM_X", message: redacted });
});

test("an error without a code of pnpm's or ours gets one, and keeps its words if they are for people", () => {
  const code = "ERR_PNPR_RESOLVE_FAILED";
  expect(failureOf(new Error("Invalid workspace: spec"))).toMatchObject({
    code,
    message: "Invalid workspace: spec",
  });
  const insides = "the resolver could make nothing of this request";
  expect(failureOf(new TypeError("x is not a function"))).toMatchObject({ code, message: insides });
  expect(failureOf("thrown")).toMatchObject({ code, message: insides });
  const system = Object.assign(new Error("open /somewhere"), { code: "EACCES" });
  expect(failureOf(system)).toMatchObject({ code, message: insides });
});

test("a decline keeps its code and its words", () => {
  expect(failureOf(new Declined("ERR_PNPR_Y", "not here"))).toEqual({
    ok: false,
    code: "ERR_PNPR_Y",
    message: "not here",
  });
});
