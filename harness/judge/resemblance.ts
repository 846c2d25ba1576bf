import type { Expectation } from "../../suites/case.ts";
import { isFailure, outcomeOf } from "./observed.ts";
import type { Observed } from "./observed.ts";
import type { Mismatch } from "./expectations.ts";

/** What a labelled reply is compared by: each form is one text. */
export interface Comparable {
  /** The terminal frame, or the body. */
  readonly said: string;
  /** Status and headers, less what says how the body is framed. */
  readonly head: string;
  readonly whole: string;
}

export type Labels = ReadonlyMap<string, Comparable>;

export function comparable(observed: Observed): Comparable {
  const { reply } = observed;
  if (isFailure(reply)) return { said: "", head: "", whole: "" };
  const body = Buffer.from(reply.body).toString("latin1");
  const said = withoutName(reply.frames?.terminalLine ?? body, observed);
  const headers = reply.headers
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .filter(
      (line) => !line.startsWith("date:") && !(said !== body && line.startsWith("content-length:")),
    )
    .sort();
  const status = `status ${reply.status}`;
  return {
    said,
    head: [status, ...headers.filter((line) => !FRAMING.test(line))].join("\n"),
    whole: [status, ...headers, withoutName(body, observed)].join("\n"),
  };
}

/** In a refusal the name that was asked for is no news: two of them may differ by it and be the same. */
function withoutName(text: string, observed: Observed): string {
  const { request } = observed.step;
  const named = request.ask === "packument" || request.ask === "tarball";
  if (!named || outcomeOf(observed).outcome !== "refused") return text;
  return spelled(request.package).reduce((rest, one) => rest.replaceAll(one, "{package}"), text);
}

/** A name, also as URLs have it. */
function spelled(name: string): string[] {
  return [name, name.replace("/", "%2F"), name.replace("/", "%2f")];
}

/** A stream is framed as it is made; that is the transport's, and no word of the subject's. */
const FRAMING = /^(?:content-length|transfer-encoding|connection|keep-alive):/;

/** How a reply differs from labelled ones that it has to resemble. */
export function checkResemblance(
  observed: Observed,
  { sameReplyAs, sameHeadAs, alike }: Expectation,
  labels: Labels,
): Mismatch[] {
  const { head, whole } = comparable(observed);
  const found: Mismatch[] = [];
  if (sameReplyAs !== undefined && whole !== labels.get(sameReplyAs)?.whole) {
    found.push({
      expected: `the very reply "${sameReplyAs}" was given`,
      seen: whole.slice(0, 400),
    });
  }
  if (sameHeadAs !== undefined && head !== labels.get(sameHeadAs)?.head) {
    found.push({ expected: `the status and headers of "${sameHeadAs}"`, seen: head.slice(0, 400) });
  }
  if (alike === undefined) return found;
  const { to, here, there } = alike;
  const names = spelled(there);
  const renamed = spelled(here).reduce(
    (text, one, at) => text.replaceAll(one, names[at] ?? there),
    whole,
  );
  if (renamed === labels.get(to)?.whole) return found;
  const expected = `the reply "${to}" was given, with ${here} for ${there}`;
  return [...found, { expected, seen: whole.slice(0, 400) }];
}
