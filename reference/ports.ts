import type { Candidate, CandidateEntry } from "./core/candidates.ts";
import type { StoredScope } from "./core/scope.ts";
import type { HeaderList, Send } from "../wire/message.ts";

/** Everything that the reference needs from outside its own decisions. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  /** Reaches upstreams. Throws `WireError`. */
  readonly outbound: Send;
  readonly stores: Stores;
  readonly resolver: Resolver;
  readonly log: Log;
  /** How late this process was since this was last asked; absent where the process is not its own. */
  readonly lateness?: () => Lateness;
  /** Reads a credential from where the config says it is. Throws with one line when it is not there. */
  readonly credential: (source: CredentialSource) => string;
}

export interface CredentialSource {
  readonly env?: string | undefined;
  readonly file?: string | undefined;
}

/** Of the event loop: how long whatever was due had to wait for its turn. */
export interface Lateness {
  readonly p99Ms: number;
  readonly mostMs: number;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Random {
  bytes(count: number): Uint8Array;
}

export type Log = (event: string, facts: Readonly<Record<string, unknown>>) => void;

/** What outlives a request; all but `memory` of it outlives a restart as well. */
export interface Stores {
  readonly accounts: AccountStore;
  readonly candidates: CandidateStore;
  readonly metadata: MetadataStore;
  readonly hosted: HostedStore;
  /** The server secret: what `make` returned at the first start, ever after. */
  secret(make: () => string): Promise<string>;
  close(): Promise<void>;
}

export interface AccountStore {
  /** The token's record by the SHA-256 (hex) of the token, revoked or not. */
  token(digest: string): Promise<TokenRecord | undefined>;
  tokensOf(user: string): Promise<readonly TokenRecord[]>;
  /** A token that is known stays as it is, so that no revoked one comes back. */
  putToken(record: TokenRecord): Promise<void>;
  revokeToken(digest: string): Promise<void>;
  /** A salted password hash in the form that `effects/passwords.ts` makes. */
  password(user: string): Promise<string | undefined>;
  /** For a user who has none. False when there is one: it stays. */
  putPassword(user: string, hash: string): Promise<boolean>;
}

export interface TokenRecord {
  readonly digest: string;
  readonly user: string;
  readonly createdAt: number;
  readonly readonly: boolean;
  readonly revoked: boolean;
}

export interface CandidateStore {
  /** The candidates that stand under a base key, in the order of their storing. */
  list(baseKey: string): Promise<readonly Candidate[]>;
  put(candidate: Candidate): Promise<void>;
  drop(entries: readonly CandidateEntry[]): Promise<void>;
  used(entry: CandidateEntry, at: number): Promise<void>;
  /** What eviction decides from, without the bytes. */
  census(): Promise<readonly CandidateEntry[]>;
}

export interface MetadataStore {
  get(scope: StoredScope, key: string): Promise<StoredMetadata | undefined>;
  put(scope: StoredScope, key: string, entry: StoredMetadata): Promise<void>;
  drop(scope: StoredScope, key: string): Promise<void>;
  /** How many bytes of bodies may be kept, from now on: the least recently used go first. Default: any. */
  bound(limitBytes: number): Promise<void>;
  /**
   * Drops what stands in none of these scopes, and what no upstream has vouched for since then (in
   * milliseconds since the epoch). Returns how much that was.
   */
  retain(scopes: readonly StoredScope[], since: number): Promise<number>;
  size(): Promise<{ readonly entries: number; readonly bytes: number }>;
}

export interface StoredMetadata {
  /** Decoded bytes of the packument. */
  readonly body: Uint8Array;
  /** SHA-256 (hex) of `body`. */
  readonly digest: string;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly contentType: string;
  /** When the upstream last vouched for it. */
  readonly checkedAt: number;
}

export interface HostedStore {
  /** The packument as published, with tarball names in place of tarball URLs. */
  packument(name: string): Promise<HostedPackument | undefined>;
  tarball(name: string, file: string): Promise<Uint8Array | undefined>;
  /**
   * Puts a packument in the place of the one whose revision is `replaces` (null: there is none), adds
   * tarballs, and forgets those that no version names any more, together or not at all. False, with
   * nothing written, when another revision stands there.
   */
  write(
    packument: HostedPackument,
    tarballs: readonly HostedTarball[],
    replaces: string | null,
  ): Promise<boolean>;
  /** Removes the package with its tarballs. False, with nothing removed, when its revision is another. */
  remove(name: string, revision: string): Promise<boolean>;
}

export interface HostedPackument {
  readonly name: string;
  /** Another one after every change. */
  readonly _rev: string;
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, HostedVersion>>;
  readonly time: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface HostedVersion {
  readonly name: string;
  readonly version: string;
  readonly dist: { readonly integrity: string; readonly shasum: string; readonly file: string };
  readonly [field: string]: unknown;
}

export interface HostedTarball {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Walks a dependency graph; it has no network, disk or credential of its own. */
export interface Resolver {
  resolve(job: ResolveJob, io: ResolveIo, signal: AbortSignal): Promise<Resolution>;
  /** How many jobs are being worked at, and how many wait; a resolver without a queue has none. */
  load?(): { readonly running: number; readonly waiting: number };
  close(): Promise<void>;
}

export interface ResolveJob {
  /** The honoured fields of the request, checked. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Who waits for it: owners take turns where there is not enough for all. */
  readonly owner: string;
  /** Stands where the request names no registry. Ends in a slash. */
  readonly defaultRegistry: string;
  /** Milliseconds since the epoch, for release-age policies. */
  readonly now: number;
}

/** The only way out of a resolver: classification, recording and credentials stand behind it. */
export interface ResolveIo {
  /**
   * The packument at `registry` of `name`. A rejection means that the whole resolve is refused,
   * optional dependency or not; a 404 arrives as a status.
   */
  metadata(registry: string, name: string, full: boolean): Promise<FetchedMetadata>;
  /** The tarball that a dependency names by its URL. A rejection is as with `metadata`. */
  tarball(url: string): Promise<FetchedTarball>;
  /** One `package` frame. */
  onPackage(frame: PackageFrame): void;
}

export interface FetchedMetadata {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** SHA-256 (hex) of the body. */
  readonly digest: string;
  /**
   * How each `dist.tarball` is written for the client: `as-is` keeps the upstream's without query and
   * fragment, a base makes `BASE/NAME/-/FILE`, and `sealed` says it was rewritten before it came here.
   */
  readonly tarballs: "as-is" | "sealed" | { readonly base: string };
}

/** What a tarball came to. */
export interface FetchedTarball {
  /** As clients may see it: the lockfile's. */
  readonly url: string;
  /** Of the very bytes, as `sha512-…`. */
  readonly integrity: string;
  /** The tarball's own `package.json`: its name and version are fit for a lockfile. */
  readonly manifest: {
    readonly name: string;
    readonly version: string;
    readonly [field: string]: unknown;
  };
}

export interface PackageFrame {
  readonly type: "package";
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly integrity?: string;
  readonly tarball: string;
  readonly unpackedSize?: number;
  readonly fileCount?: number;
}

export type Resolution =
  | {
      readonly ok: true;
      /** The lockfile in the on-disk format, as JSON. */
      readonly lockfile: Readonly<Record<string, unknown>>;
      readonly totalPackages: number;
      readonly violations: readonly Violation[];
    }
  | { readonly ok: false; readonly code: string; readonly message: string };

export interface Violation {
  readonly name: string;
  readonly version: string;
  readonly code: string;
  readonly reason: string;
}
