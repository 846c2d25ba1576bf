import type { CaseLine, ExchangeLine, FindingLine, RecordLine, RunLine } from "./record.ts";

/** A small run with one of everything, which the tests of reports are about. */
export const SAMPLE_RECORD: readonly RecordLine[] = [
  sampleRun(),
  sampleCase({ id: "resolve/wire/ping", verdict: "passed", cites: ["resolve.wire.ping"] }),
  sampleExchange(),
  sampleFinding(),
  sampleCase({
    id: "resolve/gate/revoked",
    verdict: "failed",
    title: "A caller who <lost> access & more",
    steps: ["alice resolves web: is served", "bob resolves web: is refused"],
  }),
  sampleCase({
    id: "npm/gate/clock",
    verdict: "not-applicable",
    because: "the target does not offer clock",
  }),
  sampleCase({ id: "npm/gate/listed", verdict: "known", because: "it never did" }),
  sampleFinding({ case: "npm/gate/down", verdict: "blocked", kind: "preparation", step: 0 }),
  sampleCase({ id: "npm/gate/down", verdict: "blocked", because: "nothing answers" }),
  {
    ...{ line: "end", exitCode: 1, tookMs: 2345, interrupted: false },
    notes: ["of 5 cases, 1 blocked"],
  },
];

export function sampleRun(): RunLine {
  return {
    ...{ line: "run", schema: "leakproof-record/1", command: "verify" },
    tool: { name: "leakproof", version: "0.1.0" },
    target: { name: "reference", profile: "resolve", features: ["clock"] },
    ...{ seed: 7, startedAt: "2026-01-31T12:00:00.000Z" },
    machine: { node: "v26.10.0", platform: "linux-x64", cores: 2 },
    requirements: [
      { id: "resolve.wire.ping", level: "must", quote: "ready", source: "spec, section 1" },
      { id: "resolve.gate.alias", level: "must", quote: "stops matching", source: "spec" },
    ],
  };
}

export function sampleCase(given: Partial<CaseLine>): CaseLine {
  return {
    ...{ line: "case", id: "resolve/gate/one", level: "must", title: "One holds" },
    ...{ cites: ["resolve.gate.alias"], world: "two-teams", verdict: "passed", tookMs: 12 },
    ...{ steps: ["alice resolves web: is served"], ...given },
  };
}

export function sampleFinding(given: Partial<FindingLine> = {}): FindingLine {
  return {
    ...{ line: "finding", case: "resolve/gate/revoked", kind: "expectation", verdict: "failed" },
    ...{ step: 1, expected: "refused", seen: "served", requirements: ["resolve.gate.alias"] },
    ...given,
  };
}

export function sampleExchange(given: Partial<ExchangeLine> = {}): ExchangeLine {
  return {
    ...{ line: "exchange", case: "resolve/gate/revoked", step: 1, with: "subject", actor: "bob" },
    request: { method: "POST", target: "/-/pnpr/v0/resolve", headers: [], body: "{}" },
    reply: { status: 200, headers: [["content-type", "text/html"]], body: "<script>1</script>" },
    ...given,
  };
}
