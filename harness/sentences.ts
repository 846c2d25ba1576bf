import type { Change, Manifest } from "../fixtures/world.ts";
import type { Mood, MoodMatch } from "../fixtures/mood.ts";
import type { Expectation, Request, Step, UpstreamDeed } from "../suites/case.ts";

/** A step as one sentence, for whoever reads a report. */
export function sentenceOf(step: Step): string {
  switch (step.do) {
    case "request": {
      const given = step.given === true ? "given that " : "";
      return `${given}${step.actor} ${requestText(step.request)}${expectText(step.expect)}`;
    }
    case "begin":
      return `${sentenceOf(step.step)} (begun as "${step.label}")`;
    case "finish":
      return `"${step.label}" ends${expectText(step.expect)}`;
    case "together":
      return `at once: ${step.steps.map(sentenceOf).join("; ")}`;
    case "disconnect":
      return `the caller of "${step.label}" goes away`;
    case "change":
      return `the operator ${changeText(step.change)}`;
    case "upstream":
      return `upstream ${step.upstream} ${deedText(step.deed)}`;
    case "wait":
      return `${step.ms / 1000} s pass`;
    case "restart":
      return "the subject is restarted";
  }
}

function requestText(request: Request): string {
  switch (request.ask) {
    case "resolve":
    case "verify": {
      const verb = request.ask === "resolve" ? "resolves" : "verifies";
      const { fields, seededBy, headers = [] } = request.changes;
      const seed = seededBy === undefined ? "" : `, seeded by the lockfile of "${seededBy}"`;
      const laid = fields === undefined ? "" : `, with ${JSON.stringify(fields)}`;
      const beside = headers.map(([name, value]) => `, with ${name}: ${value}`).join("");
      return `${verb} ${request.project}${seed}${laid}${beside}`;
    }
    case "packument":
      return `reads ${request.package} by ${request.via}`;
    case "tarball":
      return `downloads ${request.package}@${request.version} by ${request.via}`;
    case "send":
      return `sends ${request.method} ${request.target}`;
    case "publish": {
      const wrong = request.integrity === undefined ? "" : ", with the digest of something else";
      return `publishes ${request.package}@${request.version}${wrong}`;
    }
    case "sendRaw":
      return `sends raw bytes: ${JSON.stringify(request.pieces.join("").slice(0, 200))}`;
  }
}

function expectText(expect: Expectation | undefined): string {
  if (expect === undefined) return "";
  const { outcome, upstream, ...rest } = expect;
  const details = Object.entries(rest).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  const counts = Object.entries(upstream ?? {}).map(
    ([name, range]) => `${name} hears ${JSON.stringify(range)}`,
  );
  const all = [...details, ...counts];
  const verb = outcome === "answered" ? "is answered" : `is ${outcome}`;
  return `: ${verb}${all.length === 0 ? "" : ` (${all.join(", ")})`}`;
}

function changeText(change: Change): string {
  switch (change.change) {
    case "revoke":
      return `removes ${change.user} from ${change.from}`;
    case "admit":
      return `adds ${change.user} to ${change.to}`;
    case "rotate":
      return `rotates the ${change.by ?? "generation and the credential"} of ${change.alias}`;
    case "restrict":
      return `lets only ${change.access.join(", ")} use ${change.hosted}`;
    case "revoke-tokens":
      return `revokes the token of ${change.user}`;
    case "settings":
      return `sets ${JSON.stringify(change.settings)}`;
    case "public-routes":
      return `declares as public: ${JSON.stringify(change.publicRoutes)}`;
  }
}

function deedText(deed: UpstreamDeed): string {
  switch (deed.deed) {
    case "behave":
      return moodText(deed.mood) + matchText(deed.of);
    case "recover":
      return "is itself again";
    case "hold":
      return `holds its replies${matchText(deed.of)}`;
    case "release":
      return "lets its replies go";
    case "publish":
      return `publishes ${deed.package}@${deed.version}${having(deed.manifest)}`;
    case "unpublish":
      return `unpublishes ${deed.package}`;
  }
}

function having(manifest: Manifest): string {
  return Object.keys(manifest).length === 0 ? "" : `, with ${JSON.stringify(manifest)}`;
}

function moodText(mood: Mood): string {
  switch (mood.mood) {
    case "status":
      return `answers ${mood.status}`;
    case "flap":
      return `answers ${mood.status} every other time`;
    case "slow":
      return `answers ${mood.delayMs} ms late`;
    case "trickle":
      return `sends ${mood.pieceBytes} bytes every ${mood.everyMs} ms`;
    case "hang":
      return "hangs";
    case "reset":
      return "resets connections";
    case "truncate":
      return `closes after ${mood.afterBytes} bytes`;
    case "redirect":
      return `redirects to ${mood.to}`;
    case "garbled":
      return "sends half documents";
    case "misnamed":
      return `sends packuments of ${mood.as}`;
    case "tarballs-at":
      return `names tarballs at ${mood.base}${mood.query === undefined ? "" : `?${mood.query}`}`;
    case "corrupt":
      return "sends tarballs of another digest";
  }
}

function matchText(of: MoodMatch | undefined): string {
  const parts = [of?.kind === undefined ? "" : `${of.kind}s`, of?.package ?? ""].filter(Boolean);
  return parts.length === 0 ? "" : ` when asked for ${parts.join(" of ")}`;
}
