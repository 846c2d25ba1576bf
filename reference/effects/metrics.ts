import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Route } from "../core/classify.ts";
import type { Descriptor } from "../core/descriptor.ts";
import type { Because } from "../core/eviction.ts";
import type { Reason } from "../core/refusal.ts";
import type { TarballRouting } from "../core/tarballs.ts";

/**
 * What an operator may count. Every label is one of a closed set of words, so that no package, user, alias
 * or secret can ever stand in one, and no caller can make the page grow.
 */
export interface Metrics {
  resolved(outcome: ResolveOutcome, touched: Iterable<Descriptor>): void;
  /** From the question to the ready bytes, in milliseconds. */
  hitTook(ms: number): void;
  refused(routeClass: Route["class"] | "none", reason: Reason): void;
  evicted(because: Because, count?: number): void;
  /** `failed`: no whole reply came. */
  upstream(routeClass: Route["class"], status: number | "failed"): void;
  /** Somebody waits for work that another began. */
  joined(work: "resolve" | "metadata" | "validation"): void;
  routed(routing: TarballRouting): void;
  probed(outcome: "verdict" | "absent" | "down"): void;
  /** The whole page in Prometheus' text form. */
  text(): Promise<string>;
}

export type ResolveOutcome = "hit" | "miss" | "joined" | "frozen" | "refused" | "failed";

/** What is read only when somebody looks at the page, by the name that it has there. */
export type Levels = Readonly<Record<string, number>>;

const PREFIX = "leakproof_";

/** Counters of one server, in a registry of their own. `levels` is asked at every reading. */
export function createMetrics(levels: () => Promise<Levels>): Metrics {
  const registry = new Registry();
  const counter = (name: string, help: string, ...labelNames: string[]): Count => {
    const made = new Counter({ name: PREFIX + name, help, labelNames, registers: [registry] });
    return countOf(made);
  };
  const resolves = counter("resolves_total", HELP.resolves, "outcome", "class");
  const refusals = counter("refusals_total", HELP.refusals, "class", "reason");
  const evictions = counter("evictions_total", HELP.evictions, "because");
  const upstreams = counter("upstream_requests_total", HELP.upstreams, "class", "status");
  const joins = counter("joins_total", HELP.joins, "work");
  const tarballs = counter("tarball_routings_total", HELP.tarballs, "kind");
  const probes = counter("probes_total", HELP.probes, "outcome");
  const hits = new Histogram({
    name: `${PREFIX}hit_seconds`,
    help: "How long a hit took, from the checked question to its ready bytes",
    buckets: [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25],
    registers: [registry],
  });
  return {
    resolved: (outcome, touched) => {
      resolves(1, outcome, classOf(touched));
    },
    hitTook: (ms) => {
      hits.observe(ms / 1000);
    },
    refused: (routeClass, reason) => {
      refusals(1, routeClass, reason);
    },
    evicted: (because, count = 1) => {
      if (count > 0) evictions(count, because);
    },
    upstream: (routeClass, status) => {
      upstreams(1, routeClass, statusWord(status));
    },
    joined: (work) => {
      joins(1, work);
    },
    routed: (routing) => {
      tarballs(1, typeof routing === "string" ? routing : "through-here");
    },
    probed: (outcome) => {
      probes(1, outcome);
    },
    text: async () => {
      for (const [name, value] of Object.entries(await levels())) {
        levelNamed(registry, PREFIX + name).set(value);
      }
      return registry.metrics();
    },
  };
}

const HELP = {
  resolves: "Resolves and verifications by how they ended and by what private routes they touched",
  refusals: "Refusals by the class of the route, or none before there was one, and by reason",
  evictions: "Candidates that went, by why",
  upstreams: "Requests to upstreams, redirects and second tries among them, by status",
  joins: "Times that somebody was given a share in work that was under way",
  probes: "Anonymous questions to undeclared registries, by whether they made a verdict",
  tarballs: "Decisions how the tarball URLs of a document are written",
};

type Count = (by: number, ...labels: string[]) => void;

/** Looks each child up once: on a hit, what is counted costs one look-up in a map. */
function countOf(counter: Counter): Count {
  const children = new Map<string, { inc(by: number): void }>();
  return (by, ...labels) => {
    const key = labels.join(" ");
    let child = children.get(key);
    if (child === undefined) children.set(key, (child = counter.labels(...labels)));
    child.inc(by);
  };
}

/** Which private routes an outcome touched, in one word; `public` where it touched none. */
function classOf(descriptors: Iterable<Descriptor>): "public" | "hosted" | "proxied" | "mixed" {
  let found: "public" | "hosted" | "proxied" = "public";
  for (const { gate } of descriptors) {
    const here = gate.kind === "hosted" ? "hosted" : "proxied";
    if (found !== "public" && found !== here) return "mixed";
    found = here;
  }
  return found;
}

/** An upstream chooses its status: those that mean something here by number, the rest by their hundred. */
function statusWord(status: number | "failed"): string {
  if (status === "failed" || TOLD_APART.has(status)) return String(status);
  return status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : "other";
}

const TOLD_APART: ReadonlySet<number> = new Set([200, 304, 401, 403, 404, 429]);

function levelNamed(registry: Registry, name: string): Gauge {
  const known = registry.getSingleMetric(name);
  if (known instanceof Gauge) return known;
  const help = `${name.slice(PREFIX.length).replaceAll("_", " ")} at this moment`;
  return new Gauge({ name, help, registers: [registry] });
}
