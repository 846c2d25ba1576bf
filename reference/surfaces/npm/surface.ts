import { BodyTooLarge, textOf } from "../../../wire/message.ts";
import type { Message, Reply } from "../../../wire/message.ts";
import type { Caller } from "../../core/caller.ts";
import { isRefusal, refuse } from "../../core/refusal.ts";
import type { Refusal } from "../../core/refusal.ts";
import { listTokens, logIn, revokeByKey, revokeToken, whoAmI } from "../../effects/accounts.ts";
import { Refused } from "../../effects/metadata.ts";
import { readManifest, readPackument, readTarball, openGateway } from "../../effects/packages.ts";
import { dropTag, publish, putTag, readTags, unpublish } from "../../effects/publishing.ts";
import type { Running } from "../../running.ts";
import { readNpm } from "./read.ts";
import type { NpmIntent } from "./read.ts";
import { writeDocument, writeJson, writeNpmRefusal, writeTarball } from "./write.ts";

/** Answers one request to the registry surface, whose caller is known. */
export async function answerOnNpm(
  running: Running,
  caller: Caller,
  message: Message,
  signal: AbortSignal,
): Promise<Reply> {
  const intent = readNpm(message.method, message.target);
  if (isRefusal(intent)) return writeNpmRefusal(intent);
  try {
    const reply = READS.has(intent.want)
      ? await answerRead(running, caller, intent, message, signal)
      : await answerWrite(running, caller, intent, message);
    return isRefusal(reply) ? writeNpmRefusal(reply) : reply;
  } catch (error) {
    if (error instanceof Refused) return writeNpmRefusal(error.refusal);
    throw error;
  }
}

const READS: ReadonlySet<NpmIntent["want"]> = new Set([
  "ping",
  "whoami",
  "tokens",
  "gateway",
  "packument",
  "manifest",
  "tarball",
  "tags",
]);

async function answerRead(
  running: Running,
  caller: Caller,
  intent: NpmIntent,
  message: Message,
  signal: AbortSignal,
): Promise<Reply | Refusal> {
  switch (intent.want) {
    case "ping":
      return writeJson(200, {});
    case "whoami":
      return json(whoAmI(caller));
    case "tokens":
      return json(await listTokens(running, caller));
    case "gateway": {
      const opened = await openGateway(running, intent.sealed, signal);
      return isRefusal(opened) ? opened : writeTarball(opened.body, opened.lengthBytes);
    }
    case "packument": {
      const document = await readPackument(running, caller, intent, message, signal);
      return isRefusal(document) ? document : writeDocument(message, document);
    }
    case "manifest": {
      const document = await readManifest(running, caller, intent, message, signal);
      return isRefusal(document) ? document : writeDocument(message, document);
    }
    case "tarball": {
      const opened = await readTarball(running, caller, intent, signal);
      return isRefusal(opened) ? opened : writeTarball(opened.body, opened.lengthBytes);
    }
    case "tags":
      return json(await readTags(running, caller, intent.name));
    default:
      return refuse("not-found", "not found");
  }
}

async function answerWrite(
  running: Running,
  caller: Caller,
  intent: NpmIntent,
  message: Message,
): Promise<Reply | Refusal> {
  switch (intent.want) {
    case "revoke-token":
      return json(await revokeToken(running, caller, intent.token));
    case "revoke-key":
      return json(await revokeByKey(running, caller, intent.key));
    case "drop-tag":
      return json(await dropTag(running, caller, intent.name, intent.tag));
    case "unpublish":
    case "unpublish-tarball":
      return json(await unpublish(running, caller, intent));
    default:
      return answerWithBody(running, caller, intent, message);
  }
}

async function answerWithBody(
  running: Running,
  caller: Caller,
  intent: NpmIntent,
  message: Message,
): Promise<Reply | Refusal> {
  const body = await jsonBody(running, message);
  if (isRefusal(body)) return body;
  switch (intent.want) {
    case "login":
      return json(await logIn(running, intent.user, body.value), 201);
    case "publish":
      return json(await publish(running, caller, intent.name, body.value), 201);
    case "put-tag":
      return json(await putTag(running, caller, intent.name, intent.tag, body.value));
    default:
      return refuse("not-found", "not found");
  }
}

function json(value: object, status = 200): Reply | Refusal {
  return isRefusal(value) ? value : writeJson(status, value);
}

async function jsonBody(
  running: Running,
  message: Message,
): Promise<{ readonly value: unknown } | Refusal> {
  const { bodyBytes } = running.rules.config.limits;
  try {
    return { value: JSON.parse(await textOf(message.body, bodyBytes)) as unknown };
  } catch (error) {
    return error instanceof BodyTooLarge
      ? refuse("too-large", error.message)
      : refuse("malformed", "the body is not JSON");
  }
}
