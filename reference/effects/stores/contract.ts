import { describe, expect, test } from "vitest";
import { sha256Hex } from "../../../wire/digest.ts";
import { utf8 } from "../../../wire/message.ts";
import type { Candidate } from "../../core/candidates.ts";
import type { HostedPackument, StoredMetadata, Stores, TokenRecord } from "../../ports.ts";

/** Stores that a test may close and find again. */
export interface Place {
  open(): Promise<Stores>;
  dispose(): Promise<void>;
}

/** What every implementation of the stores must do. `lasts`: whether anything outlives a close. */
export function storesContract(name: string, lasts: boolean, make: () => Promise<Place>): void {
  describe(name, () => {
    const within: Within = async (act) => {
      const place = await make();
      try {
        const stores = await place.open();
        const reopen = async (): Promise<Stores> => {
          await stores.close();
          return place.open();
        };
        const last = await act(stores, reopen);
        await (last ?? stores).close();
      } finally {
        await place.dispose();
      }
    };
    accountsContract(within);
    candidatesContract(within);
    metadataContract(within);
    metadataBoundsContract(within);
    hostedContract(within);
    if (lasts) lastingContract(within);
  });
}

/** Runs one test on stores of its own. A test that reopens them returns those it opened last. */
type Within = (
  act: (stores: Stores, reopen: () => Promise<Stores>) => Promise<Stores | undefined>,
) => Promise<void>;

function accountsContract(within: Within): void {
  test("a token is found by its digest alone, and stays when it is revoked", () =>
    within(async ({ accounts }) => {
      await accounts.putToken(TOKEN);
      expect(await accounts.token(TOKEN.digest)).toEqual(TOKEN);
      expect(await accounts.token(sha256Hex("another"))).toBeUndefined();
      await accounts.revokeToken(TOKEN.digest);
      expect(await accounts.token(TOKEN.digest)).toEqual({ ...TOKEN, revoked: true });
      return undefined;
    }));

  test("a revoked token cannot be put back", () =>
    within(async ({ accounts }) => {
      await accounts.putToken(TOKEN);
      await accounts.revokeToken(TOKEN.digest);
      await accounts.putToken({ ...TOKEN, user: "mallory" });
      expect(await accounts.token(TOKEN.digest)).toEqual({ ...TOKEN, revoked: true });
      return undefined;
    }));

  test("a user's tokens are listed in the order of their making, and nobody else's are", () =>
    within(async ({ accounts }) => {
      const later = { ...TOKEN, digest: sha256Hex("later"), createdAt: 2_000 };
      await accounts.putToken(later);
      await accounts.putToken(TOKEN);
      await accounts.putToken({ ...TOKEN, digest: sha256Hex("bob's"), user: "bob" });
      expect(await accounts.tokensOf("alice")).toEqual([TOKEN, later]);
      expect(await accounts.tokensOf("ALICE")).toEqual([]);
      return undefined;
    }));

  test("a password is set once: the second who tries is told so, and changes nothing", () =>
    within(async ({ accounts }) => {
      expect(await accounts.password("alice")).toBeUndefined();
      const both = [accounts.putPassword("alice", "one"), accounts.putPassword("alice", "two")];
      expect(await Promise.all(both)).toEqual([true, false]);
      expect(await accounts.password("alice")).toBe("one");
      return undefined;
    }));
}

