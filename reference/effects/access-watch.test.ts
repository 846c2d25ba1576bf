import { expect, onTestFinished, test } from "vitest";
import { jsonReply, utf8 } from "../../wire/message.ts";
import { PARTS } from "../core/parts.ts";
import { ACME_ALIAS, samplePolicy } from "../core/sample-policy.ts";
import { ACME, packumentOf, startRegistry } from "../surfaces/npm/sample-registry.ts";
import { watchAccess } from "./access-watch.ts";

const alice = { user: "alice" };

function watched() {
  const before = samplePolicy();
  const live = { parts: PARTS, rules: { policy: before } };
  const isOpen = watchAccess(live, alice, PARTS.viewOf(PARTS, before, alice), live.rules);
  const reload = (changes: Parameters<typeof samplePolicy>[0]): boolean => {
    live.rules = { policy: samplePolicy(changes) };
    return isOpen();
  };
  return { isOpen, reload };
}

test("access is open while nothing changes, and while what changes is somebody else's", () => {
  const { isOpen, reload } = watched();
  expect(isOpen()).toBe(true);
  expect(reload({ teams: { acme: ["alice"] } })).toBe(true);
});

test.each([
  ["a caller who leaves the team", { teams: { acme: ["bob"] } }],
  ["an alias that is gone", { aliases: [] }],
  ["a credential that was rotated", { aliases: [{ ...ACME_ALIAS, generation: 2 }] }],
])("it ends with %s, and is not found again", (_what, changes) => {
  const { reload } = watched();
  expect(reload(changes)).toBe(false);
  expect(reload({})).toBe(false);
});

test("a tarball that is being sent breaks off when its reader is thrown out", async () => {
  const registry = await startRegistry();
  onTestFinished(() => registry.stop());
  const tarball = `${ACME}/private/@acme/widget/-/widget-1.0.0.tgz`;
  const sends = (meanwhile: () => Promise<void>): void => {
    registry.upstream(ACME, async ({ target }) => {
      if (!target.endsWith(".tgz")) {
        return jsonReply(200, packumentOf("@acme/widget", { "1.0.0": tarball }));
      }
      async function* body(): AsyncGenerator<Uint8Array> {
        yield utf8("the first half, ");
        await meanwhile();
        yield utf8("and the second");
      }
      return { status: 200, headers: [], body: body() };
    });
  };
  const download = () =>
    registry.ask("GET /~acme/@acme/widget/-/widget-1.0.0.tgz", { as: "alice" });
  sends(async () => undefined);
  expect(Buffer.from((await download()).body).toString()).toBe("the first half, and the second");
  sends(() => registry.reload((text) => text.replace("acme: [alice, bob]", "acme: [alice]")));
  expect((await download()).status).toBe(200);
  sends(() => registry.reload((text) => text.replace("acme: [alice, bob]", "acme: [bob]")));
  await expect(download()).rejects.toThrow("access ended while the reply was under way");
});
