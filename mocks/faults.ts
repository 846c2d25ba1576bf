import { setTimeout as sleep } from "node:timers/promises";
import { abortable } from "../wire/body.ts";
import { jsonReply, NO_BODY } from "../wire/message.ts";
import type { Reply } from "../wire/message.ts";

/** How an upstream misbehaves towards the requests that match. */
export type Mood =
  | { readonly mood: "status"; readonly status: number }
  | { readonly mood: "slow"; readonly delayMs: number }
  | { readonly mood: "hang" }
  | { readonly mood: "reset" };

/** Which requests a mood is for; what it leaves out matches everything. */
export interface MoodMatch {
  readonly package?: string;
  readonly kind?: "packument" | "tarball";
}

/** What a request is about, as far as moods can tell. */
export interface Subject {
  readonly package: string | null;
  readonly kind: "packument" | "tarball" | "other";
}

export interface Moods {
  set(mood: Mood, of: MoodMatch): void;
  /** Requests that match wait, unanswered, until `release`. */
  hold(of: MoodMatch): void;
  release(): void;
  /** Forgets every mood; what is held is released. */
  recover(): void;
  /** Waits out what must be waited out, and says what stands in the reply's place, if anything does. */
  meet(subject: Subject, signal: AbortSignal): Promise<Reply | null>;
}

/** The last mood that matches a request is the one that it meets. */
export function createMoods(): Moods {
  let moods: { readonly mood: Mood; readonly of: MoodMatch }[] = [];
  let held: MoodMatch[] = [];
  let gate = Promise.withResolvers<undefined>();
  const release = (): void => {
    held = [];
    gate.resolve(undefined);
    gate = Promise.withResolvers<undefined>();
  };
  return {
    set: (mood, of) => {
      moods.push({ mood, of });
    },
    hold: (of) => {
      held.push(of);
    },
    release,
    recover: () => {
      moods = [];
      release();
    },
    meet: async (subject, signal) => {
      if (held.some((of) => matches(of, subject))) await abortable(gate.promise, signal);
      const met = moods.findLast(({ of }) => matches(of, subject))?.mood;
      return met === undefined ? null : act(met, signal);
    },
  };
}

async function act(mood: Mood, signal: AbortSignal): Promise<Reply | null> {
  switch (mood.mood) {
    case "status": {
      const { status } = mood;
      // These have no body, whatever they are asked for.
      if (status === 204 || status === 304) return { status, headers: [], body: NO_BODY };
      return jsonReply(status, { error: `status ${status}, as told` });
    }
    case "slow":
      await sleep(mood.delayMs, undefined, { signal });
      return null;
    case "hang":
    case "reset":
      return { status: 200, headers: [], body: NO_BODY, cut: { how: mood.mood } };
  }
}

function matches(of: MoodMatch, subject: Subject): boolean {
  if (of.package !== undefined && of.package !== subject.package) return false;
  return of.kind === undefined || of.kind === subject.kind;
}