function candidatesContract(within: Within): void {
  test("candidates are listed under their base key in the order of their storing", () =>
    within(async ({ candidates }) => {
      const first = candidate("first", "key");
      await candidates.put(first);
      await candidates.put(candidate("second", "key"));
      await candidates.put(candidate("elsewhere", "other"));
      expect(idsOf(await candidates.list("key"))).toEqual(["first", "second"]);
      expect((await candidates.list("key"))[0]).toEqual(first);
      await candidates.put(first);
      expect(idsOf(await candidates.list("key"))).toEqual(["second", "first"]);
      expect(await candidates.list("nothing")).toEqual([]);
      return undefined;
    }));

  test("a list that was handed out does not change under its reader", () =>
    within(async ({ candidates }) => {
      await candidates.put(candidate("first", "key"));
      const before = await candidates.list("key");
      await candidates.drop(before);
      expect(idsOf(before)).toEqual(["first"]);
      expect(await candidates.list("key")).toEqual([]);
      return undefined;
    }));

  test("dropping takes those that are named, and minds none that are gone", () =>
    within(async ({ candidates }) => {
      const [a, b, c] = [candidate("a", "key"), candidate("b", "key"), candidate("c", "other")];
      for (const one of [a, b, c]) await candidates.put(one);
      await candidates.drop([a, c, candidate("never", "key")]);
      await candidates.drop([]);
      expect(idsOf(await candidates.census())).toEqual(["b"]);
      return undefined;
    }));

  test("a use moves a candidate's time, and nothing else of it", () =>
    within(async ({ candidates }) => {
      const [a, b] = [candidate("a", "key"), candidate("b", "key")];
      await candidates.put(a);
      await candidates.put(b);
      await candidates.used(a, 9_000);
      await candidates.used(candidate("never", "key"), 9_000);
      expect(await candidates.list("key")).toEqual([{ ...a, usedAt: 9_000 }, b]);
      return undefined;
    }));
}

function metadataContract(within: Within): void {
  const mine = { kind: "private", descriptor: "aa" } as const;
  const theirs = { kind: "private", descriptor: "bb" } as const;
  const open = { kind: "public" } as const;

  test("metadata is found in the scope that it was put in, and in no other", () =>
    within(async ({ metadata }) => {
      await metadata.put(mine, "key", METADATA);
      expect(await metadata.get(mine, "key")).toEqual(METADATA);
      expect(await metadata.get(theirs, "key")).toBeUndefined();
      expect(await metadata.get(open, "key")).toBeUndefined();
      expect(await metadata.get(mine, "another")).toBeUndefined();
      return undefined;
    }));

  test("dropping one scope's copy leaves another's", () =>
    within(async ({ metadata }) => {
      await metadata.put(mine, "key", METADATA);
      const bare = { ...METADATA, etag: undefined, lastModified: undefined };
      await metadata.put(open, "key", bare);
      await metadata.drop(mine, "key");
      expect(await metadata.get(mine, "key")).toBeUndefined();
      expect(await metadata.get(open, "key")).toEqual(bare);
      return undefined;
    }));

  test("bytes that are not those of their digest are treated as absent, and replaced", () =>
    within(async ({ metadata }) => {
      await metadata.put(open, "key", { ...METADATA, digest: sha256Hex("other bytes") });
      expect(await metadata.get(open, "key")).toBeUndefined();
      await metadata.put(open, "key", METADATA);
      expect(await metadata.get(open, "key")).toEqual(METADATA);
      return undefined;
    }));
}

