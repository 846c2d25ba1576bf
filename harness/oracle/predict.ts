import type { RouteName } from "../../fixtures/world.ts";
import type { Request } from "../../suites/case.ts";
import { mayUse, mayUseVia, own } from "./access.ts";
import { isAllowed, ledTo, tarballHostOf, troubleOf, upstreamOf } from "./moods.ts";
import type { Kind } from "./moods.ts";
import { conditionsOf, keyOf, projectOf } from "./state.ts";
import type { OracleState } from "./state.ts";

/** What the specification allows for the next request of a principal. */
export interface Prediction {
  readonly mayServe: boolean;
  readonly mayRefuse: boolean;
  /** Whether a read may be answered as gateways answer for an upstream that is down: 502, 503 or 504. */
  readonly mayFail?: boolean;
  /** Whether the cache has to answer, may, or cannot. */
  readonly hit: "must" | "may" | "never";
  /** The most requests that each upstream may see for it; an upstream that is not named may see none. */
  readonly upstreamAtMost: Readonly<Record<string, number>>;
  /** Why, in a sentence, for whoever reads a finding. */
  readonly because: string;
}

/** Two forms of a document, each tried twice. */
const REQUESTS_PER_PACKAGE = 4;

/** Each of them led through as many redirects as anybody follows. */
const REQUESTS_WHEN_LED = REQUESTS_PER_PACKAGE * 5;

export function predict(state: OracleState, actor: string, request: Request): Prediction {
  if (state.revoked.includes(actor)) return NOBODY;
  switch (request.ask) {
    case "resolve":
    case "verify":
      return predictResolve(state, actor, request);
    case "packument":
    case "tarball":
      return predictRead(state, actor, request);
    case "send":
    case "sendRaw":
    case "publish":
      return { ...ANYTHING, upstreamAtMost: everywhere(state) };
  }
}

const NOBODY: Prediction = {
  mayServe: false,
  mayRefuse: true,
  hit: "never",
  upstreamAtMost: {},
  because: "the caller's token was revoked",
};

const ANYTHING: Prediction = {
  mayServe: true,
  mayRefuse: true,
  hit: "may",
  upstreamAtMost: {},
  because: "the step says itself what it expects",
};

function predictResolve(
  state: OracleState,
  actor: string,
  request: Extract<Request, { ask: "resolve" | "verify" }>,
): Prediction {
  const project = projectOf(state.world, request);
  if (project === null) return ANYTHING;
  const { closure } = project;
  // A request that was changed may touch less than its project, but never more than its actor may use.
  const changed = Object.keys(request.changes).length > 0;
  const barred = closure.filter((route) => !mayUse(state.world, actor, route));
  const upstreamAtMost = changed ? everywhereOpen(state, actor) : allowance(state, actor, closure);
  if (actor === "anonymous" && state.world.settings.anonymous === "refuse") {
    return { ...NOBODY, because: "anonymous callers are refused here" };
  }
  const [first] = barred;
  if (first !== undefined) {
    return {
      mayServe: changed,
      mayRefuse: true,
      hit: "never",
      upstreamAtMost,
      because: `${actor} may not use ${first.package}`,
    };
  }
  const hit = hitFor(state, request, closure);
  const troubles = closure.flatMap((route) => troubleOf(state, route, ["packument"]) ?? []);
  const validated = state.world.settings.validation === "on-hit";
  const none = hit === "must" ? vouching(state, closure) : upstreamAtMost;
  if (troubles.length === 0 || (hit === "must" && !validated)) {
    const because =
      hit === "must"
        ? "a candidate matches"
        : changed
          ? `no upstream that lets ${actor} have nothing`
          : `${actor} may use all of it`;
    return { mayServe: true, mayRefuse: changed, hit, upstreamAtMost: none, because };
  }
  const denied = troubles.some(({ denies }) => denies) && (validated || isStale(state));
  const lost = troubles.some(({ barren }) => barren) && !state.asked;
  return {
    mayServe: !lost && (!denied || (hit !== "never" && !validated)),
    mayRefuse: true,
    hit,
    upstreamAtMost,
    because: denied
      ? "an upstream denies a package of it"
      : lost
        ? "an upstream is in trouble, and nothing was fetched from it yet"
        : "an upstream is in trouble",
  };
}

/** What a hit may ask of upstreams: nothing, or of each alias once (tried twice) whether it stands by it. */
function vouching(state: OracleState, closure: readonly RouteName[]): Record<string, number> {
  if (state.world.settings.validation === "off") return {};
  const asked = closure.flatMap((route) =>
    route.via !== "hosted" && "alias" in route.via ? (upstreamOf(state, route) ?? []) : [],
  );
  return Object.fromEntries(asked.map((upstream) => [upstream, 2]));
}

