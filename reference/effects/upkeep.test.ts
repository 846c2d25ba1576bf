import { expect, onTestFinished, test } from "vitest";
import { sha256Hex } from "../../wire/digest.ts";
import { NO_BODY, utf8 } from "../../wire/message.ts";
import { parseConfig } from "../config.ts";
import type { Candidate } from "../core/candidates.ts";
import { aliasDescriptor, epochOf, hostedDescriptor } from "../core/descriptor.ts";
import type { Descriptor } from "../core/descriptor.ts";
import type { Ports, StoredMetadata, Stores } from "../ports.ts";
import { createReference } from "../server.ts";
import type { Reference } from "../server.ts";
import { openStores } from "./stores/open.ts";

const SECRET = "a-fake-secret-of-a-server-that-is-long-enough";
const CONFIG = `
secret: { env: SECRET }
aliases:
  acme: { registry: "http://acme.test/", credential: { env: ACME }, access: ["alice"] }
hosted:
  - { packages: "@corp/*", access: ["alice"] }
cache: { resolutionTtlSeconds: 100, staleLimitSeconds: 1000, metadataBytes: 100 }
`;

interface Server {
  readonly reference: Reference;
  readonly stores: Stores;
  readonly logged: string[];
  readonly reload: (edit: (text: string) => string) => Promise<void>;
  readonly passes: (ms: number) => void;
}

async function start(): Promise<Server> {
  const stores = await openStores(":memory:");
  const logged: string[] = [];
  let now = 0;
  const ports: Ports = {
    clock: { now: () => now },
    random: { bytes: (count) => new Uint8Array(count) },
    outbound: () => Promise.reject(new Error("nobody is asked here")),
    stores,
    resolver: {
      resolve: () => Promise.reject(new Error("nothing is resolved here")),
      close: async () => undefined,
    },
    log: (event, facts) => logged.push(JSON.stringify({ event, ...facts })),
    credential: ({ env }) => (env === "SECRET" ? SECRET : `fake-credential-${env ?? ""}`),
  };
  const reference = await createReference(parseConfig(CONFIG, "test.yaml"), ports);
  onTestFinished(async () => {
    await reference.close();
    await stores.close();
  });
  return {
    ...{ reference, stores, logged },
    reload: (edit) => reference.reload(parseConfig(edit(CONFIG), "test.yaml")),
    passes: (ms) => {
      now += ms;
    },
  };
}

const epoch = epochOf(SECRET, 1, "Bearer fake-credential-ACME");
const ACME = aliasDescriptor(SECRET, { name: "acme", epoch }, null);
const CORP = hostedDescriptor(SECRET, { pattern: "@corp/*", access: ["alice"] });

function candidate(id: string, ...footprint: readonly Descriptor[]): Candidate {
  const entry = { id, baseKey: id, policy: "p", footprint, routes: [], owner: id, sizeBytes: 1 };
  return { ...entry, storedAt: 0, usedAt: 0, identity: NO_BODY, gzip: NO_BODY };
}

function metadata(checkedAt: number): StoredMetadata {
  const body = utf8("x".repeat(10));
  const validators = { etag: undefined, lastModified: undefined };
  return { body, digest: sha256Hex(body), ...validators, contentType: "a/b", checkedAt };
}

async function kept({ candidates }: Stores): Promise<string[]> {
  return (await candidates.census()).map(({ id }) => id);
}

test("expired candidates go without being asked for, and no other does", async () => {
  const { reference, stores, passes, logged } = await start();
  await stores.candidates.put(candidate("old", ACME));
  await stores.candidates.put({ ...candidate("young"), storedAt: 50_000 });
  passes(99_999);
  expect(await reference.tidyUp()).toEqual({ candidates: 0, metadata: 0 });
  expect(logged).toEqual([]);
  passes(1);
  expect(await reference.tidyUp()).toEqual({ candidates: 1, metadata: 0 });
  expect(await kept(stores)).toEqual(["young"]);
  expect(logged).toEqual(['{"event":"tidied","candidates":1,"metadata":0}']);
});

test.each([
  ["a rotated generation", (text: string) => text.replace("access", "generation: 2, access")],
  ["another credential", (text: string) => text.replace("env: ACME", "env: ROTATED")],
  ["an alias that is gone", (text: string) => text.replace(/aliases:\n.*\n/, "")],
])("a reload collects the namespace of %s", async (_what, edit) => {
  const { stores, reload } = await start();
  await stores.candidates.put(candidate("of acme", ACME));
  await stores.candidates.put(candidate("of both", CORP, ACME));
  await stores.candidates.put(candidate("hosted", CORP));
  await stores.candidates.put(candidate("public"));
  const scope = { kind: "private", descriptor: ACME.digest } as const;
  await stores.metadata.put(scope, "key", metadata(0));
  await stores.metadata.put({ kind: "public" }, "key", metadata(0));
  await reload(edit);
  expect(await kept(stores)).toEqual(["hosted", "public"]);
  expect(await stores.metadata.get(scope, "key")).toBeUndefined();
  expect(await stores.metadata.size()).toEqual({ entries: 1, bytes: 10 });
});

test("a reload collects what stood under a hosted policy that has changed", async () => {
  const { stores, reload } = await start();
  await stores.candidates.put(candidate("hosted", CORP));
  await stores.candidates.put(candidate("of acme", ACME));
  await reload((text) =>
    text.replace('"@corp/*", access: ["alice"]', '"@corp/*", access: ["bob"]'),
  );
  expect(await kept(stores)).toEqual(["of acme"]);
});

test("a reload that leaves a namespace as it was leaves what is in it", async () => {
  const { stores, reload } = await start();
  await stores.candidates.put(candidate("of acme", ACME));
  await reload((text) => `${text}unknownRoutes: anonymous\n`);
  expect(await kept(stores)).toEqual(["of acme"]);
});

test("metadata that nobody has vouched for within the freshness limit goes", async () => {
  const { reference, stores, passes } = await start();
  await stores.metadata.put({ kind: "public" }, "old", metadata(0));
  await stores.metadata.put({ kind: "public" }, "young", metadata(2));
  passes(1_000_001);
  expect(await reference.tidyUp()).toMatchObject({ metadata: 1 });
  expect(await stores.metadata.get({ kind: "public" }, "young")).toBeDefined();
});

test("bounds that a reload has narrowed bite at once", async () => {
  const { stores, reload } = await start();
  for (const id of ["a", "b", "c"]) {
    await stores.candidates.put(candidate(id));
    await stores.metadata.put({ kind: "public" }, id, metadata(0));
  }
  await reload((text) =>
    text.replace("metadataBytes: 100", "metadataBytes: 15, candidatesTotal: 2"),
  );
  expect(await kept(stores)).toHaveLength(2);
  expect(await stores.metadata.size()).toEqual({ entries: 1, bytes: 10 });
});
