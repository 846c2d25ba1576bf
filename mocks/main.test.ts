import { afterEach, expect, test } from "vitest";
import { splitDomain } from "../fixtures/worlds/split-domain.ts";
import { workspace } from "../fixtures/worlds/workspace.ts";
import { startMock } from "./main.ts";
import type { StartedMock } from "./main.ts";

const started: StartedMock[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((mock) => mock.close()));
});

async function start(...[world, port]: Parameters<typeof startMock>): Promise<StartedMock> {
  const mock = await startMock(world, port);
  started.push(mock);
  return mock;
}

async function tarballUrl(mock: StartedMock, upstream: string, name: string): Promise<string> {
  const headers = { authorization: mock.authorizations[upstream] ?? "" };
  const reply = await fetch(`${mock.registries[upstream] ?? ""}${name}`, { headers });
  const { versions } = (await reply.json()) as {
    versions: Record<string, { dist: { tarball: string } }>;
  };
  return Object.values(versions)[0]?.dist.tarball ?? "";
}

test("a port that somebody has is refused in one line, and nothing stays behind", async () => {
  const first = await start(workspace, 0);
  const taken = Number(new URL(first.registries["npm"] ?? "").port);
  await expect(startMock(workspace, taken)).rejects.toThrow(
    `cannot listen on 127.0.0.1:${taken}: the port is in use`,
  );
});

test("tarballs are where packuments say, for whoever may have them there", async () => {
  const mock = await start(splitDomain, 0);
  const open = await tarballUrl(mock, "npm", "nanoid");
  expect(open).toMatch(mock.registries["cdn"] ?? "-");
  expect((await fetch(open)).status).toBe(200);

  const kept = await tarballUrl(mock, "acme", "@acme/pipeline");
  expect(kept).toMatch(mock.registries["depot"] ?? "-");
  expect((await fetch(kept)).status).toBe(403);
  const headers = { authorization: mock.authorizations["depot"] ?? "" };
  expect((await fetch(kept, { headers })).status).toBe(200);

  const signed = await tarballUrl(mock, "initech", "@initech/stapler");
  expect((await fetch(signed)).status).toBe(200);
  expect((await fetch(signed.replace(/\?.*/, ""))).status).toBe(404);
  expect((await fetch(signed.replace(/=.*/, "=made-up"))).status).toBe(404);
});

test("orders are obeyed by the registry that they name, and mistakes are told", async () => {
  const mock = await start(workspace, 0);
  const order = async (deed: string, body: object): Promise<unknown> =>
    (
      await fetch(`${mock.control}/npm/${deed}`, { method: "POST", body: JSON.stringify(body) })
    ).json();
  const ask = (): Promise<Response> => fetch(`${mock.registries["npm"] ?? ""}isexe`);
  expect(await order("mood", { mood: "flap", status: 503 })).toEqual({ ok: true });
  expect([(await ask()).status, (await ask()).status]).toEqual([503, 200]);
  expect(await order("mood", { mood: "redirect", to: "http://other.test/", status: 200 })).toEqual({
    error: expect.stringMatching(/status/) as string,
  });
  expect(await order("recover", {})).toEqual({ ok: true });
  const heard = (await (await fetch(`${mock.control}/exchanges`)).json()) as unknown[];
  expect(heard).toMatchObject([
    { upstream: "npm", status: 503 },
    { upstream: "npm", status: 200 },
  ]);
});