function hitFor(
  state: OracleState,
  request: Request,
  closure: readonly RouteName[],
): Prediction["hit"] {
  const { settings } = state.world;
  const alive = state.candidates.filter(
    ({ storedAt }) => state.now - storedAt < settings.resolutionTtlMs,
  );
  const here = alive.filter(({ key }) => key === keyOf(request));
  const conditions = conditionsOf(state.world, closure).join("\n");
  const fits = here.some((candidate) => candidate.conditions.join("\n") === conditions);
  if (!fits) return "never";
  const seeded = "changes" in request && Object.keys(request.changes).length > 0;
  const crowded =
    here.length > settings.candidatesPerKey || alive.length > settings.candidatesTotal;
  return crowded || state.unsettled || seeded || request.ask === "verify" ? "may" : "must";
}

function predictRead(
  state: OracleState,
  actor: string,
  request: Extract<Request, { ask: "packument" | "tarball" }>,
): Prediction {
  const { via, package: name } = request;
  const upstream = own(state.world.aliases, via)?.upstream;
  const exists =
    via === "hosted"
      ? own(state.world.hosted, name) !== undefined
      : own(state.world.upstreams[upstream ?? ""]?.packages ?? {}, name) !== undefined;
  const admitted = mayUseVia(state.world, actor, via, name);
  if (!admitted || !exists) {
    const asked = admitted && upstream !== undefined ? { [upstream]: REQUESTS_PER_PACKAGE } : {};
    const because = admitted ? `there is no ${name}` : `${actor} may not use ${name}`;
    return { mayServe: false, mayRefuse: true, hit: "never", upstreamAtMost: asked, because };
  }
  const route: RouteName = { via: via === "hosted" ? "hosted" : { alias: via }, package: name };
  const isTarball = request.ask === "tarball";
  const kinds: readonly Kind[] = isTarball ? ["packument", "tarball"] : ["packument"];
  const host = isTarball ? (tarballHostOf(state, route) ?? upstream) : upstream;
  if (host !== undefined && host !== upstream && !isAllowed(state.world, host)) {
    const because = `no rule leads to ${host}, where its tarballs are`;
    const most = { [upstream ?? host]: REQUESTS_PER_PACKAGE };
    return { ...NOBODY, mayFail: true, upstreamAtMost: most, because };
  }
  const trouble = troubleOf(state, route, kinds);
  const denied = trouble?.denies === true && isStale(state);
  const lost = trouble?.barren === true && !state.asked;
  const led = [...ledTo(state, route, kinds), ...(host === undefined ? [] : [host])].map(
    (place) => [place, REQUESTS_WHEN_LED] as const,
  );
  return {
    mayServe: !denied && !lost,
    mayRefuse: trouble !== null,
    mayFail: trouble !== null,
    hit: "may",
    upstreamAtMost: {
      ...Object.fromEntries(led),
      ...(upstream === undefined ? {} : { [upstream]: REQUESTS_PER_PACKAGE * 2 }),
    },
    because: trouble === null ? `${actor} may use ${name}` : "its upstream is in trouble",
  };
}

/** What each upstream may be asked for a closure: nothing for packages that the caller may not use. */
function allowance(
  state: OracleState,
  actor: string,
  closure: readonly RouteName[],
): Record<string, number> {
  const most: Record<string, number> = {};
  for (const route of closure) {
    const upstream = upstreamOf(state, route);
    if (upstream === null) continue;
    const isProbed = state.world.settings.probeHosts.includes(upstream);
    if (!isProbed && !mayUse(state.world, actor, route)) continue;
    most[upstream] = (most[upstream] ?? 0) + REQUESTS_PER_PACKAGE;
    for (const place of ledTo(state, route, ["packument"])) {
      most[place] = (most[place] ?? 0) + REQUESTS_WHEN_LED;
    }
  }
  return most;
}

function everywhere(state: OracleState): Record<string, number> {
  return Object.fromEntries(Object.keys(state.world.upstreams).map((name) => [name, Infinity]));
}

/** No bound on upstreams that the actor has some business with, none of the others at all. */
function everywhereOpen(state: OracleState, actor: string): Record<string, number> {
  const { world } = state;
  const open = Object.keys(world.upstreams).filter((name) => {
    const fronts = Object.entries(world.aliases).filter(([, { upstream }]) => upstream === name);
    const packages = Object.keys(world.upstreams[name]?.packages ?? {});
    return (
      fronts.length === 0 ||
      packages.some((pkg) => fronts.some(([alias]) => mayUseVia(world, actor, alias, pkg)))
    );
  });
  return Object.fromEntries(open.map((name) => [name, Infinity]));
}

/** Metadata that was fetched within its TTL need not be asked for again. */
function isStale(state: OracleState): boolean {
  return state.candidates.length === 0 || state.now >= state.world.settings.metadataTtlMs;
}
