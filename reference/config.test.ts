import { expect, test } from "vitest";
import { ANNOTATED_CONFIG } from "./annotated-config.ts";
import { loadConfig, parseConfig, publicRoutesOf } from "./config.ts";

function complaint(text: string): string {
  try {
    parseConfig(text, "leakproof.yaml");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "none";
}

test("an empty file is a config: every field has a default", () => {
  const config = parseConfig("", "/etc/leakproof.yaml");
  expect(config.listen).toBe("127.0.0.1:4873");
  expect(config.cache.candidatesPerKey).toBe(8);
  expect(config.unknownRoutes).toBe("reject");
  expect(config.data).toBe("/etc/leakproof-data");
});

test("the annotated config says what it says, and its comments are fields too", () => {
  expect(complaint(ANNOTATED_CONFIG)).toBe("none");
  const uncommented = ANNOTATED_CONFIG.replace(/^(\s*)# (?=\s*[a-zA-Z]+:|\s*- \{)/gm, "$1");
  const message = complaint(
    uncommented.replace("<SHA-256 of the token, 64 hex digits>", "a".repeat(64)),
  );
  expect(message).toBe("none");
});

test("what the annotated config shows of times and bounds is what holds without it, and all of it", () => {
  const shown = parseConfig(ANNOTATED_CONFIG, "leakproof.yaml");
  const { cache, limits, probes, validation, probing } = parseConfig("", "leakproof.yaml");
  expect(shown).toMatchObject({ cache, limits, probes, validation, probing });
  const fields = [cache, limits, probes].flatMap((group) => Object.keys(group));
  expect(fields.filter((field) => !ANNOTATED_CONFIG.includes(` ${field}: `))).toEqual([]);
});

test("the defaults of times and bounds are these [resolve.closed.limits]", () => {
  const { cache, limits, probes } = parseConfig("", "leakproof.yaml");
  expect({ cache, limits, probes }).toMatchInlineSnapshot(`
    {
      "cache": {
        "candidatesPerCaller": 250,
        "candidatesPerKey": 8,
        "candidatesTotal": 1000,
        "metadataBytes": 536870912,
        "metadataTtlSeconds": 300,
        "resolutionTtlSeconds": 300,
        "staleLimitSeconds": 86400,
        "tidySeconds": 60,
      },
      "limits": {
        "bodyBytes": 33554432,
        "connectMs": 5000,
        "downloadsPerCaller": 1024,
        "drainMs": 10000,
        "headBytes": 65536,
        "headMs": 20000,
        "loginBytes": 65536,
        "packumentBytes": 134217728,
        "queue": 256,
        "redirects": 3,
        "requestsPerCaller": 64,
        "resolveMs": 120000,
        "responseMs": 10000,
        "tarballBytes": 67108864,
        "tarballMs": 30000,
        "tries": 2,
        "unpackedBytes": 536870912,
        "verifyAtOnce": 16,
        "workerMemoryMb": 1024,
        "workers": 3,
      },
      "probes": {
        "hosts": [],
        "ttlSeconds": 300,
        "verdicts": 1000,
      },
    }
  `);
});

test.each([
  ["listen: 3\n", "leakproof.yaml:1: listen: "],
  ["teams:\n  acme: [alice]\nalises: {}\n", 'leakproof.yaml:3: alises: Unrecognized key: "alises"'],
  [
    "aliases:\n  acme:\n    registry: http://u:p@host.test/\n    access: [a]\n    credential: { env: X }\n",
    "leakproof.yaml:3: aliases.acme.registry: not a registry URL that can be used: inline-credentials",
  ],
  [
    "aliases:\n  acme:\n    registry: http://host.test/\n    access: [a]\n    credential: {}\n",
    "leakproof.yaml:5: aliases.acme.credential: give either env or file",
  ],
  [
    "hosted:\n  - packages: '@corp/*'\n    access: ['team:']\n",
    "leakproof.yaml:3: hosted.0.access.0: ",
  ],
  ["a: [\n", "leakproof.yaml:2: "],
])("%j is one line that names file, line and field [resolve.alias.configured]", (text, start) => {
  const message = complaint(text);
  expect(message.startsWith(start), message).toBe(true);
  expect(message).not.toContain("\n");
  expect(message).not.toContain("u:p");
});

test("a missing file is one line that says what to do", () => {
  expect(() => loadConfig("/nowhere/leakproof.yaml")).toThrow(
    "/nowhere/leakproof.yaml: cannot be read (ENOENT); name an existing file with --config",
  );
});

test("a public rule with a field that does not parse is dropped whole [resolve.class.typo]", () => {
  const config = parseConfig(
    [
      "public:",
      "  routes:",
      "    - { registry: http://one.test/, packages: ['@open/*'] }",
      "    - { registry: http://two.test/, packages: 'all' }",
      "    - { registry: http://three.test/, pakages: ['@typo/*'] }",
    ].join("\n"),
    "leakproof.yaml",
  );
  const { routes, dropped } = publicRoutesOf(config);
  expect(routes.map(({ registry }) => registry)).toEqual(["http://one.test/"]);
  expect(dropped).toEqual([1, 2]);
});
