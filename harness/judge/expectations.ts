import { isDeepStrictEqual } from "node:util";
import { headerAll } from "../../wire/message.ts";
import type { CountRange, Expectation } from "../../suites/case.ts";
import { predict } from "../oracle/predict.ts";
import type { UpstreamExchange } from "../world.ts";
import { isFailure, jsonOf, outcomeOf } from "./observed.ts";
import type { Observed, Outcome, ReceivedReply } from "./observed.ts";
import { checkResemblance, comparable } from "./resemblance.ts";
import type { Labels } from "./resemblance.ts";

/** How one reply differs from what was expected of it. */
export interface Mismatch {
  readonly expected: string;
  readonly seen: string;
}

/** Holds a reply against its step's expectation, or against the oracle where the step leaves it out. */
export function mismatches(
  observed: Observed,
  expectation: Expectation | undefined,
  labels: Labels,
): Mismatch[] {
  const outcome = outcomeOf(observed);
  if (expectation === undefined) return derived(observed, outcome);
  const found: Mismatch[] = [];
  switch (expectation.outcome) {
    case "served":
      if (outcome.outcome !== "served")
        return [{ expected: "served", seen: said(outcome, observed) }];
      found.push(...checkServed(observed, expectation, labels));
      break;
    case "refused":
      if (outcome.outcome !== "refused")
        return [{ expected: "refused", seen: said(outcome, observed) }];
      found.push(...checkRefused(observed, expectation, labels));
      break;
    case "answered":
      found.push(...checkAnswered(observed, expectation));
  }
  if (!isFailure(observed.reply)) found.push(...checkText(observed.reply, expectation));
  found.push(...checkResemblance(observed, expectation, labels));
  const conditional = observed.heard.filter(isConditional);
  return [
    ...found,
    ...checkHeard(observed.heard, expectation.upstream, "requests"),
    ...checkHeard(conditional, expectation.conditional, "conditional requests"),
  ];
}

function isConditional({ message }: UpstreamExchange): boolean {
  return ["if-none-match", "if-modified-since"].some(
    (name) => headerAll(message.headers, name).length > 0,
  );
}

function derived(observed: Observed, outcome: Outcome): Mismatch[] {
  const predictions = observed.states.map((state) =>
    predict(state, observed.step.actor, observed.step.request),
  );
  const because = predictions[0]?.because ?? "";
  if (outcome.outcome === "served" && !predictions.some(({ mayServe }) => mayServe)) {
    return [{ expected: `refused: ${because}`, seen: "served" }];
  }
  if (outcome.outcome === "refused" && !predictions.some(({ mayRefuse }) => mayRefuse)) {
    return [{ expected: `served: ${because}`, seen: said(outcome, observed) }];
  }
  if (outcome.outcome !== "neither") return [];
  const failed = !isFailure(observed.reply) && GATEWAY_FAILURES.has(observed.reply.status);
  if (failed && predictions.some(({ mayFail }) => mayFail === true)) return [];
  return [{ expected: "served or refused, as the protocol has it", seen: outcome.why }];
}

const GATEWAY_FAILURES: ReadonlySet<number> = new Set([502, 503, 504]);

function checkServed(
  observed: Observed,
  expectation: Extract<Expectation, { outcome: "served" }>,
  labels: Labels,
): Mismatch[] {
  const found: Mismatch[] = [];
  const { cache, sameAs, packages, applied } = expectation;
  if (cache !== undefined) found.push(...checkCache(observed, cache));
  if (sameAs !== undefined && comparable(observed).said !== labels.get(sameAs)?.said) {
    found.push({ expected: `byte for byte what "${sameAs}" was given`, seen: "other bytes" });
  }
  const locked = lockedPackages(observed);
  for (const id of packages ?? []) {
    if (locked.includes(id)) continue;
    found.push({ expected: `${id} in the lockfile`, seen: locked.join(", ") || "no packages" });
  }
  return [...found, ...checkApplied(observed, applied)];
}

