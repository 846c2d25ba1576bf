import type { Mood } from "../fixtures/mood.ts";
import type { Feature, RequestStep, Step } from "./case.ts";

/** What a list of steps needs from any target that is to play it, whatever the case is about. */
export function neededBy(steps: readonly Step[]): Feature[] {
  const needed = new Set<Feature>();
  const troubled = new Set<string>();
  for (const step of steps) {
    const feature = featureOf(step);
    if (feature !== null) needed.add(feature);
    if (step.do === "upstream" && step.deed.deed === "behave" && isTrouble(step.deed.mood)) {
      troubled.add(step.upstream);
    }
    if (step.do === "upstream" && step.deed.deed === "recover") troubled.delete(step.upstream);
    if (troubled.size > 0 && requestsOf(step).some(isResolve)) needed.add("quick-retry");
    if (requestsOf(step).some(({ request }) => request.ask === "sendRaw")) needed.add("wire");
    if (requestsOf(step).some(servesAnybody)) needed.add("anonymous-resolve");
  }
  return [...needed];
}

function featureOf(step: Step): Feature | null {
  switch (step.do) {
    case "change":
      return step.change.change === "revoke-tokens" ? "logout" : "live-changes";
    case "wait":
      return "clock";
    case "restart":
      return "restart";
    default:
      return null;
  }
}

/** What a server tries again by itself, and may take its time about. */
function isTrouble(mood: Mood): boolean {
  switch (mood.mood) {
    case "status":
    case "flap":
      return mood.status === 429 || mood.status >= 500;
    case "hang":
    case "reset":
    case "truncate":
      return true;
    default:
      return false;
  }
}

function requestsOf(step: Step): readonly RequestStep[] {
  switch (step.do) {
    case "request":
      return [step];
    case "begin":
      return [step.step];
    case "together":
      return step.steps;
    default:
      return [];
  }
}

/** Some servers resolve for the logged-in alone. */
function servesAnybody(step: RequestStep): boolean {
  return step.actor === "anonymous" && isResolve(step) && step.expect?.outcome === "served";
}

function isResolve({ request }: RequestStep): boolean {
  return request.ask === "resolve" || request.ask === "verify";
}
