import { expect, test } from "vitest";
import { twoTeams } from "../../fixtures/worlds/two-teams.ts";
import type { RequestStep } from "../../suites/case.ts";
import { as } from "../../suites/steps.ts";
import { initialState } from "../oracle/state.ts";
import { judgeBrackets } from "./brackets.ts";
import type { Observed } from "./observed.ts";

const served = (): RequestStep => as("alice").reads("@acme/core", { via: "acme" }).isServed();
const refused = (): RequestStep => as("mallory").reads("@acme/core", { via: "acme" }).isRefused();

function seen(...steps: readonly (readonly [RequestStep, number])[]): Observed[] {
  return steps.map(([step, status], index) => ({
    ...{ index, step, heard: [], overlapped: false, states: [initialState(twoTeams)] },
    sent: { method: "GET", target: "/", headers: [], body: new Uint8Array() },
    reply: {
      ...{ status, headers: [], frames: null },
      body: Buffer.from('{"name":"@acme/core","versions":{}}'),
    },
  }));
}

test("a refusal between two admissions is evidence", () => {
  expect(judgeBrackets(seen([served(), 200], [refused(), 404], [served(), 200]))).toEqual([]);
});

test.each([
  ["before", seen([refused(), 404], [served(), 200])],
  ["after", seen([served(), 200], [refused(), 404])],
  ["before or after", seen([refused(), 404])],
  ["after", seen([served(), 200], [refused(), 404], [served(), 404])],
])("no admission %s it makes the case broken", (side, observed) => {
  const told = judgeBrackets(observed);
  expect(told).toMatchObject([{ kind: "bracket", verdict: "broken", seen: "none" }]);
  expect(told[0]?.expected).toContain(` ${side} the refusal`);
});

test("an admission to something else is none", () => {
  const other = as("alice").reads("@acme/widget", { via: "acme" }).isServed();
  expect(judgeBrackets(seen([other, 200], [refused(), 404], [other, 200]))).toHaveLength(1);
});

test("a witness may stand in for it, and what nobody can be served needs none", () => {
  const witness = (): RequestStep => ({ ...served(), about: "both" });
  const about = { ...refused(), about: "both" };
  expect(judgeBrackets(seen([witness(), 200], [about, 404], [witness(), 200]))).toEqual([]);
  expect(judgeBrackets(seen([{ ...refused(), unservable: "it is nobody's" }, 404]))).toEqual([]);
});
