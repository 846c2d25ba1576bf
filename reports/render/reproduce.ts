import type { CaseOutcome } from "../outcome.ts";
import type { ExchangeLine } from "../record.ts";
import { REDACTED } from "../redact.ts";

/**
 * What to type to see a step's finding again: a `curl` for every request of the case up to that step, with
 * `$SUBJECT` for the server's origin and `$ALICE_TOKEN` for a user's credential. What is no request is a
 * comment. Empty where the record has no exchange that leads there.
 */
export function reproduction({ line, exchanges }: CaseOutcome, upTo: number): string[] {
  const asked = exchanges.filter((one) => one.with === "subject" && one.step <= upTo);
  if (!asked.some(({ step }) => step === upTo)) return [];
  return line.steps
    .slice(0, upTo + 1)
    .flatMap((sentence, index) => [
      `# ${index + 1}. ${oneLine(sentence)}`,
      ...asked.filter(({ step }) => step === index).map(command),
    ]);
}

function command({ request, actor }: ExchangeLine): string {
  const { method, target, headers, body } = request;
  if (method === "RAW") return `printf %s ${quoted(body)} | nc "$SUBJECT_HOST" "$SUBJECT_PORT"`;
  const encoded = /^base64:([A-Za-z0-9+/=]+)$/.exec(body)?.[1];
  const parts = [
    ...[
      encoded === undefined ? "" : `printf %s ${encoded} | base64 -d |`,
      "curl -sS -g --path-as-is",
    ],
    ...[method === "GET" ? "" : `-X ${quoted(method)}`, `"$SUBJECT"${quoted(target)}`],
    ...headers.filter(([name]) => !MADE_BY_CURL.has(name.toLowerCase())).map(headerFor(actor)),
    encoded === undefined ? bodyText(body) : "--data-binary @-",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

const MADE_BY_CURL: ReadonlySet<string> = new Set(["host", "content-length", "connection"]);

function headerFor(actor = "somebody"): (header: readonly [string, string]) => string {
  const token = `"$${actor.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}_TOKEN"`;
  const shown = ([name, value]: readonly [string, string]) =>
    quoted(`${name}: ${value}`).replace(REDACTED, () => `'${token}'`);
  return (header) => `-H ${shown(header).replace(/''$/, "")}`;
}

/** The record keeps the beginning of a long body only, and says how long it was. */
function bodyText(body: string): string {
  if (body === "") return "";
  const cut = /… \(\d+ bytes\)$/.exec(body)?.[0];
  return `--data-binary ${quoted(body)}${cut === undefined ? "" : " # cut in the record"}`;
}

/** A word for a POSIX shell, whatever stands in it. */
function quoted(text: string): string {
  if (/^[\w./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}
