import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { worlds } from "../fixtures/worlds.ts";
import type { Finding, RecordLine, Verdict } from "../reports/record.ts";
import { must } from "../suites/case.ts";
import type { CaseText, Step } from "../suites/case.ts";
import { as, begins, disconnects, finishes, given, together, upstream } from "../suites/steps.ts";
import { runCases } from "./run.ts";
import { referenceTarget } from "./targets/reference.ts";
import { StartFailed } from "./targets/target.ts";
import type { Target } from "./targets/target.ts";

interface Came {
  readonly verdict: Verdict | undefined;
  readonly findings: readonly Finding[];
  readonly record: readonly RecordLine[];
}

async function play(
  steps: readonly Step[],
  {
    target = referenceTarget(),
    requestMs = 10_000,
    ...text
  }: Partial<CaseText> & {
    readonly target?: Target;
    readonly requestMs?: number;
  } = {},
): Promise<Came> {
  const record: RecordLine[] = [];
  const findings: Finding[] = [];
  const played = must("a/b/c", {
    ...{ title: "a case", cites: ["resolve.wire.ping"], world: "two-teams", steps },
    ...text,
  });
  const [line] = await runCases([played], target, {
    ...{ seed: 1, worlds, signal: new AbortController().signal, requestMs, stopwatch: () => 0 },
    write: (one) => record.push(one),
    onCase: (_line, found) => findings.push(...found),
  });
  return { verdict: line?.verdict, findings, record };
}

const web = (actor: string) => as(actor).resolves("web");

test("a case that holds passes, and leaves its verdict alone in the record", async () => {
  const { verdict, record } = await play([web("alice").isServed({ cache: "miss" })]);
  expect({ verdict, lines: record.map(({ line }) => line) }).toEqual({
    ...{ verdict: "passed", lines: ["case"] },
  });
});

test("a step that fails leaves what was said, to the subject and upstream", async () => {
  const { verdict, findings, record } = await play([web("alice").isServed({ cache: "hit" })]);
  expect(verdict).toBe("failed");
  expect(findings[0]).toMatchObject({ kind: "expectation", step: 0 });
  const heard = record.flatMap((line) => (line.line === "exchange" ? [line.with] : []));
  expect(new Set(heard)).toEqual(new Set(["subject", "npm", "acme"]));
});

test("where a preparation does not hold the case is blocked, and later steps say nothing", async () => {
  const { verdict, findings } = await play([
    given(web("mallory").isServed()),
    web("alice").isServed({ cache: "hit" }),
  ]);
  expect(verdict).toBe("blocked");
  expect(findings.map(({ kind, step }) => [kind, step])).toEqual([["preparation", 0]]);
});

test("a step that takes what an earlier reply lacks ends its case, judged by what was seen", async () => {
  const seeded = as("alice").resolves("web", { seededBy: "lock" });
  const wrong = await play([web("mallory").labelled("lock").isServed(), seeded.isServed()]);
  expect(wrong.verdict).toBe("failed");
  expect(wrong.findings.map(({ kind, step }) => [kind, step])).toEqual([["expectation", 0]]);
  const right = await play([web("mallory").labelled("lock"), seeded.isServed()]);
  expect(right).toMatchObject({ verdict: "broken", findings: [{ kind: "harness" }] });
});

test("cases that run side by side are written in their order", async () => {
  const reference = referenceTarget();
  const secondEnded = Promise.withResolvers<undefined>();
  let started = 0;
  const target: Target = {
    ...reference,
    atOnce: 2,
    start: async (placed, upstreams) => {
      if (started++ === 0) await secondEnded.promise;
      const session = await reference.start(placed, upstreams);
      const stop = (): Promise<void> =>
        session.stop().then(() => {
          secondEnded.resolve(undefined);
        });
      return { ...session, stop };
    },
  };
  const cases = ["a/b/first", "a/b/second"].map((id) =>
    must(id, {
      ...{ title: "a case", cites: ["resolve.wire.ping"], world: "two-teams" },
      steps: [web("alice").isServed({ cache: "hit" })],
    }),
  );
  const written: string[] = [];
  await runCases(cases, target, {
    ...{ seed: 1, worlds, signal: new AbortController().signal, stopwatch: () => 0 },
    write: (line) => written.push("case" in line ? line.case : "id" in line ? line.id : ""),
  });
  expect(new Set(written)).toEqual(new Set(["a/b/first", "a/b/second"]));
  expect(written.lastIndexOf("a/b/first")).toBeLessThan(written.indexOf("a/b/second"));
});

test("a refusal without admissions around it is our own mistake", async () => {
  expect((await play([web("mallory").isRefused()])).verdict).toBe("broken");
});

test.each([
  ["a world that there is not", { world: "flat" }, []],
  ["a label that nobody gave", {}, [finishes("nobody")]],
  ["a project that the world lacks", {}, [as("alice").resolves("no-such")]],
])("%s is our own mistake", async (_what, text, steps) => {
  const { verdict, findings } = await play(steps, text);
  expect(verdict).toBe("broken");
  expect(findings).toMatchObject([{ kind: "harness", verdict: "broken" }]);
});

