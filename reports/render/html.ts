import type { CaseLine, ExchangeLine, FindingLine, RecordedMessage } from "../record.ts";
import type { RunRecord } from "../read.ts";
import { countVerdicts, VERDICTS } from "./results.ts";
import { STYLE } from "./html-style.ts";

/** One self-contained page: no network, no script, light and dark. */
export function renderHtml(record: RunRecord): string {
  const { run, end } = record;
  const counts = countVerdicts(record);
  const tiles = VERDICTS.filter((verdict) => counts[verdict] > 0).map(
    (verdict) => `<li class="${verdict}"><b>${counts[verdict]}</b> ${verdict}</li>`,
  );
  const took = end === null ? "cut off" : `${(end.tookMs / 1000).toFixed(1)} s`;
  const facts = [
    run.target.name,
    `seed ${run.seed}`,
    run.startedAt,
    took,
    `Node ${run.machine.node}`,
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>leakproof: ${escaped(run.target.name)}</title>
<style>${STYLE}</style>
<header>
<h1>leakproof</h1>
<p>${facts.map(escaped).join(" · ")}</p>
<ul class="tiles">${tiles.join("")}</ul>
${(end?.notes ?? []).map((note) => `<p class="note">${escaped(note)}</p>`).join("")}
</header>
<main>
${findingsSection(record)}
<h2>By requirement</h2>
${record.run.requirements.map(({ id, quote, source }) => requirementSection(record, id, quote, source)).join("\n")}
</main>
</html>
`;
}

function findingsSection(record: RunRecord): string {
  const bad = record.cases.filter(({ id }) =>
    record.findings.some((finding) => finding.case === id),
  );
  if (bad.length === 0) return "";
  return `<h2>Findings</h2>\n${bad.map((line) => caseReport(record, line)).join("\n")}`;
}

function caseReport(record: RunRecord, line: CaseLine): string {
  const findings = record.findings.filter((finding) => finding.case === line.id);
  const exchanges = record.exchanges.filter((exchange) => exchange.case === line.id);
  const steps = line.steps.map((step, at) => {
    const here = findings.filter((finding) => finding.step === at);
    const marked = here.length > 0 ? ' class="at"' : "";
    const said = here.map(findingItem).join("");
    const heard = exchanges.filter((exchange) => exchange.step === at && here.length > 0);
    return `<li${marked}>${escaped(step)}${said}${heard.map(exchangeItem).join("")}</li>`;
  });
  const because = line.because === undefined ? "" : `<p>${escaped(line.because)}</p>`;
  return `<article><h3><span class="${line.verdict}">${line.verdict}</span> ${escaped(line.title)}</h3>
<p><code>${escaped(line.id)}</code></p>${because}<ol>${steps.join("")}</ol></article>`;
}

function findingItem({ kind, expected, seen, requirements }: FindingLine): string {
  return `<dl><dt>${kind}: expected</dt><dd>${escaped(expected)}</dd><dt>seen</dt><dd>${escaped(seen)}</dd>
<dt>rules</dt><dd>${requirements.map((id) => `<a href="#${escaped(id)}">${escaped(id)}</a>`).join(", ")}</dd></dl>`;
}

function exchangeItem({ with: peer, actor, request, reply }: ExchangeLine): string {
  const who = actor === undefined ? `the subject to ${peer}` : `${actor} to the ${peer}`;
  const line = `${request.method} ${request.target}`;
  const answer = "failure" in reply ? reply.failure : `${reply.status}\n${messageText(reply)}`;
  return `<details><summary>${escaped(who)}: ${escaped(line)}</summary>
<pre>${escaped(`${line}\n${messageText(request)}`)}</pre><pre>${escaped(answer)}</pre></details>`;
}

function messageText({ headers, body }: RecordedMessage): string {
  return `${headers.map(([name, value]) => `${name}: ${value}`).join("\n")}\n\n${body}`;
}

function requirementSection(record: RunRecord, id: string, quote: string, source: string): string {
  const lines = record.cases.filter(({ cites }) => cites.includes(id));
  const items = lines.map((line) => {
    const steps = line.steps.map((step) => `<li>${escaped(step)}</li>`).join("");
    const because = line.because === undefined ? "" : `<p>${escaped(line.because)}</p>`;
    return `<details><summary><span class="${line.verdict}">${line.verdict}</span> ${escaped(line.title)}</summary>
<p><code>${escaped(line.id)}</code></p>${because}<ol>${steps}</ol></details>`;
  });
  return `<section id="${escaped(id)}"><h3><code>${escaped(id)}</code></h3>
<blockquote>${escaped(quote)} <cite>${escaped(source)}</cite></blockquote>${items.join("")}</section>`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