function metadataBoundsContract(within: Within): void {
  const open = { kind: "public" } as const;
  const scopeOf = (descriptor: string) => ({ kind: "private", descriptor }) as const;
  const sized = (bytes: number): StoredMetadata => {
    const body = utf8("x".repeat(bytes));
    return { ...METADATA, body, digest: sha256Hex(body) };
  };

  test("what is kept stays within its bytes, and the least recently used goes first", () =>
    within(async ({ metadata }) => {
      await metadata.bound(25);
      for (const key of ["a", "b"]) await metadata.put(open, key, sized(10));
      await metadata.get(open, "a");
      await metadata.put(open, "c", sized(10));
      expect(await metadata.get(open, "b")).toBeUndefined();
      expect(await metadata.get(open, "a")).toEqual(sized(10));
      expect(await metadata.size()).toEqual({ entries: 2, bytes: 20 });
      await metadata.bound(10);
      expect(await metadata.size()).toEqual({ entries: 1, bytes: 10 });
      await metadata.put(open, "large", sized(11));
      expect(await metadata.size()).toEqual({ entries: 0, bytes: 0 });
      return undefined;
    }));

  test("an entry that is put again counts once, and one that is dropped not at all", () =>
    within(async ({ metadata }) => {
      await metadata.put(open, "a", sized(10));
      await metadata.put(open, "a", sized(7));
      await metadata.put(scopeOf("aa"), "a", sized(5));
      expect(await metadata.size()).toEqual({ entries: 2, bytes: 12 });
      await metadata.drop(open, "a");
      await metadata.drop(open, "never");
      expect(await metadata.size()).toEqual({ entries: 1, bytes: 5 });
      return undefined;
    }));

  test("scopes that nobody holds any more go, and what is too old, and nothing else", () =>
    within(async ({ metadata }) => {
      const at = (checkedAt: number) => ({ ...sized(1), checkedAt });
      await metadata.put(scopeOf("aa"), "key", at(500));
      await metadata.put(scopeOf("bb"), "key", at(500));
      await metadata.put(open, "young", at(500));
      await metadata.put(open, "old", at(499));
      expect(await metadata.retain([open, scopeOf("aa")], 500)).toBe(2);
      expect(await metadata.get(scopeOf("aa"), "key")).toEqual(at(500));
      expect(await metadata.get(scopeOf("bb"), "key")).toBeUndefined();
      expect(await metadata.get(open, "young")).toEqual(at(500));
      expect(await metadata.get(open, "old")).toBeUndefined();
      expect(await metadata.size()).toEqual({ entries: 2, bytes: 2 });
      return undefined;
    }));
}

function hostedContract(within: Within): void {
  const one = { file: "tool-1.0.0.tgz", bytes: utf8("one") };
  const two = { file: "tool-2.0.0.tgz", bytes: utf8("two") };

  test("a packument and its tarballs are read as they were written", () =>
    within(async ({ hosted }) => {
      expect(await hosted.packument("@corp/tool")).toBeUndefined();
      expect(await hosted.write(packument("1-a", [one.file]), [one], null)).toBe(true);
      expect(await hosted.packument("@corp/tool")).toEqual(packument("1-a", [one.file]));
      expect(await hosted.tarball("@corp/tool", one.file)).toEqual(one.bytes);
      expect(await hosted.tarball("@corp/other", one.file)).toBeUndefined();
      return undefined;
    }));

  test("a write on an outdated revision changes nothing and says so", () =>
    within(async ({ hosted }) => {
      expect(await hosted.write(packument("1-a", [one.file]), [one], "0-x")).toBe(false);
      await hosted.write(packument("1-a", [one.file]), [one], null);
      expect(await hosted.write(packument("2-b", [two.file]), [two], null)).toBe(false);
      expect(await hosted.packument("@corp/tool")).toEqual(packument("1-a", [one.file]));
      expect(await hosted.tarball("@corp/tool", two.file)).toBeUndefined();
      return undefined;
    }));

  test("of two writes on one revision, one is made", () =>
    within(async ({ hosted }) => {
      await hosted.write(packument("1-a", [one.file]), [one], null);
      const writes = [
        hosted.write(packument("2-b", [one.file]), [], "1-a"),
        hosted.write(packument("2-c", [one.file]), [], "1-a"),
      ];
      expect((await Promise.all(writes)).filter(Boolean)).toHaveLength(1);
      return undefined;
    }));

  test("tarballs that no version names any more are forgotten", () =>
    within(async ({ hosted }) => {
      await hosted.write(packument("1-a", [one.file, two.file]), [one, two], null);
      await hosted.write(packument("2-b", [two.file]), [], "1-a");
      expect(await hosted.tarball("@corp/tool", one.file)).toBeUndefined();
      expect(await hosted.tarball("@corp/tool", two.file)).toEqual(two.bytes);
      return undefined;
    }));

  test("a package is removed whole, and only in the revision that is meant", () =>
    within(async ({ hosted }) => {
      await hosted.write(packument("1-a", [one.file]), [one], null);
      expect(await hosted.remove("@corp/tool", "0-x")).toBe(false);
      expect(await hosted.remove("@corp/tool", "1-a")).toBe(true);
      expect(await hosted.packument("@corp/tool")).toBeUndefined();
      expect(await hosted.tarball("@corp/tool", one.file)).toBeUndefined();
      return undefined;
    }));
}

