import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bytesOf, header, NO_BODY } from "../wire/message.ts";
import type { HeaderList, Reply } from "../wire/message.ts";
import { createControl } from "./control.ts";
import { createMemory } from "./memory.ts";
import { npmRegistry } from "./npm.ts";
import type { NpmRegistry } from "./npm.ts";

const NEVER = new AbortController().signal;
const ABBREVIATED = ["accept", "application/vnd.npm.install-v1+json"] as const;
const BASE = "http://npm.mock.test/base";

function registry(more: Partial<Parameters<typeof npmRegistry>[0]> = {}): NpmRegistry {
  const packages = { "@a/b": { versions: { "1.0.0": {}, "1.1.0": { deprecated: "old" } } } };
  return npmRegistry({ baseUrl: BASE, packages, admitted: null, denies: 404, ...more });
}

async function get(
  { handler }: Pick<NpmRegistry, "handler">,
  target: string,
  headers: HeaderList = [],
): Promise<Reply & { readonly body: Uint8Array }> {
  const reply = await handler({ method: "GET", target, headers, body: NO_BODY }, NEVER);
  return { ...reply, body: await bytesOf(reply.body) };
}

const json = (bytes: Uint8Array): Record<string, never> =>
  JSON.parse(Buffer.from(bytes).toString("utf8")) as Record<string, never>;

describe("packuments", () => {
  test.each(["/base/@a/b", "/base/@a%2fb", "/base/@a%2Fb", "/base/%40a%2fb"])(
    "%s is the package",
    async (target) => {
      const { status, body } = await get(registry(), target);
      expect(status).toBe(200);
      expect(json(body)).toMatchObject({ name: "@a/b", "dist-tags": { latest: "1.1.0" } });
    },
  );

  test("come whole with times, and abbreviated without", async () => {
    const full = await get(registry(), "/base/@a/b");
    const short = await get(registry(), "/base/@a/b", [ABBREVIATED]);
    expect(json(full.body)).toHaveProperty("time");
    expect(json(short.body)).not.toHaveProperty("time");
    expect(header(short.headers, "content-type")).toBe(ABBREVIATED[1]);
    expect(header(full.headers, "etag")).not.toBe(header(short.headers, "etag"));
  });

  test("are not sent again to who has them, until something is published", async () => {
    const mock = registry();
    const etag = header((await get(mock, "/base/@a/b")).headers, "etag") ?? "";
    const again = await get(mock, "/base/@a/b", [["if-none-match", etag]]);
    expect({ status: again.status, size: again.body.byteLength }).toEqual({ status: 304, size: 0 });
    mock.publish("@a/b", "2.0.0", {});
    const changed = await get(mock, "/base/@a/b", [["if-none-match", etag]]);
    expect(changed.status).toBe(200);
    expect(json(changed.body)).toHaveProperty(["versions", "2.0.0"]);
  });

  test("come in gzip to who accepts it, and are the same", async () => {
    const plain = await get(registry(), "/base/@a/b");
    const zipped = await get(registry(), "/base/@a/b", [["accept-encoding", "br, gzip"]]);
    expect(header(zipped.headers, "content-encoding")).toBe("gzip");
    expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
  });
});

test("a tarball is where its packument says, and has the digests that it says", async () => {
  const mock = registry();
  const { versions } = json((await get(mock, "/base/@a/b")).body) as unknown as {
    versions: Record<string, { dist: { tarball: string; integrity: string; shasum: string } }>;
  };
  const { tarball = "", integrity, shasum } = versions["1.0.0"]?.dist ?? {};
  expect(tarball.startsWith(`${BASE}/`)).toBe(true);
  const { body } = await get(mock, new URL(tarball).pathname);
  expect(`sha512-${createHash("sha512").update(body).digest("base64")}`).toBe(integrity);
  expect(createHash("sha1").update(body).digest("hex")).toBe(shasum);
});

test.each([401, 403, 404] as const)(
  "whoever is not admitted hears %i of what is there and what is not",
  async (denies) => {
    const mock = registry({ admitted: ["Bearer made-up"], denies });
    const there = await get(mock, "/base/@a/b");
    expect(there.status).toBe(denies);
    expect(await get(mock, "/base/@a/none")).toEqual(there);
    expect(await get(mock, "/base/@a/b", [["authorization", "Bearer other"]])).toEqual(there);
    const admitted = [["authorization", "bearer made-up"]] as const;
    const reply = await get(mock, "/base/@a/b", admitted);
    expect({ status: reply.status, cache: header(reply.headers, "cache-control") }).toEqual({
      ...{ status: 200, cache: "private, must-revalidate" },
    });
    mock.admit(["Bearer rotated"]);
    expect((await get(mock, "/base/@a/b", admitted)).status).toBe(denies);
  },
);

test("what is unpublished is gone, tarballs and all", async () => {
  const mock = registry();
  mock.unpublish("@a/b");
  expect((await get(mock, "/base/@a/b")).status).toBe(404);
  expect((await get(mock, "/base/@a/b/-/b-1.0.0.tgz")).status).toBe(404);
  expect(mock.contents().size).toBe(0);
});

test("it remembers all that was asked, in order, across registries that share a memory", async () => {
  const memory = createMemory();
  const [one, two] = [registry({ name: "one", memory }), registry({ name: "two", memory })];
  await get(one, "/base/@a/b");
  await get(two, "/base/none", [["x-a", "b"]]);
  const told = memory.peek().map(({ upstream, reply }) => [upstream, reply?.status]);
  expect(told).toEqual([
    ["one", 200],
    ["two", 404],
  ]);
  expect(memory.take()[1]?.message.headers).toEqual([["x-a", "b"]]);
  expect(memory.take()).toEqual([]);
});

describe("the control API", () => {
  const mock = registry({ name: "npm" });
  const control = createControl(mock.memory, new Map([["npm", mock]]));
  const order = async (target: string, body: string, method = "POST") => {
    const reply = await control(
      { method, target, headers: [], body: new TextEncoder().encode(body) },
      NEVER,
    );
    return { status: reply.status, body: json(await bytesOf(reply.body)) };
  };

  test("every example that it gives of itself is one that it obeys", async () => {
    const { orders } = (await order("/", "", "GET")).body as unknown as {
      orders: Record<string, object | null>;
    };
    for (const [what, body] of Object.entries(orders)) {
      const [method = "", target = ""] = what.split(" ");
      const text = body === null ? "" : JSON.stringify(body);
      const reply = await order(target.replace("NAME", "npm"), text, method);
      expect([what, reply.status]).toEqual([what, 200]);
    }
  });

  test("a mood lasts until the registry recovers", async () => {
    await order("/npm/mood", '{"mood":"status","status":503,"of":{"package":"@a/b"}}');
    expect((await get(mock, "/base/@a/b")).status).toBe(503);
    await order("/npm/recover", "");
    expect((await get(mock, "/base/@a/b")).status).toBe(200);
  });

  test.each([
    ["/npm/mood", "{", 400],
    ["/npm/mood", '{"mood":"cheerful"}', 400],
    ["/npm/mood", '{"mood":"status","status":99}', 400],
    ["/npm/unpublish", '{"packages":"x"}', 400],
    ["/other/recover", "{}", 404],
    ["/npm/constructor", "{}", 404],
  ])("%s with %s is %i, and says why", async (target, body, status) => {
    const reply = await order(target, body);
    expect(reply.status).toBe(status);
    expect(reply.body).toHaveProperty("error");
  });
});
