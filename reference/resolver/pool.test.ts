import { afterEach, expect, test, vi } from "vitest";
import type { ResolveJob, Resolver } from "../ports.ts";
import { answered, inMemoryIo, jobFor, type Packages } from "./in-memory-io.ts";
import { inlineResolver } from "./inline.ts";
import { poolResolver, type PoolLimits } from "./pool.ts";

const limits: PoolLimits = { workers: 1, memoryLimitMb: 512, timeLimitMs: 60_000, queueLimit: 8 };
const signal = new AbortController().signal;
const opened: Resolver[] = [];

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((resolver) => resolver.close()));
});

function pool(changed: Partial<PoolLimits> = {}, program?: URL): Resolver {
  const resolver = poolResolver({ ...limits, ...changed }, program);
  opened.push(resolver);
  return resolver;
}

const packages: Packages = {
  top: { "1.0.0": { dependencies: { leaf: "^1.0.0" }, peerDependencies: { host: "*" } } },
  leaf: { "1.0.0": {}, "1.1.0": { optionalDependencies: { ghost: "1" } } },
  host: { "3.0.0": {} },
};

test("the pool and the inline resolver give the same, frames, questions and failures included", async () => {
  const resolver = pool({ workers: 2 });
  const jobs: ResolveJob[] = [
    jobFor({ top: "1" }),
    jobFor({ top: "1", leaf: "1.0.0" }, { overrides: { host: "3" }, autoInstallPeers: false }),
    jobFor({ leaf: "9" }),
    jobFor({ leaf: "file:x" }),
  ];
  for (const job of jobs) {
    const [pooled, inline] = [inMemoryIo(packages), inMemoryIo(packages)];
    const there = await resolver.resolve(job, pooled, signal);
    expect(there).toStrictEqual(await inlineResolver().resolve(job, inline, signal));
    expect({ ...pooled }).toMatchObject({ asked: inline.asked, frames: inline.frames });
  }
});

test("a rejected fetch comes back as that very error, and the thread goes on", async () => {
  const refusal = new Error("refused");
  const io = inMemoryIo(packages, { answers: { ghost: () => Promise.reject(refusal) } });
  const resolver = pool();
  await expect(resolver.resolve(jobFor({ top: "1" }), io, signal)).rejects.toBe(refusal);
  const after = resolver.resolve(jobFor({ leaf: "1.0.0" }), inMemoryIo(packages), signal);
  await expect(after).resolves.toMatchObject({ ok: true });
});

test("an error of the listener comes back as that very error", async () => {
  const trouble = new Error("the connection is gone");
  const io = {
    ...inMemoryIo(packages),
    onPackage() {
      throw trouble;
    },
  };
  await expect(pool().resolve(jobFor({ top: "1" }), io, signal)).rejects.toBe(trouble);
  await expect(inlineResolver().resolve(jobFor({ top: "1" }), io, signal)).rejects.toBe(trouble);
});

test("an abort ends a running job and a waiting one, and the thread goes on", async () => {
  const resolver = pool();
  const asked = Promise.withResolvers<undefined>();
  const silent = inMemoryIo(packages, {
    before: () => {
      asked.resolve(undefined);
      return new Promise(() => undefined);
    },
  });
  const [running, waiting] = [new AbortController(), new AbortController()];
  const first = resolver.resolve(jobFor({ top: "1" }), silent, running.signal);
  const second = resolver.resolve(jobFor({ top: "1" }), inMemoryIo(packages), waiting.signal);
  waiting.abort(new Error("second"));
  await expect(second).rejects.toThrow("second");
  await asked.promise;
  running.abort(new Error("first"));
  await expect(first).rejects.toThrow("first");
  const third = resolver.resolve(jobFor({ leaf: "1.0.0" }), inMemoryIo(packages), signal);
  await expect(third).resolves.toMatchObject({ ok: true });
});

test("a job that takes too long fails, and another thread takes over", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const resolver = pool({ timeLimitMs: 1000 });
  const asked = Promise.withResolvers<undefined>();
  const silent = inMemoryIo(packages, {
    before: () => {
      asked.resolve(undefined);
      return new Promise(() => undefined);
    },
  });
  const slow = resolver.resolve(jobFor({ top: "1" }), silent, signal);
  await asked.promise;
  vi.advanceTimersByTime(1000);
  await expect(slow).resolves.toMatchObject({ ok: false, code: "ERR_PNPR_RESOLVE_TIMED_OUT" });
  const next = resolver.resolve(jobFor({ leaf: "1.0.0" }), inMemoryIo(packages), signal);
  await expect(next).resolves.toMatchObject({ ok: true });
});