function checkApplied(
  { reply }: Observed,
  applied: Readonly<Record<string, unknown>> | undefined,
): Mismatch[] {
  const frame = isFailure(reply) ? null : reply.frames?.terminal;
  const said = (frame?.["appliedPolicies"] ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(applied ?? {})
    .filter(([field, wanted]) => !isDeepStrictEqual(said[field], wanted))
    .map(([field, wanted]) => ({
      expected: `appliedPolicies.${field} is ${JSON.stringify(wanted)}`,
      seen: field in said ? JSON.stringify(said[field]) : "nothing",
    }));
}

/** A hit is what no upstream heard of and what has a hit's shape: the terminal frame alone. */
function checkCache(observed: Observed, cache: "hit" | "miss"): Mismatch[] {
  const frames = isFailure(observed.reply) ? null : observed.reply.frames;
  const lone = frames === null || frames.frames.length === 1;
  const silent = observed.heard.length === 0;
  if ((cache === "hit") === (lone && silent)) return [];
  const heard = observed.heard.map(({ upstream, message }) => `${upstream} ${message.target}`);
  const shape = lone ? "the terminal frame alone" : `${frames.frames.length - 1} package frames`;
  return [
    {
      expected: `a cache ${cache}`,
      seen: `${shape}, and upstreams heard ${heard.length === 0 ? "nothing" : heard.join(", ")}`,
    },
  ];
}

function lockedPackages(observed: Observed): string[] {
  if (isFailure(observed.reply)) return [];
  const lockfile = observed.reply.frames?.terminal?.["lockfile"];
  if (typeof lockfile !== "object" || lockfile === null || !("packages" in lockfile)) return [];
  return Object.keys((lockfile.packages as object | null) ?? {});
}

function checkRefused(
  observed: Observed,
  { status, code, sameAs }: Extract<Expectation, { outcome: "refused" }>,
  labels: Labels,
): Mismatch[] {
  if (isFailure(observed.reply)) return [];
  const found = checkStatus(observed.reply.status, status);
  if (sameAs !== undefined && comparable(observed).said !== labels.get(sameAs)?.said) {
    found.push({ expected: `exactly what "${sameAs}" was told`, seen: "something else" });
  }
  const seen = observed.reply.frames?.terminal?.["code"];
  if (code !== undefined && seen !== code) {
    found.push({ expected: `code ${code}`, seen: `code ${String(seen)}` });
  }
  return found;
}

function checkAnswered(
  observed: Observed,
  expectation: Extract<Expectation, { outcome: "answered" }>,
): Mismatch[] {
  const { reply } = observed;
  if (isFailure(reply)) return [{ expected: "an answer", seen: reply.message }];
  const found = checkStatus(reply.status, expectation.status);
  for (const [name, wanted] of Object.entries(expectation.headers ?? {})) {
    const values = headerAll(reply.headers, name);
    const pattern = /^\/(.*)\/$/.exec(wanted)?.[1];
    const fits = (value: string): boolean =>
      pattern === undefined ? value === wanted : new RegExp(pattern, "i").test(value);
    if (!values.some(fits)) {
      found.push({ expected: `header ${name}: ${wanted}`, seen: values.join(", ") || "none" });
    }
  }
  if (expectation.json !== undefined && !isDeepStrictEqual(jsonOf(reply.body), expectation.json)) {
    const seen = Buffer.from(reply.body).toString("utf8").slice(0, 300);
    found.push({ expected: `the body ${JSON.stringify(expectation.json)}`, seen });
  }
  return found;
}

function checkStatus(seen: number, wanted: number | readonly number[] | undefined): Mismatch[] {
  const wantedAll = typeof wanted === "number" ? [wanted] : wanted;
  if (wantedAll === undefined || wantedAll.includes(seen)) return [];
  return [{ expected: `status ${wantedAll.join(" or ")}`, seen: `status ${seen}` }];
}

function checkText(
  reply: ReceivedReply,
  expectation: Pick<Expectation, "says" | "saysOneOf" | "omits">,
): Mismatch[] {
  const text = Buffer.from(reply.body).toString("utf8");
  const choice = expectation.saysOneOf;
  const missing = (expectation.says ?? []).filter((part) => !text.includes(part));
  const present = (expectation.omits ?? []).filter((part) => text.includes(part));
  return [
    ...missing.map((part) => ({ expected: `the reply says ${part}`, seen: text.slice(0, 300) })),
    ...present.map((part) => ({ expected: `the reply does not say ${part}`, seen: "it does" })),
    ...(choice === undefined || choice.some((part) => text.includes(part))
      ? []
      : [{ expected: `the reply says ${choice.join(" or ")}`, seen: text.slice(-300) }]),
  ];
}

function checkHeard(
  exchanges: readonly UpstreamExchange[],
  ranges: Readonly<Record<string, CountRange>> | undefined,
  what: string,
): Mismatch[] {
  return Object.entries(ranges ?? {}).flatMap(([name, range]) => {
    const seen = exchanges.filter(({ upstream }) => upstream === name).length;
    const { atLeast = 0, atMost = Infinity } =
      typeof range === "number" ? { atLeast: range, atMost: range } : range;
    if (seen >= atLeast && seen <= atMost) return [];
    const wanted = atLeast === atMost ? String(atLeast) : `${atLeast} to ${atMost}`;
    return [{ expected: `${wanted} ${what} to ${name}`, seen: String(seen) }];
  });
}

function said(outcome: Outcome, observed: Observed): string {
  if (outcome.outcome === "served") return "served";
  const body = isFailure(observed.reply)
    ? ""
    : `: ${Buffer.from(observed.reply.body).toString("utf8").trim().slice(-300)}`;
  return (outcome.outcome === "refused" ? `refused by ${outcome.how}` : outcome.why) + body;
}
