import { expect, test } from "vitest";
import { outcomeOf } from "../outcome.ts";
import { SAMPLE_RECORD, sampleCase, sampleFinding, sampleRun } from "../sample-record.ts";
import { renderHtml } from "./html.ts";

const page = renderHtml(outcomeOf(SAMPLE_RECORD));

test("the page needs nothing else, and may run nothing", () => {
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(page).not.toMatch(/<script|<link|<img|src=|@import|url\(/);
  expect(page).not.toMatch(/href="(?!#)/);
});

test("what a subject said is text and never markup", () => {
  expect(page).toContain("&lt;script&gt;1&lt;/script&gt;");
  expect(page).toContain("A caller who &lt;lost&gt; access &amp; more");
});

test("the failing step is marked, with what was expected, seen and said", () => {
  expect(page).toMatch(
    /<li class="wrong">bob resolves web: is refused\s*<dl class="finding"><dt>expected<\/dt><dd>refused/,
  );
  expect(page).toContain("<h4>bob to subject</h4>");
  expect(page).toContain("POST /-/pnpr/v0/resolve");
});

test("every link leads to something on the page", () => {
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((id) => !ids.has(id))).toEqual([]);
});

test("a run that was killed says so, and a finding outside every step is not lost", () => {
  const killed = renderHtml(
    outcomeOf([
      sampleRun(),
      sampleFinding({ case: "a/b/c", step: 99, seen: "in the log" }),
      sampleCase({ id: "a/b/c", verdict: "failed" }),
    ]),
  );
  expect(killed).toContain("the run was killed before its end");
  expect(killed).toContain("in the log");
});

test("a finding comes with the commands that lead to it, credentials left out", () => {
  const shown = page.slice(page.indexOf("Reproduce by hand"));
  expect(shown).toContain("# 1. alice resolves web: is served\n# 2. bob resolves web: is refused");
  expect(shown).toContain(
    "curl -sS -g --path-as-is -X POST &quot;$SUBJECT&quot;/-/pnpr/v0/resolve",
  );
});
