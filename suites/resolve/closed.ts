import { may, must } from "../case.ts";
import type { MoodMatch } from "../../fixtures/mood.ts";
import type { Case, Step } from "../case.ts";
import { as, passes, upstream } from "../steps.ts";

type Asked = ReturnType<ReturnType<typeof as>["resolves"]>;

/** A package that falls ill, who asks for it, and a project of the same registry that stays well. */
interface Subject {
  readonly upstream: string;
  readonly package: string;
  readonly project: string;
  readonly witness: string;
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  public: { upstream: "npm", package: "left-pad", project: "public", witness: "opened" },
  proxied: {
    ...{ upstream: "acme", package: "@acme/widget", project: "private-default" },
    witness: "intranet",
  },
};

type Fault = (name: string, of: MoodMatch) => Step;

const status =
  (code: number): Fault =>
  (name, of) =>
    upstream(name).answers(code, of);

/** What says that there is nothing to be had: no copy stands in for it, whoever made it. */
const DENIALS: Readonly<Record<string, Fault>> = {
  "401": status(401),
  "403": status(403),
  "404": status(404),
};

/** What says nothing: a copy of the same scope may stand in for a while. */
const OUTAGES: Readonly<Record<string, Fault>> = {
  "429": status(429),
  "500": status(500),
  "503": status(503),
  hang: (name, of) => upstream(name).hangs(of),
  reset: (name, of) => upstream(name).resets(of),
};

/** What says something that cannot be used: nothing obliges a copy to stand in for it. */
const NONSENSE: Readonly<Record<string, Fault>> = {
  truncation: (name, of) => upstream(name).truncates({ bytes: 20 }, of),
  "half-a-document": (name, of) => upstream(name).garbles(of),
  "another-package": (name, of) => upstream(name).misnames(of, { as: "somebody-else" }),
  "redirect-outside": (name, of) => upstream(name).redirects(of, { to: "{elsewhere}/" }),
};

/** Some servers ask again for a while, as they do of whoever is down. */
const TRIED_AGAIN: ReadonlySet<string> = new Set(["half-a-document", "redirect-outside"]);

/** The same closure under another base key, so that no candidate answers. */
const ANEW = { fields: { autoInstallPeers: false } };

const METADATA_TTL = { ms: 301_000 };
const STALE_LIMIT = { ms: 86_400_000 };

/** What an upstream's trouble comes to: closed, or a copy of the same scope for a while. */
export const troubleCases: readonly Case[] = Object.entries(SUBJECTS).flatMap(([kind, subject]) => [
  ...Object.entries({ ...DENIALS, ...OUTAGES, ...NONSENSE }).map(([name, fault]) =>
    cold(kind, subject, name, fault),
  ),
  ...Object.entries(DENIALS).map(([name, fault]) => denied(kind, subject, name, fault)),
  ...Object.entries(OUTAGES).map(([name, fault]) => standsIn(kind, subject, name, fault)),
  ...Object.entries({ ...OUTAGES, ...NONSENSE })
    // A revalidation has no body that could be cut; and who hangs is waited for often enough above.
    .filter(([name]) => name !== "truncation" && name !== "hang")
    .map(([name, fault]) => tooOld(kind, subject, name, fault)),
]);

function cold(kind: string, subject: Subject, name: string, fault: Fault): Case {
  return must(`resolve/closed/cold-${kind}-${name}`, {
    title: `Nothing stands in for a ${kind} package that was never fetched (${name}), nor is it remembered`,
    cites: ["resolve.closed.upstream-denial", "resolve.wire.error-frame"],
    world: "two-teams",
    needs: TRIED_AGAIN.has(name) ? ["quick-retry"] : [],
    steps: [
      alice(subject, subject.witness).isServed(),
      sick(subject, fault),
      alice(subject).isRefused({
        upstream: { elsewhere: 0 },
        omits: kind === "public" ? [] : [`{${subject.upstream}}`],
      }),
      upstream(subject.upstream).recovers(),
      alice(subject).isServed({ cache: "miss" }),
    ],
  });
}

/** Dropped as well: an outage right after the denial finds no copy to stand in. */
function denied(kind: string, subject: Subject, name: string, fault: Fault): Case {
  return must(`resolve/closed/stale-${kind}-${name}`, {
    title: `A ${kind} package that its registry denies (${name}) is not served from any copy, then or later`,
    cites: [
      "resolve.closed.upstream-denial",
      "resolve.closed.fallback",
      ...(kind === "public" && name === "404" ? ["resolve.closed.unpublished"] : []),
      // The project's one dependency is pinned.
      ...(kind === "proxied" ? ["resolve.closed.pinned"] : []),
    ],
    world: "two-teams",
    needs: ["clock"],
    steps: [
      alice(subject).isServed({ cache: "miss" }),
      sick(subject, fault),
      passes(METADATA_TTL),
      alice(subject).isRefused({ upstream: { elsewhere: 0 } }),
      alice(subject, subject.project, ANEW).isRefused(),
      upstream(subject.upstream).recovers(),
      sick(subject, status(503)),
      alice(subject).isRefused(),
      upstream(subject.upstream).recovers(),
      alice(subject).isServed({ cache: "miss" }),
    ],
  });
}

function standsIn(kind: string, subject: Subject, name: string, fault: Fault): Case {
  return may(`resolve/closed/outage-${kind}-${name}`, {
    title: `Within its limit a copy of the same scope may stand in for a ${kind} package (${name})`,
    cites: ["resolve.closed.stale-while-down"],
    world: "two-teams",
    needs: ["clock"],
    steps: [
      alice(subject).isServed({ cache: "miss" }),
      sick(subject, fault),
      alice(subject, subject.project, ANEW).isServed({ upstream: { [subject.upstream]: 0 } }),
      passes(METADATA_TTL),
      alice(subject).isServed(),
      ...(kind === "public" ? [] : [outsider(subject)]),
      upstream(subject.upstream).recovers(),
      passes(METADATA_TTL),
      alice(subject).isServed({ upstream: { [subject.upstream]: { atLeast: 1 } } }),
    ],
  });
}

function tooOld(kind: string, subject: Subject, name: string, fault: Fault): Case {
  return must(`resolve/closed/too-old-${kind}-${name}`, {
    title: `Past the freshness limit no copy stands in for a ${kind} package (${name})`,
    cites: ["resolve.closed.stale-while-down"],
    world: "two-teams",
    needs: ["clock"],
    steps: [
      alice(subject).isServed({ cache: "miss" }),
      sick(subject, fault),
      passes(STALE_LIMIT),
      alice(subject).isRefused({ upstream: { elsewhere: 0 } }),
      upstream(subject.upstream).recovers(),
      alice(subject).isServed({ cache: "miss" }),
    ],
  });
}

function sick(subject: Subject, fault: Fault): Step {
  return fault(subject.upstream, { package: subject.package });
}

function alice(subject: Subject, project = subject.project, changes = {}): Asked {
  return as("alice").resolves(project, changes).concerning(subject.package);
}

function outsider(subject: Subject): Asked {
  return as("mallory")
    .resolves(subject.project)
    .concerning(subject.package)
    .isRefused({ upstream: { [subject.upstream]: 0 } });
}