test("a subject that does not start blocks, and one without the feature is never started", async () => {
  const target: Target = {
    ...referenceTarget(),
    start: () => Promise.reject(new StartFailed("it fell over")),
  };
  const fallen = await play([web("alice").isServed()], { target });
  expect(fallen).toMatchObject({ verdict: "blocked", findings: [{ seen: "it fell over" }] });
  const other = await play([web("alice").isServed()], { target, needs: ["replicas"] });
  expect(other).toMatchObject({ verdict: "not-applicable", findings: [] });
});

test("what is held is under way until it is let go, and ends as it would have", async () => {
  const { verdict } = await play([
    upstream("acme").holds(),
    begins(web("alice"), "held"),
    as("bob").resolves("public").isServed(),
    upstream("acme").releases(),
    finishes("held", { outcome: "served", cache: "miss" }),
    web("bob").isServed({ cache: "hit" }),
  ]);
  expect(verdict).toBe("passed");
});

test("what is never let go has hung, which is a finding of the step that began it", async () => {
  const { verdict, findings } = await play(
    [
      upstream("acme").holds(),
      begins(web("alice"), "held"),
      finishes("held", { outcome: "served" }),
    ],
    { requestMs: 150 },
  );
  expect({ verdict, step: findings[0]?.step }).toEqual({ verdict: "failed", step: 1 });
});

test("a caller who goes away takes nobody along", async () => {
  const { verdict } = await play([
    upstream("acme").holds(),
    begins(web("alice"), "gone"),
    disconnects("gone"),
    upstream("acme").releases(),
    web("bob").isServed(),
    web("alice").isServed({ cache: "hit" }),
  ]);
  expect(verdict).toBe("passed");
});

test("requests at once are judged each by itself", async () => {
  const admitted = await play([together(web("alice").isServed(), web("bob").isServed())]);
  expect(admitted.verdict).toBe("passed");
  const mixed = await play([together(web("alice").isServed(), web("mallory").isServed())]);
  expect(mixed.findings.map(({ kind }) => kind)).toEqual(["expectation"]);
});

test("a run that is stopped ends after the case under way", async () => {
  const stop = new AbortController();
  const one = must("a/b/c", { title: "t", cites: [], world: "nothing", steps: [] });
  const lines = await runCases([one, { ...one, id: "a/b/d" }], referenceTarget(), {
    ...{ seed: 1, worlds, signal: stop.signal, stopwatch: () => 0, write: () => undefined },
    onCase: () => {
      stop.abort();
    },
  });
  expect(lines.map(({ id }) => id)).toEqual(["a/b/c"]);
});

/** A whole process of its own, in which nothing but the run is under way. */
const ALONE = `
  const { runCases } = await import(process.env.RUN);
  const session = { origins: { client: "http://subject.test" }, credential: () => null, logs: () => "",
    send: (_message, signal) => new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    }), stop: async () => {} };
  const target = { name: "hangs", profile: "resolve", features: [], expectations: [],
    upstreams: "switchboard", start: async () => session };
  const steps = [{ do: "request", actor: "anonymous", expect: { outcome: "answered", status: 200 },
    request: { ask: "send", method: "GET", target: "/-/ping", headers: [] } }];
  const text = { id: "a/b/c", level: "must", title: "", cites: [], needs: [], wireOnly: false,
    world: "w", steps };
  const world = { name: "w", users: [], teams: {}, upstreams: {}, aliases: {}, hosted: {}, publicRoutes: [],
    projects: {}, settings: {} };
  const [line] = await runCases([text], target, { seed: 1, worlds: { w: world }, requestMs: 50,
    signal: new AbortController().signal, stopwatch: () => 0, write: () => {} });
  console.log(line.verdict);`;

test("a subject that was waited for in vain is asked nothing more", async () => {
  const reference = referenceTarget();
  let asked = 0;
  const start: Target["start"] = async (...given) => ({
    ...(await reference.start(...given)),
    send: (_message, signal) => {
      asked += 1;
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reject(new Error("nobody waits any more"));
        });
      });
    },
  });
  // Nothing is published, so that nothing is sent but the steps.
  const nothing = { world: "nothing", target: { ...reference, start }, requestMs: 50 };
  const empty = as("anonymous").resolves("empty");
  const { verdict, findings } = await play([empty.isServed(), empty.isServed()], nothing);
  expect({ verdict, asked }).toEqual({ verdict: "failed", asked: 1 });
  expect(findings).toMatchObject([{ step: 0, seen: "no whole reply within the time limit" }]);
});

test("a subject in this process that never answers ends its case, and not the process", async () => {
  const args = ["--input-type=module", "--eval", ALONE];
  const env = { ...process.env, RUN: new URL("run.ts", import.meta.url).href };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout).toBe("failed\n");
});
