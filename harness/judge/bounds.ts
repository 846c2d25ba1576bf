import type { Finding } from "../../reports/record.ts";
import type { World } from "../../fixtures/world.ts";
import type { Canary } from "../world.ts";
import { finding, nameOf } from "./always.ts";

/** What the subject's metrics said once, and all that bounds are judged by. */
export interface Reading {
  /** The step after which it was taken. */
  readonly index: number;
  /** Prometheus' text form. */
  readonly text: string;
  readonly world: World;
  /** How many requests of ours the subject may still be at. */
  readonly underWay: number;
}

/**
 * Whatever must stay bounded stays so, and what tells of it holds nothing that belongs to anybody. A subject
 * that does not say how much it holds of something is not judged by it here.
 */
export function judgeReading(reading: Reading, canaries: readonly Canary[]): Finding[] {
  return [...tooMuch(reading), ...saidTooMuch(reading, canaries)];
}

function tooMuch(reading: Reading): Finding[] {
  const levels = levelsIn(reading.text);
  return boundsFor(reading).flatMap(([name, most]) => {
    const seen = levels.get(name);
    if (seen === undefined || seen <= most) return [];
    return [finding("bound", reading.index, `at most ${most} ${spoken(name)}`, String(seen))];
  });
}

/** The most that there may be, by metric; docs/operator.md says what each counts. */
function boundsFor({ world, underWay }: Reading): [name: string, most: number][] {
  const { candidatesPerKey, candidatesTotal } = world.settings;
  return [
    ["leakproof_candidates_fullest_key", candidatesPerKey],
    ["leakproof_candidates", candidatesTotal],
    ["leakproof_requests_inside", underWay],
    ["leakproof_resolver_waiting", underWay],
    ["leakproof_sessions", underWay],
  ];
}

/** No package, user, alias or secret stands anywhere in it, in a label least of all. */
function saidTooMuch({ text, world, index }: Reading, canaries: readonly Canary[]): Finding[] {
  const told = canaries.filter(({ value }) => text.includes(value)).map(({ of }) => nameOf(of));
  const labels = new Set([...text.matchAll(/="((?:[^"\\]|\\.)*)"/g)].map(([, value]) => value));
  const people = [...world.users, ...Object.keys(world.aliases), ...Object.keys(world.teams)];
  const named = people.filter((name) => labels.has(name)).map((name) => `name ${name}`);
  return [...new Set([...told, ...named])].map((what) =>
    finding("secret", index, `no ${what} in any metric`, "the metrics have it"),
  );
}

/** Every sample without labels, by its name. */
function levelsIn(text: string): Map<string, number> {
  const samples = text.matchAll(/^([a-zA-Z_:][\w:]*) (\S+)/gm);
  return new Map([...samples].map(([, name = "", value]) => [name, Number(value)]));
}

function spoken(name: string): string {
  return name.replace(/^leakproof_/, "").replaceAll("_", " ");
}
