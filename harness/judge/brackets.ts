import type { Finding } from "../../reports/record.ts";
import type { Request, RequestStep } from "../../suites/case.ts";
import { isFailure, outcomeOf } from "./observed.ts";
import type { Observed } from "./observed.ts";

/**
 * A refusal is evidence only between two admissions: before and after it, the same thing made right was
 * served. Otherwise a subject that is down, or refuses everybody, would pass.
 */
export function judgeBrackets(all: readonly Observed[]): Finding[] {
  return all.flatMap((observed): Finding[] => {
    const { step, index } = observed;
    if (!expectsRefusal(step) || step.unservable !== undefined) return [];
    const about = aboutOf(step);
    const admits = (other: Observed): boolean =>
      aboutOf(other.step) === about && !expectsRefusal(other.step) && isAdmission(other);
    const before = all.some((other) => other.index < index && admits(other));
    const after = all.some((other) => other.index > index && admits(other));
    if (before && after) return [];
    const side = before ? "after" : after ? "before" : "before or after";
    return [
      {
        kind: "bracket",
        verdict: "broken",
        step: index,
        expected: `an admission ${side} the refusal, about ${about}`,
        seen: "none",
        requirements: [],
      },
    ];
  });
}

/** Whether a step says that its request has to be refused. */
export function expectsRefusal({ expect }: RequestStep): boolean {
  if (expect?.outcome === "refused") return true;
  if (expect?.outcome !== "answered" || expect.status === undefined) return false;
  const statuses = typeof expect.status === "number" ? [expect.status] : expect.status;
  return statuses.every((status) => status >= 400 && status < 500);
}

/** What a step is evidence about: said by the step, or read off its request. */
export function aboutOf({ about, request }: RequestStep): string {
  return about ?? defaultAbout(request);
}

function defaultAbout(request: Request): string {
  switch (request.ask) {
    case "resolve":
    case "verify":
      return `project ${request.project}`;
    case "packument":
    case "tarball":
      return `${request.package} by ${request.via}`;
    case "send":
      return request.target.replace(/\?.*$/s, "");
    case "publish":
      return `publishing ${request.package}`;
    case "sendRaw":
      return request.pieces.join("").split(" ")[1] ?? "raw";
  }
}

function isAdmission(observed: Observed): boolean {
  return !isFailure(observed.reply) && outcomeOf(observed).outcome === "served";
}
