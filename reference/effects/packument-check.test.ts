import { afterAll, expect, test } from "vitest";
import { utf8 } from "../../wire/message.ts";
import { packumentCheck } from "./packument-check.ts";

const here = packumentCheck();
const elsewhere = packumentCheck(0);
afterAll(() => elsewhere.close());

test.each([
  ['{"name":"leaf","versions":{}}', true],
  ['{"name":"other","versions":{}}', false],
  ['{"name":"leaf"}', false],
  ['{"name":"leaf","versions":{}', false],
  ["null", false],
])("%s is a packument of leaf, here and on a thread: %j", async (text, holds) => {
  expect(await here.holds(utf8(text), "leaf")).toBe(holds);
  expect(await elsewhere.holds(utf8(text), "leaf")).toBe(holds);
});

test("several questions at once are each answered their own", async () => {
  const bodies = Array.from({ length: 20 }, (_, at) => utf8(`{"name":"p${at}","versions":{}}`));
  const asked = bodies.map((body, at) => elsewhere.holds(body, at % 2 === 0 ? `p${at}` : ""));
  expect(await Promise.all(asked)).toEqual(bodies.map((_, at) => at % 2 === 0));
});
