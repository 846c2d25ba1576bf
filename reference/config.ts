import { readFileSync } from "node:fs";
import path from "node:path";
import { isMap, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";
import { z } from "zod";
import { normalRegistry } from "./core/registry-url.ts";

/** The configuration file's own shape, checked. Times are in the unit that ends each name. */
export type Config = z.infer<typeof schema>;

/** Reads and checks a config file. Throws `ConfigError`, whose message is one line: file, line, field. */
export function loadConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "error";
    throw new ConfigError(`${file}: cannot be read (${code}); name an existing file with --config`);
  }
  return parseConfig(text, file);
}

/** The same from text; `file` only names it in errors. Relative paths in it start from the file's folder. */
export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new ConfigError(`${file}:${lines.linePos(broken.pos[0]).line}: ${broken.message}`);
  }
  const checked = schema.safeParse(document.toJS() ?? {});
  if (checked.success) return withFolder(checked.data, path.dirname(file));
  const [issue] = checked.error.issues;
  const where = issue === undefined ? [] : placeOf(issue);
  const line = lineOf(document, lines, where);
  const field = where.map(String).join(".") || "(the whole file)";
  throw new ConfigError(`${file}:${line}: ${field}: ${issue?.message ?? "not valid"}`);
}

export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConfigError";
  }
}

const names = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "letters, digits, dot, dash, underscore");
const principal = z
  .string()
  .regex(/^(?:\$all|\$authenticated|(?:team:)?[A-Za-z0-9][A-Za-z0-9._-]*)$/, {
    error: 'a user, "team:NAME", "$authenticated" or "$all"',
  });
const pattern = z.string().regex(/^(?:\*|@?[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]*)?\*?)$/, {
  error: 'a package name, "@scope/*" or a prefix ending in "*"',
});
const registryUrl = z.string().superRefine((text, context) => {
  const url = normalRegistry(text);
  if (typeof url !== "string") return;
  context.addIssue({ code: "custom", message: `not a registry URL that can be used: ${url}` });
});
const credential = z
  .strictObject({ env: z.string().optional(), file: z.string().optional() })
  .refine(
    ({ env, file }) => (env === undefined) !== (file === undefined),
    "give either env or file, so that no secret stands in this text",
  );
const listen = z.string().regex(/^(?:[^:]+|\[[0-9a-f:]+\]):\d{1,5}$/i, "HOST:PORT");

