import { setTimeout as sleep } from "node:timers/promises";
import type { Case, Expectation, RequestStep, Step } from "../suites/case.ts";
import { ask, CutShort, messageFor, saidBy } from "./ask.ts";
import type { WholeMessage } from "./ask.ts";
import type { Reading } from "./judge/bounds.ts";
import type { Failure, Observed, ReceivedReply } from "./judge/observed.ts";
import { isFailure, outcomeOf } from "./judge/observed.ts";
import {
  afterAsked,
  afterChange,
  afterDeed,
  afterRestart,
  afterServed,
  afterTime,
  initialState,
} from "./oracle/state.ts";
import type { OracleState } from "./oracle/state.ts";
import { fillPlaces } from "./places.ts";
import { credentialsOf } from "./targets/target.ts";
import type { Session } from "./targets/target.ts";
import type { Canary, Ground, UpstreamExchange } from "./world.ts";

export interface Played {
  readonly observed: readonly Observed[];
  readonly finishing: ReadonlyMap<number, Expectation>;
  /** Of every state of the world that the case went through. */
  readonly canaries: readonly Canary[];
  /** What the subject's metrics said after each step, where it has any. */
  readonly readings: readonly Reading[];
  /** Why the case ended before its last step, where it did: what was seen until then still counts. */
  readonly cutShort?: string;
}

export interface Limits {
  readonly requestMs: number;
  readonly signal: AbortSignal;
  /** Whether a subject's fetches may reach an upstream after the reply that they were for. */
  readonly straggling: boolean;
}

/** Plays a case's steps against a session, in order, and keeps all that was seen. */
export async function play(
  text: Case,
  ground: Ground,
  session: Session,
  limits: Limits,
): Promise<Played> {
  const stage: Stage = {
    ...{ ground, session, limits, observed: [], flying: new Map() },
    ...{ seeds: new Map(), said: new Map() },
    ...{ finishing: new Map(), state: initialState(ground.placed.world) },
    canaries: new Map(),
    ...{ readings: [], abandoned: 0 },
  };
  remember(stage);
  ground.heard();
  const cutShort = await playSteps(stage, text.steps);
  for (const flight of stage.flying.values()) flight.abort.abort(new Error("the case has ended"));
  stage.observed.sort((a, b) => a.index - b.index);
  const canaries = [...stage.canaries.values()];
  const { observed, finishing, readings } = stage;
  const played = { observed, finishing, canaries, readings };
  return cutShort === null ? played : { ...played, cutShort };
}

/** Returns why the steps ended early, or null. */
async function playSteps(stage: Stage, steps: readonly Step[]): Promise<string | null> {
  for (const [index, step] of steps.entries()) {
    stage.limits.signal.throwIfAborted();
    try {
      await playStep(stage, step, index);
    } catch (error) {
      if (error instanceof CutShort) return error.message;
      throw error;
    }
    await readMetrics(stage, index);
  }
  return null;
}

interface Stage {
  readonly ground: Ground;
  readonly session: Session;
  readonly limits: Limits;
  readonly observed: Observed[];
  readonly flying: Map<string, Flight>;
  readonly seeds: Map<string, unknown>;
  /** Places that labelled replies made. */
  readonly said: Map<string, string>;
  readonly finishing: Map<number, Expectation>;
  readonly canaries: Map<string, Canary>;
  readonly readings: Reading[];
  /** Requests that nobody waits for any more, though the subject may still be at them. */
  abandoned: number;
  state: OracleState;
}

interface Flight {
  readonly index: number;
  readonly step: RequestStep;
  readonly sent: WholeMessage;
  readonly reply: Promise<ReceivedReply | Failure>;
  readonly abort: AbortController;
  readonly states: [OracleState, ...OracleState[]];
  readonly heard: UpstreamExchange[];
}

async function playStep(stage: Stage, step: Step, index: number): Promise<void> {
  const { session, ground } = stage;
  switch (step.do) {
    case "request": {
      const flight = takeOff(stage, step, index);
      await land(stage, flight, stage.flying.size > 0);
      return;
    }
    case "begin": {
      const flight = takeOff(stage, step.step, index);
      stage.flying.set(step.label, flight);
      // What is begun has reached the subject before the next step is done.
      await settle(flight.reply);
      return;
    }
    case "finish": {
      const flight = flightOf(stage, step.label);
      if (step.expect !== undefined) stage.finishing.set(flight.index, step.expect);
      stage.flying.delete(step.label);
      await land(stage, flight, true);
      return;
    }
    case "together": {
      const flights = step.steps.map((one) => takeOff(stage, one, index));
      await Promise.all(flights.map((flight) => flight.reply));
      share(flights, ground.heard());
      for (const flight of flights) await land(stage, flight, true);
      return;
    }
    case "disconnect":
      flightOf(stage, step.label).abort.abort(new Error("the caller went away"));
      stage.flying.delete(step.label);
      stage.abandoned += 1;
      return;
    case "change": {
      const placed = ground.change(step.change);
      await session.apply(step.change, placed);
      move(stage, afterChange(stage.state, step.change));
      remember(stage);
      return;
    }
    case "upstream":
      ground.deed(step.upstream, fillPlaces(step.deed, placesOf(stage)));
      move(stage, afterDeed(stage.state, step.upstream, step.deed));
      return;
    case "wait":
      await session.advance(step.ms);
      move(stage, afterTime(stage.state, step.ms));
      return;
    case "restart":
      await session.restart();
      move(stage, afterRestart(stage.state));
  }
}

