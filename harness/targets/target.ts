import type { Change } from "../../fixtures/world.ts";
import type { Case, Feature } from "../../suites/case.ts";
import type { Message, Reply, Send } from "../../wire/message.ts";
import type { Canary, PlacedWorld } from "../world.ts";

/** One door for every subject; nothing above it knows which is behind. */
export interface Target {
  readonly name: string;
  /** Which surfaces and which reading of the spec it follows, such as `resolve`. */
  readonly profile: string;
  readonly features: readonly Feature[];
  readonly expectations: readonly KnownFailure[];
  /** Where its upstreams must stand: behind a function call, or behind real sockets. */
  readonly upstreams: "switchboard" | "sockets";
  /** How many of its sessions may stand side by side. Default: 1. */
  readonly atOnce?: number;
  /** Starts the subject in a world whose mocks already stand. Throws `StartFailed`. */
  start(world: PlacedWorld, upstreams: Send): Promise<Session>;
}

/** One started subject in one world. */
export interface Session {
  readonly origins: { readonly client: string; readonly tls?: string; readonly operator?: string };
  readonly ca?: string;
  /** In-process a call, otherwise the wire. Throws `WireError` when no whole head came. */
  send(message: Message, signal: AbortSignal): Promise<Reply>;
  /** What the user shows to be let in; null for `anonymous` and for users unknown to the subject. */
  credential(user: string): Credential | null;
  /** Makes an operator's change bite; `placed` is the world after it. */
  apply(change: Change, placed: PlacedWorld): Promise<void>;
  /** Moves the subject's clock. Throws `Unsupported` without the feature `clock`. */
  advance(ms: number): Promise<void>;
  /** Throws `Unsupported` without the feature `restart`. */
  restart(): Promise<void>;
  /** Throws `Unsupported` without the feature `kill`. */
  kill(): Promise<void>;
  /** The operator's metrics in Prometheus' text form, where a subject has them. */
  metrics?(): Promise<string>;
  /** Everything that the subject has logged so far. */
  logs(): string;
  stop(): Promise<void>;
}

export interface Credential {
  readonly authorization: string;
}

/** What a session's users show, less the scheme: nobody else may come to see it. */
export function credentialsOf(session: Session, users: readonly string[]): Canary[] {
  return users.flatMap((user): Canary[] => {
    const value = session.credential(user)?.authorization.replace(/^\S+ +/, "");
    return value === undefined ? [] : [{ value, of: { kind: "caller-credential", user } }];
  });
}

/** A failure that we know of: `id` is a case's, and an entry that matches nothing is an error. */
export interface KnownFailure {
  readonly id: Case["id"];
  readonly reason: string;
}

/** The target cannot do what a step asks; a case that declared its needs never meets it. */
export class Unsupported extends Error {
  constructor(feature: Feature) {
    super(`this target does not offer "${feature}"`);
    this.name = "Unsupported";
  }
}

/** The subject did not come up: not a verdict on its behaviour, but the case cannot run. */
export class StartFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StartFailed";
  }
}
