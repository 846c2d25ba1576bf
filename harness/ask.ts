import { publishMessage } from "../clients/publish.ts";
import { packumentMessage, tarballMessage } from "../clients/registry.ts";
import { credential, readFrames, resolveMessage, verifyMessage } from "../clients/resolve.ts";
import type { Request, RequestStep } from "../suites/case.ts";
import { bytesOf, header, utf8, WireError } from "../wire/message.ts";
import { decoded } from "../wire/encoding.ts";
import type { Message } from "../wire/message.ts";
import { parseReply, sendRaw } from "../wire/raw.ts";
import type { Failure, ReceivedReply } from "./judge/observed.ts";
import { hostedRelease } from "./hosting.ts";
import { jsonOf } from "./judge/observed.ts";
import { fillPlaces } from "./places.ts";
import type { Session } from "./targets/target.ts";
import type { PlacedWorld } from "./world.ts";

/** What the steps before left for this one. */
export interface Kept {
  /** Lockfiles of labelled replies, for requests that are seeded by one. */
  readonly seeds: ReadonlyMap<string, unknown>;
  readonly places: Readonly<Record<string, string>>;
}

export type WholeMessage = Message & { readonly body: Uint8Array };

/** The case cannot go on from here; what was seen until then still counts. */
export class CutShort extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CutShort";
  }
}

/**
 * The message that a step sends, its places filled in. Throws `RangeError` for what the world lacks, and
 * `CutShort`.
 */
export function messageFor(
  step: RequestStep,
  placed: PlacedWorld,
  session: Session,
  kept: Kept,
): WholeMessage {
  const authorization = session.credential(step.actor)?.authorization ?? null;
  const message = build(step.request, placed, kept, authorization);
  return { ...message, body: message.body as Uint8Array };
}

function build(
  request: Request,
  placed: PlacedWorld,
  { places, seeds }: Kept,
  authorization: string | null,
): Message {
  switch (request.ask) {
    case "resolve":
    case "verify": {
      const project = placed.world.projects[request.project];
      if (project === undefined)
        throw new RangeError(`the world has no project "${request.project}"`);
      const { fields, seededBy, headers = [] } = request.changes;
      const seed = seededBy === undefined ? {} : { lockfile: seedOf(seeds, seededBy) };
      const body = fillPlaces({ ...project.request, ...seed, ...fields }, places);
      const message = (request.ask === "resolve" ? resolveMessage : verifyMessage)(
        body,
        authorization,
      );
      return { ...message, headers: [...message.headers, ...headers] };
    }
    case "packument":
      return packumentMessage(request.via, request.package, authorization);
    case "tarball":
      return tarballMessage(request.via, request.package, request.version, authorization);
    case "send": {
      const filled = fillPlaces(request, places);
      const headers = [...credential(authorization), ...filled.headers];
      return {
        method: filled.method,
        target: filled.target,
        headers,
        body: utf8(filled.body ?? ""),
      };
    }
    case "publish":
      return publication(request, placed, places, authorization);
    case "sendRaw": {
      const pieces = fillPlaces(request.pieces, places);
      return { method: "RAW", target: "", headers: [], body: utf8(pieces.join("")) };
    }
  }
}

/** Hosted content has its package's canary, whoever publishes it. */
function publication(
  { package: name, version, tag, integrity }: Extract<Request, { ask: "publish" }>,
  placed: PlacedWorld,
  places: Kept["places"],
  authorization: string | null,
): Message {
  const canary = placed.hostedCanaries[name] ?? "";
  const { document, tarball } = hostedRelease(name, version, {}, canary);
  const published = { manifest: { ...document }, tarball: tarball.bytes };
  const tagged = tag === undefined ? published : { ...published, tag };
  const message = publishMessage({ ...tagged, registry: places["self"] ?? "" }, authorization);
  if (integrity === undefined) return message;
  const { integrity: other } = hostedRelease(name, version, {}, "of something else").tarball;
  const body = Buffer.from(message.body as Uint8Array).toString("utf8");
  return { ...message, body: utf8(body.replace(tarball.integrity, other)) };
}

/** What a reply said that later steps may need, by what a place for it is called. */
export function saidBy({ headers, body }: ReceivedReply): [name: string, value: string][] {
  const document = jsonOf(body) as
    { _rev?: unknown; token?: unknown; objects?: readonly { key?: unknown }[] } | null | undefined;
  const found = {
    etag: header(headers, "etag"),
    revision: document?._rev,
    token: document?.token,
    key: document?.objects?.[0]?.key,
  };
  return Object.entries(found).filter(
    (pair): pair is [string, string] => typeof pair[1] === "string",
  );
}

function seedOf(seeds: Kept["seeds"], label: string): unknown {
  const seed = seeds.get(label);
  if (seed === undefined) throw new CutShort(`no earlier reply "${label}" had a lockfile`);
  return seed;
}

/** No reply to a case is as large. */
const REPLY_BYTES = 67_108_864;

/** Sends a step's message and reads the whole reply. Failures of the wire are values; aborts too. */
export async function ask(
  step: RequestStep,
  message: WholeMessage,
  session: Session,
  signal: AbortSignal,
): Promise<ReceivedReply | Failure> {
  try {
    if (step.request.ask === "sendRaw") {
      const bytes = await sendRaw(session.origins.client, [message.body], signal);
      return { ...parseReply(bytes), frames: null };
    }
    const reply = await session.send(message, signal);
    const body = await bytesOf(reply.body);
    const framed = step.request.ask === "resolve" || step.request.ask === "verify";
    if (!framed) return { ...reply, body, frames: null };
    const encoding = header(reply.headers, "content-encoding");
    const whole = { ...reply, body: await decoded(body, encoding, REPLY_BYTES) };
    return { ...whole, frames: await readFrames(whole) };
  } catch (error) {
    if (error instanceof WireError) return { failure: error.kind, message: error.message };
    if (signal.aborted) return { failure: "hung", message: "no whole reply within the time limit" };
    throw error;
  }
}