function takeOff(stage: Stage, written: RequestStep, index: number): Flight {
  const places = placesOf(stage);
  const { expect } = written;
  const step = expect === undefined ? written : { ...written, expect: fillPlaces(expect, places) };
  const sent = messageFor(step, stage.ground.placed, stage.session, { seeds: stage.seeds, places });
  const abort = new AbortController();
  const limit = AbortSignal.timeout(stage.limits.requestMs);
  const signal = AbortSignal.any([abort.signal, limit, stage.limits.signal]);
  const reply = ask(step, sent, stage.session, signal);
  // A request that its case abandons may fail when nobody waits for it any more.
  reply.catch(() => undefined);
  const flight: Flight = { index, step, sent, reply, abort, states: [stage.state], heard: [] };
  move(stage, afterAsked(stage.state));
  return flight;
}

function placesOf({ ground, session, said }: Stage): Record<string, string> {
  return { ...ground.placed.places, self: session.origins.client, ...Object.fromEntries(said) };
}

async function land(stage: Stage, flight: Flight, overlapped: boolean): Promise<void> {
  const { index, step, sent, states } = flight;
  const reply = await flight.reply;
  const heard = [...flight.heard, ...stage.ground.heard()];
  const observed: Observed = { index, step, sent, reply, heard, overlapped, states };
  if (!overlapped && mayStraggle(stage, observed)) {
    await sleep(STRAGGLING_MS);
    heard.push(...stage.ground.heard());
  }
  stage.observed.push(observed);
  if (isFailure(reply)) stage.abandoned += 1;
  // Whoever waits in vain once would only wait again, and so would every step behind it.
  if (isFailure(reply) && reply.failure === "hung" && !stage.limits.signal.aborted) {
    throw new CutShort(reply.message);
  }
  for (const other of stage.flying.values()) other.heard.push(...heard);
  if (step.label !== undefined && !isFailure(reply)) {
    const lockfile = reply.frames?.terminal?.["lockfile"];
    if (lockfile !== undefined) stage.seeds.set(step.label, lockfile);
    for (const [name, value] of saidBy(reply)) stage.said.set(`${step.label}-${name}`, value);
  }
  if (outcomeOf(observed).outcome === "served") {
    move(stage, afterServed(stage.state, step.request));
  }
}

/**
 * Whether fetches may be on their way that no later step asked for: what failed at one of them does not wait
 * for the others, nor does what was abandoned. A subject in this process has ended them.
 */
function mayStraggle({ limits, abandoned }: Stage, observed: Observed): boolean {
  if (!limits.straggling) return false;
  if (outcomeOf(observed).outcome === "served") return abandoned > 0;
  return observed.heard.length > 0 || isFailure(observed.reply) || observed.reply.status === 200;
}

const STRAGGLING_MS = 100;

async function readMetrics(stage: Stage, index: number): Promise<void> {
  const text = await stage.session.metrics?.();
  if (text === undefined) return;
  const { world } = stage.state;
  stage.readings.push({ index, text, world, underWay: stage.flying.size + stage.abandoned });
}

/** Requests that overlap cannot be told apart upstream: what was heard is everyone's. */
function share(flights: readonly Flight[], heard: readonly UpstreamExchange[]): void {
  for (const flight of flights) flight.heard.push(...heard);
}

/** The state from now on; whatever is under way may have been decided in it. */
function move(stage: Stage, state: OracleState): void {
  stage.state = state;
  for (const flight of stage.flying.values()) flight.states.push(state);
}

/** Rotation makes new secrets, and the old ones stay secret. A subject may have made tokens of its own. */
function remember(stage: Stage): void {
  const { placed } = stage.ground;
  const shown = credentialsOf(stage.session, placed.world.users);
  for (const canary of [...placed.canaries, ...shown]) {
    stage.canaries.set(`${canary.value} ${JSON.stringify(canary.of)}`, canary);
  }
}

function flightOf(stage: Stage, label: string): Flight {
  const flight = stage.flying.get(label);
  if (flight === undefined) throw new RangeError(`no request "${label}" is under way`);
  return flight;
}

/** Gives a request time to get as far as it can, or to end. */
async function settle(reply: Promise<unknown>): Promise<void> {
  await Promise.race([reply.catch(() => undefined), sleep(SETTLE_MS)]);
}

const SETTLE_MS = 50;
