import { setTimeout as sleep } from "node:timers/promises";
import type { Mood, MoodMatch } from "../fixtures/mood.ts";
import { abortable } from "../wire/body.ts";
import { jsonReply, NO_BODY, utf8 } from "../wire/message.ts";
import type { HeaderList, Message, Reply } from "../wire/message.ts";
import { corrupted, garbled, misnamed, movedTarballs, plainly } from "./npm/edits.ts";

/** What a request is about, as far as moods can tell. */
export interface Subject {
  readonly package: string | null;
  readonly kind: "packument" | "tarball" | "other";
  /** The target below the registry's base, without a slash in front. */
  readonly below: string;
}

/** What would be said if nothing were wrong. */
export type Answer = (message: Message) => Reply;

export interface Moods {
  set(mood: Mood, of: MoodMatch): void;
  /** Requests that match wait, unanswered, until `release`. */
  hold(of: MoodMatch): void;
  release(): void;
  /** Forgets every mood; what is held is released. */
  recover(): void;
  /** Waits out what must be waited out, and gives the answer as the mood of the moment has it. */
  meet(subject: Subject, message: Message, answer: Answer, signal: AbortSignal): Promise<Reply>;
}

/** The last mood that matches a request is the one that it meets. */
export function createMoods(): Moods {
  let moods: { readonly mood: Mood; readonly of: MoodMatch; met: number }[] = [];
  let held: MoodMatch[] = [];
  let gate = Promise.withResolvers<undefined>();
  const release = (): void => {
    held = [];
    gate.resolve(undefined);
    gate = Promise.withResolvers<undefined>();
  };
  return {
    set: (mood, of) => {
      moods.push({ mood, of, met: 0 });
    },
    hold: (of) => {
      held.push(of);
    },
    release,
    recover: () => {
      moods = [];
      release();
    },
    meet: async (subject, message, answer, signal) => {
      if (held.some((of) => matches(of, subject))) await abortable(gate.promise, signal);
      const active = moods.findLast(({ of }) => matches(of, subject));
      if (active === undefined) return answer(message);
      active.met += 1;
      return act(active.mood, active.met, { subject, message, answer }, signal);
    },
  };
}

interface Meeting {
  readonly subject: Subject;
  readonly message: Message;
  readonly answer: Answer;
}

/** `met` counts the requests that met this mood so far, this one included. */
async function act(
  mood: Mood,
  met: number,
  { subject, message, answer }: Meeting,
  signal: AbortSignal,
): Promise<Reply> {
  switch (mood.mood) {
    case "status":
      return said(mood.status, mood.headers, mood.body);
    case "flap":
      return met % 2 === 1 ? said(mood.status) : answer(message);
    case "slow":
      await sleep(mood.delayMs, undefined, { signal });
      return answer(message);
    case "trickle":
      return trickled(answer(message), mood.pieceBytes, mood.everyMs);
    case "hang":
    case "reset":
      return { status: 200, headers: [], body: NO_BODY, cut: { how: mood.mood } };
    case "truncate":
      return { ...answer(message), cut: { how: "truncate", afterBytes: mood.afterBytes } };
    case "redirect": {
      const location = mood.to.endsWith("/") ? `${mood.to}${subject.below}` : mood.to;
      return said(mood.status ?? 302, [["location", location]]);
    }
    case "garbled":
      return subject.kind === "tarball" ? answer(message) : garbled(answer(plainly(message)));
    case "misnamed":
      return subject.kind === "packument"
        ? misnamed(answer(plainly(message)), mood.as)
        : answer(message);
    case "tarballs-at":
      return subject.kind === "packument"
        ? movedTarballs(answer(plainly(message)), mood.base, mood.query)
        : answer(message);
    case "corrupt":
      return subject.kind === "tarball" ? corrupted(answer(plainly(message))) : answer(message);
  }
}

function said(status: number, headers: HeaderList = [], body?: string): Reply {
  // These have no body, whatever they are asked for.
  if (status === 204 || status === 304) return { status, headers, body: NO_BODY };
  if (body !== undefined) return { status, headers, body: utf8(body) };
  return jsonReply(status, { error: `status ${status}, as told` }, headers);
}

/** The length is still said in the head: whoever reads knows from the start how much there is to come. */
function trickled(reply: Reply, pieceBytes: number, everyMs: number): Reply {
  const { body } = reply;
  if (!(body instanceof Uint8Array)) return reply;
  const length = ["content-length", String(body.byteLength)] as const;
  return { ...reply, headers: [...reply.headers, length], body: pieces(body, pieceBytes, everyMs) };
}

async function* pieces(
  body: Uint8Array,
  pieceBytes: number,
  everyMs: number,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.byteLength; at += pieceBytes) {
    if (at > 0) await sleep(everyMs);
    yield body.subarray(at, at + pieceBytes);
  }
}

function matches(of: MoodMatch, subject: Subject): boolean {
  if (of.package !== undefined && of.package !== subject.package) return false;
  return of.kind === undefined || of.kind === subject.kind;
}
