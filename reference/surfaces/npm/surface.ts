import { BodyTooLarge, bytesOf } from "../../../wire/message.ts";
import type { Message, Reply } from "../../../wire/message.ts";
import type { Caller } from "../../core/caller.ts";
import { isRefusal, refuse } from "../../core/refusal.ts";
import type { Refusal } from "../../core/refusal.ts";
import { listTokens, logIn, revokeByKey, revokeToken, whoAmI } from "../../effects/accounts.ts";
import { Refused } from "../../effects/metadata.ts";
import {
  openGateway,
  readManifest,
  readPackument,
  readTags,
  readTarball,
} from "../../effects/packages.ts";
import type { JsonDocument, OpenedTarball } from "../../effects/packages.ts";
import {
  dropTag,
  mayWrite,
  narrow,
  publish,
  putTag,
  unpublish,
  unpublishTarball,
} from "../../effects/publishing.ts";
import type { Running } from "../../running.ts";
import { readNpm } from "./read.ts";
import type { ReadIntent, ServerIntent, WriteIntent } from "./read.ts";
import { hidden, writeDocument, writeJson, writeNpmRefusal, writeTarball } from "./write.ts";

/** Answers one request to the registry surface, whose caller is known. */
export async function answerOnNpm(
  running: Running,
  caller: Caller,
  message: Message,
  signal: AbortSignal,
): Promise<Reply> {
  const intent = readNpm(message);
  if (isRefusal(intent)) return writeNpmRefusal(intent);
  switch (intent.want) {
    case "ping":
    case "login":
    case "whoami":
    case "tokens":
    case "revoke-key":
    case "revoke-token":
    case "gateway":
      return written(await askServer(running, caller, intent, message, signal));
    case "packument":
    case "manifest":
    case "tarball":
    case "tags": {
      const found = await readFor(running, caller, intent, signal);
      if (isRefusal(found)) return writeNpmRefusal(hidden(caller, found));
      return "bytes" in found ? writeDocument(message, found) : writeTarball(found);
    }
    default: {
      const refusal = mayWrite(running, caller, intent.name);
      if (refusal !== null) return writeNpmRefusal(hidden(caller, refusal));
      return written(await changeFor(running, intent, message));
    }
  }
}

function written(reply: Reply | Refusal): Reply {
  return isRefusal(reply) ? writeNpmRefusal(reply) : reply;
}

async function askServer(
  running: Running,
  caller: Caller,
  intent: ServerIntent,
  message: Message,
  signal: AbortSignal,
): Promise<Reply | Refusal> {
  switch (intent.want) {
    case "ping":
      return writeJson(200, {});
    case "login": {
      const body = await jsonBody(message, running.rules.config.limits.loginBytes);
      return isRefusal(body) ? body : json(await logIn(running, intent.user, body.value), 201);
    }
    case "whoami":
      return json(whoAmI(caller));
    case "tokens":
      return json(await listTokens(running, caller));
    case "revoke-token":
      return json(await revokeToken(running, caller, intent.token));
    case "revoke-key":
      return json(await revokeByKey(running, caller, intent.key));
    case "gateway": {
      const opened = await openGateway(running, intent.sealed, signal);
      return isRefusal(opened) ? opened : writeTarball(opened);
    }
  }
}

async function readFor(
  running: Running,
  caller: Caller,
  intent: ReadIntent,
  signal: AbortSignal,
): Promise<JsonDocument | OpenedTarball | Refusal> {
  try {
    switch (intent.want) {
      case "packument":
        return await readPackument(running, caller, intent, signal);
      case "manifest":
        return await readManifest(running, caller, intent, signal);
      case "tags":
        return await readTags(running, caller, intent, signal);
      case "tarball":
        return await readTarball(running, caller, intent, signal);
    }
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

async function changeFor(
  running: Running,
  intent: WriteIntent,
  message: Message,
): Promise<Reply | Refusal> {
  const { name } = intent;
  switch (intent.want) {
    case "unpublish":
      return json(await unpublish(running, name, intent.revision));
    case "unpublish-tarball":
      return json(await unpublishTarball(running, name, intent.file));
    case "drop-tag":
      return json(await dropTag(running, name, intent.tag));
    case "publish":
    case "narrow":
    case "put-tag": {
      const body = await jsonBody(message, running.rules.config.limits.bodyBytes);
      if (isRefusal(body)) return body;
      const { value } = body;
      if (intent.want === "publish") return json(await publish(running, name, value), 201);
      return intent.want === "narrow"
        ? json(await narrow(running, name, intent.revision, value), 201)
        : json(await putTag(running, name, intent.tag, value), 201);
    }
  }
}

function json(value: object, status = 200): Reply | Refusal {
  return isRefusal(value) ? value : writeJson(status, value);
}

async function jsonBody(
  message: Message,
  limitBytes: number,
): Promise<{ readonly value: unknown } | Refusal> {
  let bytes: Uint8Array;
  try {
    bytes = await bytesOf(message.body, limitBytes);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    return refuse("too-large", error.message);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { value: JSON.parse(text) as unknown };
  } catch {
    return refuse("malformed", "the body is not JSON");
  }
}