function lastingContract(within: Within): void {
  test("everything is there again after a restart", () =>
    within(async (stores, reopen) => {
      const tarball = { file: "tool-1.0.0.tgz", bytes: utf8("one") };
      await stores.accounts.putToken(TOKEN);
      await stores.accounts.putPassword("alice", "hash");
      await stores.candidates.put(candidate("b", "key"));
      await stores.candidates.put(candidate("a", "key"));
      await stores.candidates.put(candidate("b", "key"));
      await stores.candidates.put(candidate("gone", "key"));
      await stores.candidates.drop([candidate("gone", "key")]);
      await stores.metadata.put({ kind: "public" }, "key", METADATA);
      await stores.hosted.write(packument("1-a", [tarball.file]), [tarball], null);
      const again = await reopen();
      expect(await again.accounts.token(TOKEN.digest)).toEqual(TOKEN);
      expect(await again.accounts.password("alice")).toBe("hash");
      expect(await again.candidates.list("key")).toEqual([
        candidate("a", "key"),
        candidate("b", "key"),
      ]);
      expect(await again.metadata.get({ kind: "public" }, "key")).toEqual(METADATA);
      expect(await again.hosted.packument("@corp/tool")).toEqual(packument("1-a", [tarball.file]));
      expect(await again.hosted.tarball("@corp/tool", tarball.file)).toEqual(tarball.bytes);
      return again;
    }));

  test("a revocation outlives a restart", () =>
    within(async (stores, reopen) => {
      await stores.accounts.putToken(TOKEN);
      await stores.accounts.revokeToken(TOKEN.digest);
      const again = await reopen();
      expect((await again.accounts.token(TOKEN.digest))?.revoked).toBe(true);
      return again;
    }));

  test("the secret is made once", () =>
    within(async (stores, reopen) => {
      expect(await stores.secret(() => "first")).toBe("first");
      expect(await stores.secret(() => "second")).toBe("first");
      const again = await reopen();
      expect(await again.secret(() => "third")).toBe("first");
      return again;
    }));
}

const TOKEN: TokenRecord = {
  digest: sha256Hex("a token of nobody's"),
  user: "alice",
  createdAt: 1_000,
  readonly: false,
  revoked: false,
};

const METADATA: StoredMetadata = {
  body: utf8('{"name":"left-pad"}'),
  digest: sha256Hex('{"name":"left-pad"}'),
  etag: '"v1"',
  lastModified: "Wed, 01 Jan 2020 00:00:00 GMT",
  contentType: "application/json",
  checkedAt: 1_000,
};

function candidate(id: string, baseKey: string): Candidate {
  const gate = { kind: "alias", alias: "acme", package: null } as const;
  const descriptor = { digest: "aa", gate };
  return {
    id,
    baseKey,
    policy: "policy",
    footprint: [descriptor],
    routes: [{ registry: "r", package: "p", routeClass: "proxied", descriptor: "aa" }],
    owner: "alice",
    sizeBytes: 3,
    storedAt: 1_000,
    usedAt: 1_000,
    identity: utf8(`${id}\n`),
    gzip: utf8(`gzip of ${id}`),
  };
}

function idsOf(entries: readonly { readonly id: string }[]): string[] {
  return entries.map(({ id }) => id);
}

function packument(revision: string, files: readonly string[]): HostedPackument {
  const versions = files.map((file, at) => [
    `${at + 1}.0.0`,
    { name: "@corp/tool", version: `${at + 1}.0.0`, dist: { integrity: "i", shasum: "s", file } },
  ]);
  return {
    name: "@corp/tool",
    _rev: revision,
    "dist-tags": { latest: "1.0.0" },
    versions: Object.fromEntries(versions) as HostedPackument["versions"],
    time: { created: "2020-01-01T00:00:00.000Z" },
  };
}