const fields = z.strictObject({
  listen: listen.default("127.0.0.1:4873"),
  /** How clients reach this server. Default: where it listens. */
  publicUrl: registryUrl.optional(),
  /** Folder of everything that outlives a restart; `:memory:` keeps nothing. */
  data: z.string().default("leakproof-data"),
  /** Default: made at the first start and kept in `data`. */
  secret: credential.optional(),
  /** Default: what npm-registry-fetch has. */
  officialRegistry: registryUrl.optional(),
  operator: z.strictObject({ listen: listen, testClock: z.boolean().default(false) }).optional(),
  auth: z
    .strictObject({
      registration: z.enum(["open", "closed"]).default("closed"),
      anonymous: z.enum(["allow", "refuse"]).default("allow"),
      users: z
        .record(
          names,
          z.strictObject({
            /** SHA-256 in hex of tokens that are valid from the start. */
            tokens: z.array(z.string().regex(/^[0-9a-f]{64}$/, "64 hex digits")).default([]),
          }),
        )
        .default({}),
    })
    .prefault({}),
  teams: z.record(names, z.array(names)).default({}),
  aliases: z
    .record(
      names,
      z.strictObject({
        registry: registryUrl,
        claims: z.array(pattern).min(1).optional(),
        credential,
        generation: z.number().int().min(1).default(1),
        access: z.array(principal),
        packages: z.record(z.string(), z.array(principal)).optional(),
        tarballOrigins: z.array(z.url()).optional(),
      }),
    )
    .default({}),
  hosted: z
    .array(
      z.strictObject({
        packages: pattern,
        access: z.array(principal),
        publish: z.array(principal).default([]),
      }),
    )
    .default([]),
  /** What `GET /NAME` does for names that no hosted rule claims. */
  fallback: z.enum(["none", "public"]).default("none"),
  public: z
    .strictObject({
      builtIn: z.enum(["unscoped", "host", "off"]).default("unscoped"),
      /** A rule with a field that does not parse is dropped whole: a typo may narrow, never widen. */
      routes: z.array(z.unknown()).default([]),
    })
    .prefault({}),
  unknownRoutes: z.enum(["reject", "anonymous"]).default("reject"),
  /** Whether an upstream is asked, once, before a private hit of its alias is served. */
  validation: z.enum(["off", "on-hit"]).default("off"),
  /** Whether an undeclared registry under one of `probes.hosts` is asked, anonymously, what it is. */
  probing: z.enum(["off", "on"]).default("off"),
  probes: z
    .strictObject({
      hosts: z.array(registryUrl).default([]),
      ttlSeconds: z.number().min(1).default(300),
      /** How many verdicts are remembered: the oldest go first. */
      verdicts: z.number().int().min(1).default(1_000),
    })
    .prefault({}),
  /** Origins that may lead to a private or loopback address although no route is configured there. */
  internalOrigins: z.array(z.url()).default([]),
  cache: z
    .strictObject({
      resolutionTtlSeconds: z.number().min(0).default(300),
      candidatesPerKey: z.number().int().min(1).default(8),
      candidatesTotal: z.number().int().min(1).default(1000),
      candidatesPerCaller: z.number().int().min(1).default(250),
      metadataTtlSeconds: z.number().min(0).default(300),
      staleLimitSeconds: z.number().min(0).default(86_400),
      metadataBytes: z.number().int().min(0).default(536_870_912),
      tidySeconds: z.number().min(1).default(60),
    })
    .prefault({}),
  limits: z
    .strictObject({
      bodyBytes: z.number().int().min(1).default(33_554_432),
      packumentBytes: z.number().int().min(1).default(134_217_728),
      /** Of a tarball that a dependency names by its URL: as it comes, and unpacked. */
      tarballBytes: z.number().int().min(1).default(67_108_864),
      unpackedBytes: z.number().int().min(1).default(536_870_912),
      tarballMs: z.number().int().min(1).default(30_000),
      connectMs: z.number().int().min(1).default(5_000),
      responseMs: z.number().int().min(1).default(10_000),
      tries: z.number().int().min(1).max(5).default(2),
      requestsPerCaller: z.number().int().min(1).default(64),
      /** Of the registry surface, where one install asks for hundreds of things at once. */
      downloadsPerCaller: z.number().int().min(1).default(1_024),
      resolveMs: z.number().int().min(1).default(120_000),
      workers: z.number().int().min(1).default(3),
      workerMemoryMb: z.number().int().min(64).default(1_024),
      queue: z.number().int().min(1).default(256),
      headBytes: z.number().int().min(1_024).default(65_536),
      headMs: z.number().int().min(1).default(20_000),
      loginBytes: z.number().int().min(1).default(65_536),
      redirects: z.number().int().min(0).default(3),
      verifyAtOnce: z.number().int().min(1).default(16),
      drainMs: z.number().int().min(0).default(10_000),
    })
    .prefault({}),
});

const schema = fields.superRefine(({ probing, probes }, context) => {
  if (probing === "off" || probes.hosts.length > 0) return;
  const message = "names no host that may be probed, while probing is on";
  context.addIssue({ code: "custom", path: ["probes", "hosts"], message });
});

const publicRoute = z.strictObject({
  registry: registryUrl,
  packages: z.array(pattern).min(1).optional(),
});

/** The declared public routes that parse whole, and the indexes of those that were dropped. */
export function publicRoutesOf(config: Config): {
  readonly routes: readonly z.infer<typeof publicRoute>[];
  readonly dropped: readonly number[];
} {
  const read = config.public.routes.map((route) => publicRoute.safeParse(route));
  return {
    routes: read.flatMap((result) => (result.success ? [result.data] : [])),
    dropped: read.flatMap((result, index) => (result.success ? [] : [index])),
  };
}

/** Relative files are the config's neighbours, wherever the process was started. */
function withFolder(config: Config, folder: string): Config {
  const placed = (file: string): string => path.resolve(folder, file);
  const secretFile = config.secret?.file;
  const aliases = Object.entries(config.aliases).map(([name, alias]) => {
    const { file } = alias.credential;
    return [name, file === undefined ? alias : { ...alias, credential: { file: placed(file) } }];
  });
  return {
    ...config,
    data: config.data === ":memory:" ? config.data : placed(config.data),
    ...(secretFile === undefined ? {} : { secret: { file: placed(secretFile) } }),
    aliases: Object.fromEntries(aliases) as Config["aliases"],
  };
}

/** Where an issue stands; of an unknown key, the key itself. */
function placeOf(issue: z.core.$ZodIssue): PropertyKey[] {
  const [extra] = issue.code === "unrecognized_keys" ? issue.keys : [];
  return extra === undefined ? issue.path : [...issue.path, extra];
}

function lineOf(document: Document, lines: LineCounter, where: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of where) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(key) === String(step));
      const key: unknown = pair?.key;
      if (typeof key === "object" && key !== null && "range" in key && Array.isArray(key.range)) {
        offset = Number(key.range[0]);
      }
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (
        typeof node === "object" &&
        node !== null &&
        "range" in node &&
        Array.isArray(node.range)
      ) {
        offset = Number(node.range[0]);
      }
    }
  }
  return lines.linePos(offset).line;
}
