import type { RouteName } from "../../fixtures/world.ts";
import type { Request } from "../../suites/case.ts";
import { mayUse, mayUseVia } from "./access.ts";
import { conditionsOf, keyOf, projectOf } from "./state.ts";
import type { OracleState } from "./state.ts";

/** What the specification allows for the next request of a principal. */
export interface Prediction {
  readonly mayServe: boolean;
  readonly mayRefuse: boolean;
  /** Whether the cache has to answer, may, or cannot. */
  readonly hit: "must" | "may" | "never";
  /** The most requests that each upstream may see for it; an upstream that is not named may see none. */
  readonly upstreamAtMost: Readonly<Record<string, number>>;
  /** Why, in a sentence, for whoever reads a finding. */
  readonly because: string;
}

/** Two forms of a document, each tried twice. */
const REQUESTS_PER_PACKAGE = 4;

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
  const troubles = closure.filter((route) => isTroubled(state, route));
  const none = hit === "must" ? {} : upstreamAtMost;
  if (troubles.length === 0 || hit === "must") {
    const because = hit === "must" ? "a candidate matches" : `${actor} may use all of it`;
    return { mayServe: true, mayRefuse: changed, hit, upstreamAtMost: none, because };
  }
  const denied = troubles.some((route) => isDenied(state, route));
  return {
    mayServe: !denied || hit !== "never",
    mayRefuse: true,
    hit,
    upstreamAtMost,
    because: denied ? "an upstream denies a package of it" : "an upstream is in trouble",
  };
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
  const upstream = state.world.aliases[via]?.upstream;
  const exists =
    via === "hosted"
      ? state.world.hosted[name] !== undefined
      : state.world.upstreams[upstream ?? ""]?.packages[name] !== undefined;
  const admitted = mayUseVia(state.world, actor, via, name);
  if (!admitted || !exists) {
    const asked = admitted && upstream !== undefined ? { [upstream]: REQUESTS_PER_PACKAGE } : {};
    const because = admitted ? `there is no ${name}` : `${actor} may not use ${name}`;
    return { mayServe: false, mayRefuse: true, hit: "never", upstreamAtMost: asked, because };
  }
  const route: RouteName = { via: via === "hosted" ? "hosted" : { alias: via }, package: name };
  const troubled = isTroubled(state, route);
  return {
    mayServe: !isDenied(state, route),
    mayRefuse: troubled,
    hit: "may",
    upstreamAtMost: upstream === undefined ? {} : { [upstream]: REQUESTS_PER_PACKAGE * 2 },
    because: troubled ? "its upstream is in trouble" : `${actor} may use ${name}`,
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
    if (upstream === null || !mayUse(state.world, actor, route)) continue;
    most[upstream] = (most[upstream] ?? 0) + REQUESTS_PER_PACKAGE;
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

function upstreamOf(state: OracleState, { via }: RouteName): string | null {
  if (via === "hosted") return null;
  if ("public" in via) return via.public;
  return "unknown" in via ? via.unknown : (state.world.aliases[via.alias]?.upstream ?? null);
}

function isTroubled(state: OracleState, route: RouteName): boolean {
  return moodOf(state, route) !== undefined;
}

/** Whether the upstream says no: 401 or 403 of anything, 404 of something private. */
function isDenied(state: OracleState, route: RouteName): boolean {
  const mood = moodOf(state, route);
  if (mood?.mood !== "status" || route.via === "hosted") return false;
  if (mood.status === 401 || mood.status === 403) return isStale(state);
  return mood.status === 404 && "alias" in route.via && isStale(state);
}

/** Metadata that was fetched within its TTL need not be asked for again. */
function isStale(state: OracleState): boolean {
  return state.candidates.length === 0 || state.now >= state.world.settings.metadataTtlMs;
}

function moodOf(state: OracleState, route: RouteName) {
  const upstream = upstreamOf(state, route);
  return state.moods.findLast(
    ({ upstream: name, of }) =>
      name === upstream && (of.package === undefined || of.package === route.package),
  )?.mood;
}
