import type { Finding } from "../../reports/record.ts";
import { mayKnow } from "../oracle/access.ts";
import { predict } from "../oracle/predict.ts";
import type { Canary, UpstreamExchange } from "../world.ts";
import { isFailure, outcomeOf } from "./observed.ts";
import type { Observed } from "./observed.ts";
import { scan } from "./scan.ts";
import type { Scanned } from "./scan.ts";

/** What holds on every exchange of every case, whatever the case is about. */
export const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  confinement: ["resolve.gate.confinement"],
  forwarding: ["resolve.class.no-forwarding"],
  secret: ["resolve.routing.no-secret-out"],
  "fail-open": ["resolve.closed.upstream-denial"],
  count: ["resolve.cache.upstream-count"],
  /** Of counts: an upstream that this request has no business with was asked all the same. */
  astray: ["resolve.boundary.each-fetch", "resolve.class.refused-before-upstream"],
  bound: ["resolve.cache.bounded"],
};

/** The always-on checks over one exchange with the subject. */
export function judgeExchange(observed: Observed, canaries: readonly Canary[]): Finding[] {
  return [
    ...confinement(observed, canaries),
    ...forwarding(observed, canaries),
    ...failClosed(observed),
    ...counts(observed),
  ];
}

/** What the subject wrote into its log: secrets and raw private URLs have no place there. */
export function judgeLog(log: string, canaries: readonly Canary[], index: number): Finding[] {
  return canaries
    .filter(({ value, of }) => mayBeNowhere(of.kind) && log.includes(value))
    .map(({ of }) =>
      finding("secret", index, `no ${nameOf(of)} in any log line`, "the log has it"),
    );
}

function mayBeNowhere(kind: Canary["of"]["kind"]): boolean {
  return isSecret(kind) || kind === "upstream-url";
}

function isSecret(kind: Canary["of"]["kind"]): boolean {
  return kind === "alias-credential" || kind === "server-secret" || kind === "caller-credential";
}

/** 1 and 3: no canary to a principal outside its set, and no secret to anyone. */
function confinement(observed: Observed, canaries: readonly Canary[]): Finding[] {
  const { reply, step, index, sent } = observed;
  if (isFailure(reply)) return [];
  const said = scan(reply.headers, reply.body, String(reply.status));
  const asked = scan(sent.headers, sent.body, sent.target);
  const served = outcomeOf(observed).outcome === "served";
  return canaries.flatMap((canary): Finding[] => {
    if (!said.says(canary.value)) return [];
    if (observed.states.some(({ world }) => mayKnow(world, step.actor, canary))) return [];
    if (isEcho(canary, asked, served)) return [];
    return [
      finding(
        mayBeNowhere(canary.of.kind) ? "secret" : "confinement",
        index,
        `no ${nameOf(canary.of)} in a reply to ${step.actor}`,
        `the reply (status ${reply.status}) has it`,
      ),
    ];
  });
}

/** A name that the caller said is no news to it; a raw upstream URL may be named in a refusal alone. */
function isEcho({ value, of }: Canary, asked: Scanned, served: boolean): boolean {
  // With credentials in it, a URL that was said is not the one that is told.
  const place = of.kind === "upstream-url" ? value.replace(/^https?:\/\//, "") : value;
  if (!asked.says(place)) return false;
  return of.kind === "name" || of.kind === "package" || (of.kind === "upstream-url" && !served);
}

/** 2: no caller's credential in anything that an upstream heard, and no alias's in what is not its own. */
function forwarding(observed: Observed, canaries: readonly Canary[]): Finding[] {
  return observed.heard.flatMap(({ upstream, message }) => {
    const said = scan(message.headers, message.body, message.target);
    return canaries
      .filter(({ value, of }) => isForeign(observed, of, upstream) && said.says(value))
      .map(({ of }) =>
        finding(
          "forwarding",
          observed.index,
          `no ${nameOf(of)} in a request to an upstream`,
          `${upstream} heard it with ${message.method} ${message.target}`,
        ),
      );
  });
}

function isForeign(observed: Observed, of: Canary["of"], upstream: string): boolean {
  if (of.kind === "caller-credential") return true;
  if (of.kind !== "alias-credential") return false;
  return observed.states.every(({ world }) => {
    const alias = world.aliases[of.alias];
    return alias?.upstream !== upstream && alias?.tarballOrigins?.includes(upstream) !== true;
  });
}

/** 4: what an upstream denied meanwhile is not served all the same. */
function failClosed(observed: Observed): Finding[] {
  if (observed.overlapped || outcomeOf(observed).outcome !== "served") return [];
  const { request } = observed.step;
  if (!("project" in request) && !("via" in request)) return [];
  return observed.heard
    .filter((exchange) => isDenial(exchange, observed))
    .map(({ upstream, message, reply }) =>
      finding(
        "fail-open",
        observed.index,
        `a refusal, since ${upstream} denied what was asked of it`,
        `served, though ${upstream} answered ${reply?.status ?? 0} to ${message.target}`,
      ),
    );
}

function isDenial({ upstream, reply }: UpstreamExchange, observed: Observed): boolean {
  if (reply?.status === 401 || reply?.status === 403) return true;
  const isPrivate = Object.values(observed.states[0].world.aliases).some(
    (alias) => alias.upstream === upstream,
  );
  return isPrivate && reply?.status === 404;
}

/** 5: no upstream hears more than the oracle allows. */
function counts(observed: Observed): Finding[] {
  if (observed.overlapped) return [];
  const { step, index, states } = observed;
  const { upstreamAtMost, because, hit } = predict(states[0], step.actor, step.request);
  const heard = Map.groupBy(observed.heard, ({ upstream }) => upstream);
  return [...heard].flatMap(([upstream, exchanges]) => {
    const most = upstreamAtMost[upstream] ?? 0;
    if (exchanges.length <= most) return [];
    const targets = exchanges.map(({ message }) => message.target).join(", ");
    const found = finding(
      "count",
      index,
      `at most ${most} requests to ${upstream} (${because})`,
      `${exchanges.length}: ${targets}`,
    );
    const isAstray = most === 0 && hit !== "must";
    return [isAstray ? { ...found, requirements: ALWAYS["astray"] ?? [] } : found];
  });
}

export function nameOf(of: Canary["of"]): string {
  switch (of.kind) {
    case "package":
      return `content of ${of.package} (${of.via})`;
    case "name":
      return `name of ${of.package} (${of.via})`;
    case "upstream-url":
      return `raw URL of alias ${of.alias}'s registry`;
    case "alias-credential":
      return `credential of alias ${of.alias}`;
    case "server-secret":
      return "server secret";
    case "caller-credential":
      return `credential of ${of.user}`;
  }
}

export function finding(
  kind: Finding["kind"],
  step: number,
  expected: string,
  seen: string,
): Finding {
  return { kind, verdict: "failed", step, expected, seen, requirements: ALWAYS[kind] ?? [] };
}
