import type { HeaderList } from "../wire/message.ts";

/**
 * The run record: one JSON line an event, written while the run goes on and only read afterwards.
 * Every report is a function of these lines, and every number in a report can be recomputed from them.
 */
export type RecordLine = RunLine | CaseLine | ExchangeLine | FindingLine | SampleLine | EndLine;

export interface RunLine {
  readonly line: "run";
  readonly schema: typeof RECORD_SCHEMA;
  readonly command: string;
  readonly tool: { readonly name: "leakproof"; readonly version: string };
  readonly target: { readonly name: string; readonly profile: string; readonly features: string[] };
  readonly seed: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly machine: { readonly node: string; readonly platform: string; readonly cores: number };
  /** The requirements that the chosen cases cite, so that a report needs nothing but its record. */
  readonly requirements: readonly CitedRequirement[];
}

export interface CitedRequirement {
  readonly id: string;
  readonly level: string;
  readonly quote: string;
  readonly source: string;
}

export interface CaseLine {
  readonly line: "case";
  readonly id: string;
  readonly level: string;
  readonly title: string;
  readonly cites: readonly string[];
  readonly world: string;
  readonly verdict: Verdict;
  readonly tookMs: number;
  /** The steps as sentences, in order. */
  readonly steps: readonly string[];
  /** Why, where the verdict alone does not say it: the missing feature, the known failure's reason. */
  readonly because?: string;
}

/** One request and its reply, whole but redacted, as the mocks or the harness saw it. */
export interface ExchangeLine {
  readonly line: "exchange";
  readonly case: string;
  /** Index of the step, from 0; -1 for what stood before the first. */
  readonly step: number;
  /** `subject`, or an upstream's name. */
  readonly with: string;
  readonly actor?: string;
  readonly request: RecordedMessage & { readonly method: string; readonly target: string };
  readonly reply: (RecordedMessage & { readonly status: number }) | { readonly failure: string };
}

export interface RecordedMessage {
  readonly headers: HeaderList;
  /** Text where it is text, else `base64:…`; cut at 4 KiB, then ends in `… (N bytes)`. */
  readonly body: string;
}

export interface FindingLine extends Finding {
  readonly line: "finding";
  readonly case: string;
}

/** One way in which what was seen is not what must hold. */
export interface Finding {
  readonly kind: FindingKind;
  /** Whose fault, as a verdict: a finding never passes. */
  readonly verdict: "failed" | "blocked" | "broken";
  /** Index of the step, from 0. */
  readonly step: number;
  readonly expected: string;
  readonly seen: string;
  /** Ids of the requirements that it speaks of. */
  readonly requirements: readonly string[];
}

export type FindingKind =
  | "expectation"
  | "confinement"
  | "forwarding"
  | "secret"
  | "fail-open"
  | "count"
  | "bound"
  | "bracket"
  | "preparation"
  | "harness";

export interface SampleLine {
  readonly line: "sample";
  readonly scenario: string;
  readonly series: string;
  readonly value: number;
  readonly unit: string;
}

export interface EndLine {
  readonly line: "end";
  readonly exitCode: ExitCode;
  readonly tookMs: number;
  readonly interrupted: boolean;
  /** What stopped the run or left it inconclusive, in one line each. */
  readonly notes: readonly string[];
}

export const RECORD_SCHEMA = "leakproof-record/1";

/** DESIGN.md section 5. */
export type Verdict =
  | "passed"
  | "not-applicable"
  | "known"
  | "advised"
  | "failed"
  | "unexpected"
  | "blocked"
  | "broken";

/** 0 conformant, 1 violated, 2 inconclusive, 3 usage, 4 our fault. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;
