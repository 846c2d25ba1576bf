import { afterEach, beforeEach, expect, test } from "vitest";
import { sha512Integrity } from "../wire/digest.ts";
import { bytesOf, header, NO_BODY, textOf, WireError } from "../wire/message.ts";
import type { HeaderList, Reply } from "../wire/message.ts";
import { createSwitchboard } from "../wire/switchboard.ts";
import { npmRegistry } from "./npm.ts";
import type { NpmRegistry } from "./npm.ts";

const ORIGIN = "http://npm.test";
const PACKUMENT = "/npm/ms";
const TARBALL = "/npm/ms/-/ms-2.1.3.tgz";

let registry: NpmRegistry;

beforeEach(() => {
  registry = npmRegistry({
    baseUrl: `${ORIGIN}/npm`,
    packages: {
      ms: { versions: { "2.0.0": {}, "2.1.3": {} } },
      debug: { versions: { "4.0.0": { dependencies: { ms: "2.1.3" } } } },
    },
    admitted: null,
    denies: 404,
  });
});

let leave: AbortController;

beforeEach(() => {
  leave = new AbortController();
});

afterEach(() => {
  leave.abort(new Error("the test has ended"));
});

function ask(target: string, headers: HeaderList = []): Promise<Reply> {
  const board = createSwitchboard();
  board.register(ORIGIN, registry.handler);
  return board.send(ORIGIN, { method: "GET", target, headers, body: NO_BODY }, leave.signal);
}

async function document(target: string): Promise<Record<string, unknown>> {
  return JSON.parse(await textOf((await ask(target)).body)) as Record<string, unknown>;
}

test("a status may bring headers and a body of its own", async () => {
  const headers = [["retry-after", "7"]] as const;
  registry.moods.set({ mood: "status", status: 429, headers, body: "too much" }, {});
  const reply = await ask(PACKUMENT);
  expect(reply.status).toBe(429);
  expect(header(reply.headers, "retry-after")).toBe("7");
  expect(await textOf(reply.body)).toBe("too much");
});

test("a registry that flaps fails every other request, counted for those that match", async () => {
  registry.moods.set({ mood: "flap", status: 503 }, { package: "ms" });
  const statuses: number[] = [];
  for (const target of [PACKUMENT, "/npm/debug", PACKUMENT, PACKUMENT, PACKUMENT]) {
    statuses.push((await ask(target)).status);
  }
  expect(statuses).toEqual([503, 200, 200, 503, 200]);
});

test("a truncated body breaks off after as many bytes as were told", async () => {
  registry.moods.set({ mood: "truncate", afterBytes: 10 }, { kind: "packument" });
  const { body } = await ask(PACKUMENT);
  await expect(bytesOf(body)).rejects.toThrow(WireError);
  expect((await ask(TARBALL)).status).toBe(200);
});

test("a body that trickles is whole in the end, and its length is known from the start", async () => {
  const whole = await bytesOf((await ask(TARBALL)).body);
  registry.moods.set({ mood: "trickle", pieceBytes: 1000, everyMs: 0 }, {});
  registry.memory.take();
  const reply = await ask(TARBALL);
  expect(header(reply.headers, "content-length")).toBe(String(whole.byteLength));
  const pieces: Uint8Array[] = [];
  for await (const piece of reply.body as AsyncIterable<Uint8Array>) pieces.push(piece);
  expect(pieces).toHaveLength(Math.ceil(whole.byteLength / 1000));
  expect(Buffer.concat(pieces).equals(whole)).toBe(true);
  expect(registry.memory.take()[0]?.reply?.body.byteLength).toBe(whole.byteLength);
});

test("of a body that its reader leaves early, as much is remembered as was said", async () => {
  registry.moods.set({ mood: "trickle", pieceBytes: 7, everyMs: 0 }, {});
  const { body } = await ask(PACKUMENT);
  const pieces = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  await pieces.next();
  await pieces.return?.();
  const [heard] = registry.memory.take();
  expect(heard?.reply?.status).toBe(200);
  expect(heard?.reply?.body.byteLength).toBe(7);
});

test("a redirect leads to one place, or to the same below another base", async () => {
  registry.moods.set({ mood: "redirect", to: "http://other.test/base/" }, {});
  expect(header((await ask(TARBALL)).headers, "location")).toBe(
    "http://other.test/base/ms/-/ms-2.1.3.tgz",
  );
  registry.moods.set({ mood: "redirect", to: "http://other.test/x", status: 307 }, {});
  const reply = await ask(PACKUMENT);
  expect([reply.status, header(reply.headers, "location")]).toEqual([307, "http://other.test/x"]);
});

test("a garbled document is a whole message that is no JSON, compressed or not", async () => {
  registry.moods.set({ mood: "garbled" }, {});
  const reply = await ask(PACKUMENT, [["accept-encoding", "gzip"]]);
  expect(header(reply.headers, "content-encoding")).toBeUndefined();
  const text = await textOf(reply.body);
  expect(text).toMatch(/^\{/);
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
});

test("a misnamed packument is another's in its name and its versions'", async () => {
  registry.moods.set({ mood: "misnamed", as: "debug" }, { package: "ms" });
  const { name, versions } = await document(PACKUMENT);
  expect(name).toBe("debug");
  expect(versions).toMatchObject({ "2.1.3": { name: "debug" } });
  expect((await document("/npm/debug"))["name"]).toBe("debug");
});

test("tarballs that are kept elsewhere are named there, with their query", async () => {
  registry.moods.set({ mood: "tarballs-at", base: "http://cdn.test/t/", query: "signed=1" }, {});
  const { versions } = await document(PACKUMENT);
  expect(versions).toMatchObject({
    "2.1.3": { dist: { tarball: "http://cdn.test/t/ms/-/ms-2.1.3.tgz?signed=1" } },
  });
});

test("a corrupt tarball opens, but is not the one of its digest", async () => {
  const honest = registry.tarball("ms", "2.1.3");
  registry.moods.set({ mood: "corrupt" }, {});
  const bytes = await bytesOf((await ask(TARBALL)).body);
  expect(Buffer.from(bytes).subarray(0, 2).toString("hex")).toBe("1f8b");
  expect(sha512Integrity(bytes)).not.toBe(honest?.integrity);
  expect(bytes.byteLength).toBe(honest?.bytes.byteLength);
  expect(await document(PACKUMENT)).toMatchObject({
    versions: { "2.1.3": { dist: { integrity: honest?.integrity } } },
  });
});

test("an edited document has a validator of its own, and none makes it a 304", async () => {
  const tag = header((await ask(PACKUMENT)).headers, "etag") ?? "";
  registry.moods.set({ mood: "misnamed", as: "debug" }, {});
  const reply = await ask(PACKUMENT, [["if-none-match", tag]]);
  expect(reply.status).toBe(200);
  expect(header(reply.headers, "etag")).not.toBe(tag);
});

test("edits leave alone what is not served", async () => {
  registry.moods.set({ mood: "garbled" }, {});
  expect((await ask("/npm/no-such")).status).toBe(404);
  expect(await document("/npm/no-such")).toEqual({ error: "not found" });
});

test("the last mood that matches is met, and recovery forgets all of them", async () => {
  registry.moods.set({ mood: "status", status: 500 }, {});
  registry.moods.set({ mood: "status", status: 401 }, { package: "ms" });
  expect((await ask(PACKUMENT)).status).toBe(401);
  expect((await ask("/npm/debug")).status).toBe(500);
  registry.moods.recover();
  expect((await ask(PACKUMENT)).status).toBe(200);
});
