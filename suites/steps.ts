import type { Access, Change, Manifest, PublicRoute, Settings } from "../fixtures/world.ts";
import type { Mood, MoodMatch } from "../fixtures/mood.ts";
import type {
  Expectation,
  Request,
  RequestStep,
  ResolveChanges,
  Step,
  UpstreamDeed,
} from "./case.ts";
import type { HeaderList } from "../wire/message.ts";

/**
 * The words that cases are written in. Each makes a plain record: the verbs of a request step stand on its
 * prototype, so `JSON.stringify` and a spread see the record alone.
 */
export function as(actor: string) {
  return {
    resolves: (project: string, changes: ResolveChanges = {}) =>
      asked(actor, { ask: "resolve", project, changes }),
    verifies: (project: string, changes: ResolveChanges = {}) =>
      asked(actor, { ask: "verify", project, changes }),
    /** `via` is an alias's name (the `/~ALIAS/` endpoint) or `hosted`. */
    reads: (name: string, { via }: { via: string }) =>
      asked(actor, { ask: "packument", via, package: name }),
    downloads: (name: string, version: string, { via }: { via: string }) =>
      asked(actor, { ask: "tarball", via, package: name, version }),
    sends: (message: { method: string; target: string; headers?: HeaderList; body?: string }) =>
      asked(actor, { ask: "send", headers: [], ...message }),
    publishes: (name: string, version: string, more: { tag?: string; integrity?: "wrong" } = {}) =>
      asked(actor, { ask: "publish", package: name, version, ...more }),
    sendsRaw: (pieces: readonly string[]) => asked(actor, { ask: "sendRaw", pieces }),
  };
}

export const operator = {
  revokes: (user: string, { from }: { from: string }) => changed({ change: "revoke", user, from }),
  admits: (user: string, { to }: { to: string }) => changed({ change: "admit", user, to }),
  rotates: (alias: string, { by }: { by?: "generation" | "credential" } = {}) =>
    changed({ change: "rotate", alias, ...(by === undefined ? {} : { by }) }),
  restricts: (hosted: string, { to: access }: { to: Access }) =>
    changed({ change: "restrict", hosted, access }),
  revokesTokensOf: (user: string) => changed({ change: "revoke-tokens", user }),
  sets: (settings: Partial<Settings>) => changed({ change: "settings", settings }),
  declaresPublic: (publicRoutes: readonly PublicRoute[]) =>
    changed({ change: "public-routes", publicRoutes }),
};

export function upstream(name: string) {
  const does = (deed: UpstreamDeed): Step => ({ do: "upstream", upstream: name, deed });
  const behaves = (mood: Mood, of?: MoodMatch) =>
    does({ deed: "behave", mood, ...(of === undefined ? {} : { of }) });
  return {
    answers: (status: number, of?: MoodMatch) => behaves({ mood: "status", status }, of),
    answersWith: (reply: Omit<Extract<Mood, { mood: "status" }>, "mood">, of?: MoodMatch) =>
      behaves({ mood: "status", ...reply }, of),
    /** Every other request is answered so, the first of them included. */
    flaps: (status: number, of?: MoodMatch) => behaves({ mood: "flap", status }, of),
    slows: (delayMs: number, of?: MoodMatch) => behaves({ mood: "slow", delayMs }, of),
    hangs: (of?: MoodMatch) => behaves({ mood: "hang" }, of),
    resets: (of?: MoodMatch) => behaves({ mood: "reset" }, of),
    /** Bodies come in pieces, after a head that comes at once. */
    trickles: (pace: { pieceBytes: number; everyMs: number }, of?: MoodMatch) =>
      behaves({ mood: "trickle", ...pace }, of),
    /** Bodies end early, in good order. */
    truncates: (after: { bytes: number }, of?: MoodMatch) =>
      behaves({ mood: "truncate", afterBytes: after.bytes }, of),
    /** `to` is a place; where it ends in a slash the same is to be asked for again below it. */
    redirects: (of: MoodMatch, { to }: { to: string }) => behaves({ mood: "redirect", to }, of),
    /** Documents end in the middle, in messages that are whole. */
    garbles: (of?: MoodMatch) => behaves({ mood: "garbled" }, of),
    misnames: (of: MoodMatch, { as: name }: { as: string }) =>
      behaves({ mood: "misnamed", as: name }, of),
    /** Packuments name this place's tarballs, with a query behind each. */
    keepsTarballsAt: (base: string, { query }: { query?: string } = {}, of?: MoodMatch) =>
      behaves({ mood: "tarballs-at", base, ...(query === undefined ? {} : { query }) }, of),
    /** Tarballs are not those of their digest. */
    corrupts: (of?: MoodMatch) => behaves({ mood: "corrupt" }, of),
    recovers: () => does({ deed: "recover" }),
    holds: (of?: MoodMatch) => does({ deed: "hold", ...(of === undefined ? {} : { of }) }),
    releases: () => does({ deed: "release" }),
    publishes: (name: string, version: string, manifest: Manifest = {}) =>
      does({ deed: "publish", package: name, version, manifest }),
    unpublishes: (name: string) => does({ deed: "unpublish", package: name }),
  };
}

/** Marks a step that only prepares. */
export function given(step: RequestStep): RequestStep {
  return evolve(step, { given: true });
}

/** Starts a request and does not wait for its reply. */
export function begins(step: RequestStep, label: string): Step {
  return { do: "begin", label, step };
}

export function finishes(label: string, expect?: Expectation): Step {
  return { do: "finish", label, ...(expect === undefined ? {} : { expect }) };
}

export function together(...steps: readonly RequestStep[]): Step {
  return { do: "together", steps };
}

export function disconnects(label: string): Step {
  return { do: "disconnect", label };
}

export function passes(time: { ms: number }): Step {
  return { do: "wait", ms: time.ms };
}

export function restarts(): Step {
  return { do: "restart" };
}

/** A request step while it is being written. */
export interface Asked extends Omit<RequestStep, keyof Verbs>, Verbs {}

/** What may be said of a request step; each returns the step with that said. */
interface Verbs {
  isServed(rest?: Rest<"served">): Asked;
  isRefused(rest?: Rest<"refused">): Asked;
  answers(rest: Rest<"answered">): Asked;
  labelled(label: string): Asked;
  /** What the step is evidence about, where its request does not say it. */
  concerning(about: string): Asked;
  butNobodyCan(reason: string): Asked;
}

type Rest<O extends Expectation["outcome"]> = Omit<Extract<Expectation, { outcome: O }>, "outcome">;

const verbs: Verbs & ThisType<RequestStep> = {
  isServed(rest = {}) {
    return evolve(this, { expect: { outcome: "served", ...rest } });
  },
  isRefused(rest = {}) {
    return evolve(this, { expect: { outcome: "refused", ...rest } });
  },
  answers(rest) {
    return evolve(this, { expect: { outcome: "answered", ...rest } });
  },
  labelled(label) {
    return evolve(this, { label });
  },
  concerning(about) {
    return evolve(this, { about });
  },
  butNobodyCan(reason) {
    return evolve(this, { unservable: reason });
  },
};

function asked(actor: string, request: Request): Asked {
  return evolve({ do: "request", actor, request }, {});
}

function evolve(step: RequestStep, more: Partial<RequestStep>): Asked {
  return Object.assign(Object.create(verbs) as Verbs, { ...step, ...more });
}

function changed(change: Change): Step {
  return { do: "change", change };
}
