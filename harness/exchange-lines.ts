import type { ExchangeLine, RecordedMessage } from "../reports/record.ts";
import type { HeaderList } from "../wire/message.ts";
import { isFailure } from "./judge/observed.ts";
import type { Observed } from "./judge/observed.ts";

const SHOWN_BYTES = 4096;

/** What was said with the subject and, because of it, with the upstreams, as lines of a record. */
export function textForm(caseId: string, observed: Observed): ExchangeLine[] {
  const { index, step, sent, reply, heard } = observed;
  const own: ExchangeLine = {
    line: "exchange",
    case: caseId,
    step: index,
    with: "subject",
    actor: step.actor,
    request: { method: sent.method, target: sent.target, ...recorded(sent.headers, sent.body) },
    reply: isFailure(reply)
      ? { failure: `${reply.failure}: ${reply.message}` }
      : { status: reply.status, ...recorded(reply.headers, reply.body) },
  };
  const upstream = heard.map(({ upstream: name, message, reply: said }): ExchangeLine => {
    const { method, target, headers, body } = message;
    return {
      line: "exchange",
      case: caseId,
      step: index,
      with: name,
      request: { method, target, ...recorded(headers, body) },
      reply:
        said === null
          ? { failure: "held, or the subject went away" }
          : { status: said.status, ...recorded(said.headers, said.body) },
    };
  });
  return [own, ...upstream];
}

function recorded(headers: HeaderList, body: Uint8Array): RecordedMessage {
  const bytes = Buffer.from(body);
  const text = bytes.toString("utf8");
  const readable = Buffer.from(text, "utf8").equals(bytes);
  const whole = readable ? text : `base64:${bytes.toString("base64")}`;
  const shown =
    whole.length > SHOWN_BYTES ? `${whole.slice(0, SHOWN_BYTES)}… (${bytes.length} bytes)` : whole;
  return { headers, body: shown };
}
