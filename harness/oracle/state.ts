import { canonicalJson } from "../../wire/digest.ts";
import type { Change, Project, RouteName, World } from "../../fixtures/world.ts";
import { applyChange } from "../../fixtures/world.ts";
import { isFoundPublic } from "./access.ts";
import type { Mood, MoodMatch } from "../../fixtures/mood.ts";
import type { Request, UpstreamDeed } from "../../suites/case.ts";

/** All that the executable specification remembers: the world as it is, and what was learnt so far. */
export interface OracleState {
  readonly world: World;
  /** Milliseconds since the case began, on the subject's clock. */
  readonly now: number;
  /** Outcomes that a cache may replay: the routes that each touched, as they were when it was made. */
  readonly candidates: readonly Candidate[];
  readonly moods: readonly ActiveMood[];
  /** Users whose tokens were revoked: to the subject they are nobody, not even anonymous. */
  readonly revoked: readonly string[];
  /** Whether anything was asked yet, of which the subject may have kept what it fetched. */
  readonly asked: boolean;
  /** Whether something happened after which a cache may have been emptied, rightly. */
  readonly unsettled: boolean;
}

export interface Candidate {
  readonly key: string;
  readonly routes: readonly RouteName[];
  /** What the private ones of them depended on: the alias's generation, the hosted package's policy. */
  readonly conditions: readonly string[];
  readonly storedAt: number;
}

export interface ActiveMood {
  readonly upstream: string;
  readonly mood: Mood;
  readonly of: MoodMatch;
}

export function initialState(world: World): OracleState {
  return { world, now: 0, candidates: [], moods: [], revoked: [], asked: false, unsettled: false };
}

export function afterChange(state: OracleState, change: Change): OracleState {
  const world = applyChange(state.world, change);
  const revoked =
    change.change === "revoke-tokens" ? [...state.revoked, change.user] : state.revoked;
  const rules = change.change === "settings" || change.change === "public-routes";
  return { ...state, world, revoked, unsettled: state.unsettled || rules };
}

export function afterDeed(state: OracleState, upstream: string, deed: UpstreamDeed): OracleState {
  switch (deed.deed) {
    case "behave":
      return {
        ...state,
        moods: [...state.moods, { upstream, mood: deed.mood, of: deed.of ?? {} }],
      };
    case "recover":
      return { ...state, moods: state.moods.filter((mood) => mood.upstream !== upstream) };
    case "publish":
      return { ...state, world: withVersion(state.world, upstream, deed) };
    default:
      return state;
  }
}

function withVersion(
  world: World,
  name: string,
  { package: pkg, version, manifest }: Extract<UpstreamDeed, { deed: "publish" }>,
): World {
  const upstream = world.upstreams[name];
  if (upstream === undefined) return world;
  const versions = { ...upstream.packages[pkg]?.versions, [version]: manifest };
  const packages = { ...upstream.packages, [pkg]: { ...upstream.packages[pkg], versions } };
  return { ...world, upstreams: { ...world.upstreams, [name]: { ...upstream, packages } } };
}

export function afterTime(state: OracleState, ms: number): OracleState {
  return { ...state, now: state.now + ms };
}

export function afterRestart(state: OracleState): OracleState {
  return { ...state, unsettled: true };
}

/** A request is under way: what it has the subject fetch may be kept, however it ends. */
export function afterAsked(state: OracleState): OracleState {
  return { ...state, asked: true };
}

/** A resolve or verification was served: from now on its outcome may be replayed. */
export function afterServed(state: OracleState, request: Request): OracleState {
  const key = keyOf(request);
  const project = projectOf(state.world, request);
  if (key === null || project === null) return state;
  const routes = project.closure;
  // What came by an unknown route is nobody's but the asker's, and is not stored.
  const isOnesOwn = ({ via }: RouteName): boolean =>
    via !== "hosted" && "unknown" in via && !isFoundPublic(state.world, via.unknown);
  if (routes.some(isOnesOwn)) return state;
  const conditions = conditionsOf(state.world, routes);
  const known = state.candidates.some(
    (one) =>
      one.key === key &&
      state.now - one.storedAt < state.world.settings.resolutionTtlMs &&
      canonicalJson(one.conditions) === canonicalJson(conditions),
  );
  // A hit does not make its candidate any younger.
  if (known && !state.unsettled) return state;
  const fresh = { key, routes, conditions, storedAt: state.now };
  return { ...state, candidates: [...state.candidates, fresh] };
}

/** The resolution inputs, never the caller. Null for requests that no candidate answers. */
export function keyOf(request: Request): string | null {
  if (request.ask !== "resolve" && request.ask !== "verify") return null;
  return canonicalJson(request);
}

export function projectOf(world: World, request: Request): Project | null {
  if (request.ask !== "resolve" && request.ask !== "verify") return null;
  return world.projects[request.project] ?? null;
}

/** What has to be the same again for a private outcome to be the same thing. */
export function conditionsOf(world: World, routes: readonly RouteName[]): string[] {
  const conditions = routes.flatMap(({ via, package: name }) => {
    if (via === "hosted")
      return [`hosted ${name} ${canonicalJson(world.hosted[name]?.access ?? [])}`];
    if (!("alias" in via)) return [];
    const { generation = 0, edition = generation } = world.aliases[via.alias] ?? {};
    return [`alias ${via.alias} generation ${generation} edition ${edition}`];
  });
  return [...new Set(conditions)].sort();
}
