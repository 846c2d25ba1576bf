import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { mswHandlers } from "./msw.ts";
import { npmRegistry } from "./npm.ts";
import type { NpmRegistry } from "./npm.ts";

const BASE = "https://npm.example.test/base";
const TOKEN = "Bearer made-up-token";

const server = setupServer();
beforeAll(() => {
  server.listen({ onUnhandledFrame: "error" });
});
afterAll(() => {
  server.close();
});

let registry: NpmRegistry;
beforeEach(() => {
  registry = npmRegistry({
    baseUrl: BASE,
    packages: { "@acme/tool": { versions: { "1.0.0": {}, "1.1.0": {} } } },
    admitted: null,
    denies: 401,
  });
  server.use(...mswHandlers(registry));
});
afterEach(() => {
  server.resetHandlers();
});

/** What a user's code does, which knows nothing of mocks. */
async function latestOf(name: string, signal?: AbortSignal): Promise<string> {
  const init = signal === undefined ? {} : { signal };
  const reply = await fetch(`${BASE}/${name.replace("/", "%2f")}`, init);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const { "dist-tags": tags } = (await reply.json()) as { "dist-tags": Record<string, string> };
  return tags["latest"] ?? "";
}

test("a packument and its tarball are fetched as from a registry, with their digests", async () => {
  expect(await latestOf("@acme/tool")).toBe("1.1.0");
  const reply = await fetch(`${BASE}/@acme/tool/-/tool-1.1.0.tgz`);
  const bytes = new Uint8Array(await reply.arrayBuffer());
  expect(Buffer.from(bytes).equals(registry.tarball("@acme/tool", "1.1.0")?.bytes ?? bytes)).toBe(
    true,
  );
  expect(registry.memory.take().map(({ message }) => message.target)).toEqual([
    "/base/@acme%2ftool",
    "/base/@acme/tool/-/tool-1.1.0.tgz",
  ]);
});

test("what is not there is a 404, and whoever is not let in hears so", async () => {
  await expect(latestOf("nothing")).rejects.toThrow("status 404");
  registry.admit([TOKEN]);
  await expect(latestOf("@acme/tool")).rejects.toThrow("status 401");
  const headers = { authorization: TOKEN };
  expect((await fetch(`${BASE}/@acme%2ftool`, { headers })).status).toBe(200);
});

test("a conditional request comes back without a body", async () => {
  const first = await fetch(`${BASE}/@acme%2ftool`);
  const headers = { "if-none-match": first.headers.get("etag") ?? "" };
  const again = await fetch(`${BASE}/@acme%2ftool`, { headers });
  expect([again.status, await again.text()]).toEqual([304, ""]);
  expect(await (await fetch(`${BASE}/@acme%2ftool`, { method: "HEAD" })).text()).toBe("");
});

test("posted bodies are heard", async () => {
  const url = `${BASE}/-/npm/v1/security/advisories/bulk`;
  expect(await (await fetch(url, { method: "POST", body: '{"ms":["2.1.3"]}' })).json()).toEqual({});
  const [heard] = registry.memory.take();
  expect(Buffer.from(heard?.message.body ?? []).toString()).toBe('{"ms":["2.1.3"]}');
});

test("a status comes with its headers", async () => {
  registry.moods.set({ mood: "status", status: 503, headers: [["retry-after", "9"]] }, {});
  const reply = await fetch(`${BASE}/@acme%2ftool`);
  expect([reply.status, reply.headers.get("retry-after")]).toEqual([503, "9"]);
});

test("a hang lasts until its asker aborts", async () => {
  registry.moods.set({ mood: "hang" }, {});
  const abort = new AbortController();
  const asked = latestOf("@acme/tool", abort.signal);
  const leaving = expect(asked).rejects.toThrow("enough");
  abort.abort(new Error("enough"));
  await leaving;
});

test("a reset fails the fetch, and a truncated body breaks off after what was said", async () => {
  registry.moods.set({ mood: "reset" }, {});
  await expect(fetch(`${BASE}/@acme%2ftool`)).rejects.toThrow(TypeError);
  registry.moods.set({ mood: "truncate", afterBytes: 10 }, {});
  const reply = await fetch(`${BASE}/@acme%2ftool`);
  let heardBytes = 0;
  const reading = (async () => {
    for await (const piece of reply.body as ReadableStream<Uint8Array>) heardBytes += piece.length;
  })();
  await expect(reading).rejects.toThrow(TypeError);
  expect(heardBytes).toBe(10);
  registry.moods.set({ mood: "truncate", afterBytes: 1_000_000 }, {});
  expect(await latestOf("@acme/tool")).toBe("1.1.0");
});

test("a body that trickles is whole in the end", async () => {
  registry.moods.set({ mood: "trickle", pieceBytes: 50, everyMs: 0 }, {});
  expect(await latestOf("@acme/tool")).toBe("1.1.0");
});

test("what belongs to no mock is not answered by one", async () => {
  await expect(fetch("https://npm.example.test/basement/ms")).rejects.toThrow();
  expect(registry.memory.take()).toEqual([]);
});
