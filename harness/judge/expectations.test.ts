import { expect, test } from "vitest";
import { twoTeams } from "../../fixtures/worlds/two-teams.ts";
import type { Expectation } from "../../suites/case.ts";
import { as } from "../../suites/steps.ts";
import { NO_BODY, utf8 } from "../../wire/message.ts";
import type { HeaderList } from "../../wire/message.ts";
import { initialState } from "../oracle/state.ts";
import { mismatches } from "./expectations.ts";
import type { Observed } from "./observed.ts";
import { comparable } from "./resemblance.ts";

interface Told {
  readonly status?: number;
  readonly headers?: HeaderList;
  readonly body?: string;
  /** Headers of requests that the upstream `acme` heard. */
  readonly heard?: readonly HeaderList[];
}

function seen({ status = 404, headers = [], body = "{}", heard = [] }: Told): Observed {
  return {
    index: 0,
    step: as("mallory").sends({ method: "GET", target: "/x" }),
    sent: { method: "GET", target: "/x", headers: [], body: NO_BODY },
    reply: { status, headers, body: utf8(body), frames: null },
    heard: heard.map((shown) => ({
      upstream: "acme",
      message: { method: "GET", target: "/x", headers: shown, body: NO_BODY },
      reply: null,
    })),
    overlapped: false,
    states: [initialState(twoTeams)],
  };
}

type Answered = Omit<Extract<Expectation, { outcome: "answered" }>, "outcome">;

function missed(told: Told, answered: Answered, first: Told = {}): string[] {
  const labels = new Map([["first", comparable(seen(first))]]);
  const expectation = { outcome: "answered" as const, ...answered };
  return mismatches(seen(told), expectation, labels).map(({ expected }) => expected);
}

const SAME: Answered = { sameReplyAs: "first" };

test("the very reply is the same in status, headers and body, in any order and letter case", () => {
  const first: Told = {
    headers: [
      ["Vary", "x"],
      ["date", "today"],
      ["a", "1"],
    ],
  };
  expect(
    missed(
      {
        headers: [
          ["a", "1"],
          ["vary", "x"],
          ["Date", "tomorrow"],
        ],
      },
      SAME,
      first,
    ),
  ).toEqual([]);
});

test.each<[string, Told]>([
  ["status", { status: 403 }],
  ["a header more", { headers: [["etag", "x"]] }],
  ["another body", { body: "[]" }],
])("another %s is another reply", (_what, told) => {
  expect(missed(told, SAME)).toEqual(['the very reply "first" was given']);
});

test("requests that show a validator are counted apart", () => {
  const heard: HeaderList[] = [[["If-None-Match", '"x"']], [["if-modified-since", "then"]], []];
  expect(missed({ heard }, { upstream: { acme: 3 }, conditional: { acme: 2 } })).toEqual([]);
  expect(missed({ heard }, { conditional: { acme: 0 } })).toEqual([
    "0 conditional requests to acme",
  ]);
});
