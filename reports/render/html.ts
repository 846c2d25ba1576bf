import { isGreen, VERDICTS } from "../outcome.ts";
import type { CaseOutcome, Outcome, RequirementOutcome } from "../outcome.ts";
import type { ExchangeLine, FindingLine, RecordedMessage, RunLine, Verdict } from "../record.ts";
import { STYLE } from "./html-style.ts";
import { Markup, markup } from "./markup.ts";
import { reproduction } from "./reproduce.ts";

/** The run as one page that needs nothing else: no network, no script, light and dark. */
export function renderHtml(outcome: Outcome): string {
  const { run } = outcome;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>leakproof ${run.command}: ${run.target.name}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${header(outcome)}
<main>
${findingsSection(outcome)}
${requirementsSection(outcome)}
${casesSection(outcome)}
</main>
</body>
</html>
`.text;
}

function header({ run, cases, counts, end, tookMs }: Outcome): Markup {
  const notes = end?.notes ?? ["the run was killed before its end"];
  return markup`<header>
<h1>${run.target.name}</h1>
<p class="headline ${SUMMARY_CLASS[end?.exitCode ?? 2]}">${SUMMARY[end?.exitCode ?? 2]}</p>
<ul class="counts">${VERDICTS.filter((verdict) => counts[verdict] > 0).map(
    (verdict) => markup`<li>${counts[verdict]} ${badge(verdict)}</li>`,
  )}</ul>
${notes.map((note) => markup`<p class="note">${note}</p>`)}
<p class="facts">leakproof ${run.tool.version} ${run.command} · ${cases.length} cases ·
seed ${run.seed} · ${run.startedAt} · ${(tookMs / 1000).toFixed(1)} s ·
Node ${run.machine.node} on ${run.machine.platform}, ${run.machine.cores} cores</p>
</header>`;
}

const SUMMARY = {
  0: "Conformant: everything that was run holds",
  1: "Violated: something that must hold does not",
  2: "Inconclusive: this run says too little",
  3: "Not run: it was called wrongly",
  4: "Broken: the harness itself misbehaved",
} as const;

const SUMMARY_CLASS = { 0: "good", 1: "bad", 2: "unsure", 3: "unsure", 4: "bad" } as const;

function badge(verdict: Verdict): Markup {
  return markup`<span class="badge ${verdict}">${verdict}</span>`;
}

function findingsSection(outcome: Outcome): Markup | null {
  const red = VERDICTS.filter((verdict) => !isGreen(verdict)).flatMap((verdict) =>
    outcome.cases.filter(({ line }) => line.verdict === verdict),
  );
  if (red.length === 0) return null;
  return markup`<section>
<h2>What did not hold</h2>
${red.map((one) => caseDetails(one, outcome, one.line.verdict !== "blocked"))}
</section>`;
}

function requirementsSection({ requirements }: Outcome): Markup {
  const areas = [...Map.groupBy(requirements, ({ area }) => area)];
  return markup`<section>
<h2>Verdicts by requirement</h2>
<div class="scroll"><table>
<thead><tr><th>Requirement</th><th>Verdict</th><th class="number">Cases</th></tr></thead>
${areas.map(
  ([area, within]) => markup`<tbody>
<tr><th colspan="3" scope="rowgroup">${area}</th></tr>
${within.map(requirementRow)}</tbody>
`,
)}</table></div>
</section>`;
}

function requirementRow({ id, quote, source, verdict, cases }: RequirementOutcome): Markup {
  return markup`<tr id="${id}"><td><code>${id}</code>
<blockquote>${quote} <cite>${source}</cite></blockquote></td>
<td>${verdict === null ? "not run" : badge(verdict)}</td><td class="number">${cases.length}</td></tr>
`;
}

function casesSection(outcome: Outcome): Markup | null {
  const green = outcome.cases.filter(({ line }) => isGreen(line.verdict));
  if (green.length === 0) return null;
  const areas = [...Map.groupBy(green, ({ area }) => area)];
  return markup`<section>
<h2>What held, and what did not apply</h2>
${areas.map(
  ([area, within]) => markup`<h3>${area}</h3>
${within.map((one) => caseDetails(one, outcome, false))}`,
)}
</section>`;
}

function caseDetails(one: CaseOutcome, { run }: Outcome, open: boolean): Markup {
  const { line, findings } = one;
  const quoted = line.cites.map(
    (id) => markup`<li><a href="#${id}"><code>${id}</code></a> ${quoteOf(id, run)}</li>`,
  );
  return markup`<details id="${line.id}"${open ? new Markup(" open") : null}>
<summary>${badge(line.verdict)} <code>${line.id}</code> <span>${line.title}</span></summary>
${line.because === undefined ? null : markup`<p class="note">because: ${line.because}</p>`}
<p class="facts">${line.level} · world ${line.world} · ${line.tookMs} ms</p>
<ol>${line.steps.map((step, index) => stepItem(step, index, one))}</ol>
${outside(line.steps.length, findings)}
<ul class="cites">${quoted}</ul>
</details>
`;
}

function quoteOf(id: string, { requirements }: RunLine): string {
  return requirements.find((known) => known.id === id)?.quote ?? "";
}

function stepItem(sentence: string, index: number, one: CaseOutcome): Markup {
  const { findings, exchanges } = one;
  const told = findings.filter(({ step }) => step === index);
  const heard = exchanges.filter(({ step }) => step === index);
  const shown = heard.length === 0 ? null : exchangeList(heard);
  return markup`<li${told.length === 0 ? null : new Markup(' class="wrong"')}>${sentence}
${told.map(findingText)}${told.length === 0 ? null : byHand(one, index)}${shown}</li>
`;
}

/** The way to a finding for whoever wants to walk it with a shell. */
function byHand(one: CaseOutcome, index: number): Markup | null {
  const commands = reproduction(one, index);
  if (commands.length === 0) return null;
  return markup`<details class="exchanges"><summary>Reproduce by hand</summary>
<p class="facts">In a world like the case's: <code>$SUBJECT</code> is the server's origin, and
<code>$ALICE_TOKEN</code> and the like are its users' tokens.</p>
<pre>${commands.join("\n")}</pre></details>
`;
}

/** What was found, though no step of the case shows it. */
function outside(steps: number, findings: readonly FindingLine[]): Markup[] {
  return findings.filter(({ step }) => step < 0 || step >= steps).map(findingText);
}

function findingText({ kind, expected, seen, requirements }: FindingLine): Markup {
  const ids = requirements.map((id) => markup` <a href="#${id}"><code>${id}</code></a>`);
  return markup`<dl class="finding"><dt>expected</dt><dd>${expected}</dd>
<dt>seen</dt><dd>${seen}</dd><dt>${kind}</dt><dd>${ids}</dd></dl>`;
}

function exchangeList(exchanges: readonly ExchangeLine[]): Markup {
  return markup`<details class="exchanges"><summary>${exchanges.length} ${
    exchanges.length === 1 ? "exchange" : "exchanges"
  }</summary>
${exchanges.map(
  (exchange) => markup`<h4>${exchange.actor ?? "subject"} to ${exchange.with}</h4>
<pre>${exchange.request.method} ${exchange.request.target}
${messageText(exchange.request)}</pre>
<pre>${replyText(exchange)}</pre>
`,
)}</details>`;
}

function replyText({ reply }: ExchangeLine): string {
  return "failure" in reply ? reply.failure : `${reply.status}\n${messageText(reply)}`;
}

function messageText({ headers, body }: RecordedMessage): string {
  const head = headers.map(([name, value]) => `${name}: ${value}\n`).join("");
  return body === "" ? head : `${head}\n${body}`;
}
