import type { Change, World } from "../fixtures/world.ts";
import type { UpstreamDeed } from "../suites/case.ts";
import type { Handler, Message, Reply, Send } from "../wire/message.ts";

/**
 * A world in its place: origins chosen, secrets and canaries made from a seed. Plain JSON, so that a
 * driver can be handed the whole of it.
 */
export interface PlacedWorld {
  readonly world: World;
  /** Upstream name to its base URL, without a trailing slash; fills `{name}`. */
  readonly places: Readonly<Record<string, string>>;
  /** Alias name to the credential that its upstream wants at the alias's present generation. */
  readonly credentials: Readonly<Record<string, string>>;
  /** User name to the token and password made for this session. */
  readonly accounts: Readonly<
    Record<string, { readonly token: string; readonly password: string }>
  >;
  /** The subject's own secret, at least 32 characters. */
  readonly serverSecret: string;
  /** Hosted package to what the harness plants in it when it publishes it. */
  readonly hostedCanaries: Readonly<Record<string, string>>;
  readonly canaries: readonly Canary[];
}

/** An unguessable string that was planted, and what it belongs to; the oracle says who may see that. */
export interface Canary {
  readonly value: string;
  readonly of:
    | { readonly kind: "package"; readonly via: string; readonly package: string }
    | { readonly kind: "name"; readonly via: string; readonly package: string }
    | { readonly kind: "upstream-url"; readonly alias: string }
    | { readonly kind: "alias-credential"; readonly alias: string }
    | { readonly kind: "server-secret" }
    | { readonly kind: "caller-credential"; readonly user: string };
}

/** A placed world with its mocks standing. */
export interface Ground {
  readonly placed: PlacedWorld;
  /** Reaches a mock by its origin. */
  readonly send: Send;
  /** Does to an upstream what a step says. */
  deed(upstream: string, deed: UpstreamDeed): void;
  /** Carries an operator's change into the world and its mocks; returns it as the target must apply it. */
  change(change: Change): PlacedWorld;
  /** Everything that the upstreams were asked and said since the last call, in order. */
  heard(): UpstreamExchange[];
  /** The mocks' control API, for people who play with them by hand. */
  readonly control: Handler;
  stop(): Promise<void>;
}

export interface UpstreamExchange {
  readonly upstream: string;
  readonly message: Message & { readonly body: Uint8Array };
  /** Null while it is held, or when the asker left first. */
  readonly reply: (Reply & { readonly body: Uint8Array }) | null;
}