test("a job that eats all memory fails, and another thread takes over", async () => {
  const resolver = pool({ memoryLimitMb: 32 });
  const versions = Array.from({ length: 400_000 }, (_, patch) => `"1.0.${patch}":{}`);
  const body = new TextEncoder().encode(`{"versions":{${versions.join()}}}`);
  const io = inMemoryIo({}, { answers: { leaf: () => ({ ...answered(200, {}), body }) } });
  await expect(resolver.resolve(jobFor({ leaf: "1" }), io, signal)).resolves.toMatchObject({
    ok: false,
    code: "ERR_PNPR_RESOLVE_OUT_OF_MEMORY",
  });
  const next = resolver.resolve(jobFor({ leaf: "1.0.0" }), inMemoryIo(packages), signal);
  await expect(next).resolves.toMatchObject({ ok: true });
});

test("JSON that would take many times its size at once does not take the process with it", async () => {
  const resolver = pool({ memoryLimitMb: 32 });
  const bomb = `[${"[],".repeat(2e6)}0]`;
  const body = new TextEncoder().encode(`{"versions":{"1.0.0":${bomb}}}`);
  const io = inMemoryIo({}, { answers: { leaf: () => ({ ...answered(200, {}), body }) } });
  await expect(resolver.resolve(jobFor({ leaf: "1" }), io, signal)).resolves.toMatchObject({
    code: "ERR_PNPM_BROKEN_METADATA_JSON",
  });
  const packed = jobFor({ leaf: "1" }, { lockfile: JSON.parse(bomb) as unknown });
  await expect(resolver.resolve(packed, io, signal)).resolves.toMatchObject({
    code: "ERR_PNPR_RESOLVE_OUT_OF_MEMORY",
  });
});

/** A thread that ends when it is told to, and answers anything else at once. */
const fragile = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", ({ job }) => {
      const request = JSON.parse(job.request);
      if (request.crash) throw new Error("crash");
      if (request.leave) process.exit(0);
      if (!request.hang) parentPort.postMessage({ say: "over", resolution: '{"ok":true}' });
    });
    parentPort.postMessage({ say: "ready" });
  `)}`,
);

test("a thread that crashes or leaves fails its job alone", async () => {
  const resolver = pool({}, fragile);
  const io = inMemoryIo({});
  const outcomes = await Promise.all(
    [{ crash: true }, {}, { leave: true }, {}].map((fields) =>
      resolver.resolve(jobFor({}, fields), io, signal),
    ),
  );
  const crashed = { ok: false, code: "ERR_PNPR_RESOLVER_CRASHED" };
  expect(outcomes).toMatchObject([crashed, { ok: true }, crashed, { ok: true }]);
});

test("an owner whose jobs never end leaves a thread for the others", async () => {
  const resolver = pool({ workers: 2 });
  const gone = new AbortController();
  const never = inMemoryIo(packages, { before: () => Promise.withResolvers<undefined>().promise });
  const stuck = Array.from({ length: 4 }, () =>
    resolver.resolve({ ...jobFor({ leaf: "1.0.0" }), owner: "mallory" }, never, gone.signal),
  );
  const job = { ...jobFor({ leaf: "1.0.0" }), owner: "alice" };
  expect(await resolver.resolve(job, inMemoryIo(packages), signal)).toMatchObject({ ok: true });
  gone.abort(new Error("gone"));
  expect(await Promise.allSettled(stuck)).toEqual(
    stuck.map(() => ({ status: "rejected", reason: new Error("gone") })),
  );
  expect(await resolver.resolve(job, inMemoryIo(packages), signal)).toMatchObject({ ok: true });
});

test("a full queue turns jobs away, and closing ends all that run and wait", async () => {
  const resolver = pool({ queueLimit: 1 }, fragile);
  const ask = () => resolver.resolve(jobFor({}, { hang: true }), inMemoryIo({}), signal);
  const [running, waiting] = [ask(), ask()];
  await expect(ask()).resolves.toMatchObject({ ok: false, code: "ERR_PNPR_RESOLVER_BUSY" });
  await resolver.close();
  const closed = { ok: false, code: "ERR_PNPR_RESOLVER_CLOSED" };
  await expect(Promise.all([running, waiting, ask()])).resolves.toMatchObject([
    closed,
    closed,
    closed,
  ]);
});
