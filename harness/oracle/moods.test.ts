import { expect, test } from "vitest";
import { twoTeams } from "../../fixtures/worlds/two-teams.ts";
import type { Mood, MoodMatch } from "../../fixtures/mood.ts";
import type { Request } from "../../suites/case.ts";
import { predict } from "./predict.ts";
import { afterAsked, afterDeed, initialState } from "./state.ts";

const RESOLVE: Request = { ask: "resolve", project: "web", changes: {} };
const DOWNLOAD: Request = {
  ...{ ask: "tarball", via: "acme", package: "@acme/widget", version: "1.0.0" },
};

function foretold(mood: Mood, request: Request, of: MoodMatch = {}, asked = false) {
  const begun = asked ? afterAsked(initialState(twoTeams)) : initialState(twoTeams);
  const moody = afterDeed(begun, "acme", { deed: "behave", mood, of });
  const { mayServe, mayRefuse } = predict(moody, "alice", request);
  return { mayServe, mayRefuse };
}

const REFUSED = { mayServe: false, mayRefuse: true };
const EITHER = { mayServe: true, mayRefuse: true };
const SERVED = { mayServe: true, mayRefuse: false };

test.each<Mood>([
  { mood: "status", status: 503 },
  { mood: "hang" },
  { mood: "reset" },
  { mood: "garbled" },
])("nothing that was never fetched is served from an upstream that is $mood", (mood) => {
  expect(foretold(mood, RESOLVE)).toEqual(REFUSED);
  expect(foretold(mood, DOWNLOAD)).toEqual(REFUSED);
  expect(foretold(mood, RESOLVE, {}, true)).toEqual(EITHER);
});

test.each<Mood>([
  { mood: "flap", status: 503 },
  { mood: "slow", delayMs: 10 },
  { mood: "trickle", pieceBytes: 10, everyMs: 1 },
  { mood: "truncate", afterBytes: 10 },
  { mood: "redirect", to: "{elsewhere}/" },
  { mood: "misnamed", as: "ms" },
])("an upstream in the mood $mood may be done without or not", (mood) => {
  expect(foretold(mood, RESOLVE)).toEqual(EITHER);
});

test("what is wrong with tarballs is none of a resolve's business", () => {
  expect(foretold({ mood: "corrupt" }, RESOLVE)).toEqual(SERVED);
  expect(foretold({ mood: "hang" }, RESOLVE, { kind: "tarball" })).toEqual(SERVED);
  expect(foretold({ mood: "tarballs-at", base: "{elsewhere}" }, RESOLVE)).toEqual(SERVED);
  expect(foretold({ mood: "corrupt" }, DOWNLOAD)).toEqual(EITHER);
  expect(foretold({ mood: "hang" }, DOWNLOAD, { kind: "tarball" })).toEqual(REFUSED);
});

test("a redirect is followed where a rule of the operator's leads, and nowhere else", () => {
  const redirected = (to: string) => {
    const mood: Mood = { mood: "redirect", to };
    const moody = afterDeed(initialState(twoTeams), "npm", { deed: "behave", mood });
    return predict(moody, "alice", { ask: "resolve", project: "public", changes: {} });
  };
  expect(redirected("{globex}/").upstreamAtMost).toHaveProperty("globex");
  expect(redirected("{elsewhere}/").upstreamAtMost).not.toHaveProperty("elsewhere");
});
