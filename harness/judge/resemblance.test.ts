import { expect, test } from "vitest";
import { twoTeams } from "../../fixtures/worlds/two-teams.ts";
import { as } from "../../suites/steps.ts";
import { NO_BODY, utf8 } from "../../wire/message.ts";
import { initialState } from "../oracle/state.ts";
import type { Observed } from "./observed.ts";
import { checkResemblance, comparable } from "./resemblance.ts";

const THERE = "@acme/widget";
const MISSING = "@acme/gadget";

function refusal(body: string): Observed {
  return {
    ...{ index: 0, heard: [], overlapped: false, states: [initialState(twoTeams)] },
    step: as("mallory").resolves("web"),
    sent: { method: "POST", target: "/-/pnpr/v0/resolve", headers: [], body: NO_BODY },
    reply: { status: 200, headers: [], body: utf8(body), frames: null },
  };
}

test.each(["/", "%2F", "%2f"])(
  "two names may read alike where a name is spelled with %s",
  (slash) => {
    const asked = (name: string) => refusal(`GET /${name.replace("/", slash)}: Not Found`);
    const labels = new Map([["missing", comparable(asked(MISSING))]]);
    const alike = { to: "missing", here: THERE, there: MISSING };
    expect(checkResemblance(asked(THERE), { outcome: "refused", alike }, labels)).toEqual([]);
    const other = refusal(`GET /${THERE.replace("/", slash)}: Forbidden`);
    expect(checkResemblance(other, { outcome: "refused", alike }, labels)).toHaveLength(1);
  },
);
