import type { Mood, MoodMatch } from "../fixtures/mood.ts";
import type { HeaderList } from "../wire/message.ts";
import type { Change, Manifest, ResolveRequest } from "../fixtures/world.ts";
import { neededBy } from "./needs.ts";

/** One thing that must hold, shown by a list of steps in a world. An id is a promise: never reused. */
export interface Case {
  readonly id: string;
  readonly level: Level;
  readonly title: string;
  readonly cites: readonly string[];
  readonly needs: readonly Feature[];
  /** A world's name. A wire case needs none of its content, and runs first against a URL. */
  readonly world: string;
  readonly wireOnly: boolean;
  readonly steps: readonly Step[];
}

export type Level = "must" | "should" | "may";

/**
 * What a target may offer and a case may need; DESIGN.md section 6 says which target has which. `logout` is
 * that a token can be revoked while it runs; `quick-retry`, that it is done in seconds with an upstream that
 * is down, slow or silent; `tarball-origins`, that it fetches each tarball from where its packument says.
 */
export const FEATURES = [
  "clock",
  "kill",
  "live-changes",
  "replicas",
  "restart",
  "seed",
  "wire",
  "anonymous-resolve",
  "gateway",
  "validation-on-hit",
  "probing",
  "operator-metrics",
  "logout",
  "quick-retry",
  "tarball-origins",
] as const;

export type Feature = (typeof FEATURES)[number];

/** A step is a plain record: what a case writes, a property generates and a report prints. */
export type Step =
  | RequestStep
  | { readonly do: "begin"; readonly label: string; readonly step: RequestStep }
  | { readonly do: "finish"; readonly label: string; readonly expect?: Expectation }
  | { readonly do: "together"; readonly steps: readonly RequestStep[] }
  | { readonly do: "disconnect"; readonly label: string }
  | { readonly do: "change"; readonly change: Change }
  | { readonly do: "upstream"; readonly upstream: string; readonly deed: UpstreamDeed }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "restart" };

export interface RequestStep {
  readonly do: "request";
  /** A user of the world, or `anonymous`. */
  readonly actor: string;
  readonly request: Request;
  readonly expect?: Expectation;
  /** Only prepares: if it does not hold, the case is `blocked`. */
  readonly given?: true;
  /**
   * Keeps the reply under this name, for `sameAs` and `seededBy`; later steps may say its `{NAME-etag}`,
   * `{NAME-revision}`, `{NAME-token}` and `{NAME-key}`.
   */
  readonly label?: string;
  /** What the step is evidence about, where the request does not say it: pairs refusals with admissions. */
  readonly about?: string;
  /** Why nobody can be served this request, which frees its refusal from being bracketed. */
  readonly unservable?: string;
}

export type Request =
  | { readonly ask: "resolve"; readonly project: string; readonly changes: ResolveChanges }
  | { readonly ask: "verify"; readonly project: string; readonly changes: ResolveChanges }
  | { readonly ask: "packument"; readonly via: string; readonly package: string }
  | {
      readonly ask: "tarball";
      readonly via: string;
      readonly package: string;
      readonly version: string;
    }
  | {
      readonly ask: "send";
      readonly method: string;
      /** Relative to the session's origin; `{places}` are filled in here, in headers and in the body. */
      readonly target: string;
      readonly headers: HeaderList;
      readonly body?: string;
    }
  | { readonly ask: "sendRaw"; readonly pieces: readonly string[] }
  /** A new version of a hosted package, as npm publishes it. */
  | {
      readonly ask: "publish";
      readonly package: string;
      readonly version: string;
      readonly tag?: string;
      /** Says a digest that is not the attached tarball's. */
      readonly integrity?: "wrong";
    };

/** What differs from the project's own request. */
export interface ResolveChanges {
  /** Fields laid over the request's. */
  readonly fields?: Partial<ResolveRequest>;
  /** Sends the lockfile of a labelled earlier reply as the input lockfile. */
  readonly seededBy?: string;
  /** Sent beside what the client sends anyway. */
  readonly headers?: HeaderList;
}

export type Expectation = Beside &
  (
    | {
        readonly outcome: "served";
        readonly cache?: "hit" | "miss";
        /** Byte for byte the terminal frame (or body) of a labelled reply. */
        readonly sameAs?: string;
        /** `name@version` ids that must stand in the lockfile, and that must not. */
        readonly packages?: readonly string[];
        /** Fields of `appliedPolicies`, equal as JSON. */
        readonly applied?: Readonly<Record<string, unknown>>;
      }
    | {
        readonly outcome: "refused";
        readonly status?: number | readonly number[];
        /** The `code` of an error frame. */
        readonly code?: string;
        /** Byte for byte what a labelled refusal said. */
        readonly sameAs?: string;
      }
    | {
        readonly outcome: "answered";
        readonly status?: number | readonly number[];
        /** Header name to the exact value, or to a regular expression as `/…/`. */
        readonly headers?: Readonly<Record<string, string>>;
        /** Equal as JSON. */
        readonly json?: unknown;
      }
  );

/** What may be expected beside any outcome. */
interface Beside {
  /** Strings (with places) that must, and must not, stand in the reply as it was sent. */
  readonly says?: readonly string[];
  readonly omits?: readonly string[];
  /** One of these at least stands in it. */
  readonly saysOneOf?: readonly string[];
  /** Status, headers and body are those of a labelled reply, but for the `Date`. */
  readonly sameReplyAs?: string;
  /** The same where what is called `here` is called `there`: two names must read alike. */
  readonly alike?: { readonly to: string; readonly here: string; readonly there: string };
  /** Status and headers are those of a labelled reply, but for the `Date` and how the body is framed. */
  readonly sameHeadAs?: string;
  /** Requests that an upstream saw while the step ran, and those of them that showed a validator. */
  readonly upstream?: Readonly<Record<string, CountRange>>;
  readonly conditional?: Readonly<Record<string, CountRange>>;
}

/** Inclusive; a number alone is exact. */
export type CountRange = number | { readonly atLeast?: number; readonly atMost?: number };

/** What an upstream does, from now on, to the requests that match. */
export type UpstreamDeed =
  | { readonly deed: "behave"; readonly mood: Mood; readonly of?: MoodMatch }
  | { readonly deed: "recover" }
  | { readonly deed: "hold"; readonly of?: MoodMatch }
  | { readonly deed: "release" }
  | {
      readonly deed: "publish";
      readonly package: string;
      readonly version: string;
      readonly manifest: Manifest;
    }
  | { readonly deed: "unpublish"; readonly package: string };

export function must(id: string, text: CaseText): Case {
  return { id, level: "must", ...completed(text) };
}

export function should(id: string, text: CaseText): Case {
  return { id, level: "should", ...completed(text) };
}

export function may(id: string, text: CaseText): Case {
  return { id, level: "may", ...completed(text) };
}

/** A case as it is written: what it leaves out is empty. */
export interface CaseText {
  readonly title: string;
  readonly cites: readonly string[];
  readonly world: string;
  readonly steps: readonly Step[];
  /** Beyond what its steps need of any target. */
  readonly needs?: readonly Feature[];
  /** Features whose lack the case is there to show: it runs without them. */
  readonly despite?: readonly Feature[];
  readonly wireOnly?: true;
}

function completed(text: CaseText): Omit<Case, "id" | "level"> {
  const { needs = [], despite = [], wireOnly = false, ...rest } = text;
  const all = new Set([...needs, ...neededBy(text.steps)]);
  return { ...rest, needs: [...all].filter((one) => !despite.includes(one)), wireOnly };
}
