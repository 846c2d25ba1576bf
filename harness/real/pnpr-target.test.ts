import { mkdtemp, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { TestContext } from "vitest";
import { worlds } from "../../fixtures/worlds.ts";
import type { CaseLine, RecordLine } from "../../reports/record.ts";
import { cases } from "../../suites/index.ts";
import { peer, peerCacheFolder, PeerMissing } from "../peers.ts";
import { runCases } from "../run.ts";
import { selectCases } from "../select.ts";
import type { Target } from "../targets/target.ts";
import { pnprTarget } from "../targets/pnpr/target.ts";

const SLOW_MS = 120_000;

test(
  "the published server passes what it passes, fails what it is known to fail, and leaves nothing behind",
  async (context) => {
    const target = await published(context);
    // Temporary folders of this test alone: others may run the same server meanwhile.
    const folder = await mkdtemp(path.join(tmpdir(), "leakproof-leftovers-"));
    vi.stubEnv("TMPDIR", folder);
    onTestFinished(() => {
      vi.unstubAllEnvs();
      return rm(folder, { recursive: true });
    });
    const { lines, written } = await run(target, [
      "resolve/wire/ping",
      "resolve/cache/hit-equals-miss",
      "resolve/revocation/token-revoked",
      "resolve/direct-tarballs/package-access",
      "resolve/wire/no-such-package",
      "resolve/cache/ttl-expires",
    ]);
    expect(Object.fromEntries(lines.map(({ id, verdict }) => [id, verdict]))).toEqual({
      "resolve/wire/ping": "passed",
      "resolve/cache/hit-equals-miss": "passed",
      "resolve/revocation/token-revoked": "passed",
      "resolve/direct-tarballs/package-access": "known",
      "resolve/wire/no-such-package": "known",
      "resolve/cache/ttl-expires": "not-applicable",
    });
    // A record speaks of places by their names, and of no token that the server made.
    expect(JSON.stringify(written)).not.toContain("127.0.0.1");
    expect(await readdir(folder)).toEqual([]);
  },
  SLOW_MS,
);

test(
  "without its list the same failure is a failure, and with a stale one a pass is unexpected",
  async (context) => {
    const target = await published(context);
    const id = "resolve/direct-tarballs/package-access";
    const unlisted = await run({ ...target, expectations: [] }, [id]);
    expect(unlisted.lines.map(({ verdict }) => verdict)).toEqual(["failed"]);
    const stale = [{ id: "resolve/wire/ping", reason: "It never answers." }];
    const { lines } = await run({ ...target, expectations: stale }, ["resolve/wire/ping"]);
    expect(lines.map(({ verdict }) => verdict)).toEqual(["unexpected"]);
  },
  SLOW_MS,
);

async function published(context: TestContext): Promise<Target> {
  try {
    return pnprTarget(await peer("pnpr", peerCacheFolder(process.env, homedir())));
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    process.stderr.write(`skipped: "${context.task.name}": ${error.message}\n`);
    return context.skip(error.message);
  }
}

async function run(
  target: Target,
  globs: readonly string[],
): Promise<{ readonly lines: readonly CaseLine[]; readonly written: readonly RecordLine[] }> {
  const written: RecordLine[] = [];
  const lines = await runCases(selectCases(cases, { globs }), target, {
    ...{ seed: 1, worlds, signal: new AbortController().signal, stopwatch: () => 0 },
    write: (line) => written.push(line),
  });
  return { lines, written };
}
