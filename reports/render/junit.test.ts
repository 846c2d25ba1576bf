import { expect, test } from "vitest";
import { outcomeOf } from "../outcome.ts";
import type { Verdict } from "../record.ts";
import { SAMPLE_RECORD, sampleCase, sampleFinding, sampleRun } from "../sample-record.ts";
import { renderJunit } from "./junit.ts";

const HOSTILE = "\u0000\u001b]]>&<![CDATA[ \"'\ud800\uffff\n\t</failure> &amp; é";

test("a suite an area, and each verdict in the way that JUnit has for it", () => {
  const xml = renderJunit(outcomeOf(SAMPLE_RECORD));
  expect(xml).toContain('tests="5" failures="1" errors="1" skipped="2"\n  time="2.345"');
  expect(xml).toContain('<testsuite name="npm/gate" tests="3" failures="0" errors="1" skipped="2"');
  expect(xml).toContain('<testcase classname="resolve.wire" name="ping: One holds" time="0.012"/>');
  expect(xml).toContain('<failure type="expectation" message="failed: served">');
  expect(xml).toContain("step 2: expected refused; seen served (resolve.gate.alias)");
});

test.each<[Verdict, string | null]>([
  ["passed", null],
  ["failed", "failure"],
  ["unexpected", "failure"],
  ["broken", "error"],
  ["blocked", "error"],
  ["known", "skipped"],
  ["advised", "skipped"],
  ["not-applicable", "skipped"],
])("%s is said by %s", (verdict, element) => {
  const xml = renderJunit(outcomeOf([sampleRun(), sampleCase({ verdict })]));
  expect(elements(xml)[3] ?? null).toBe(element);
});

test("whatever a subject says, the file is well-formed", () => {
  const xml = renderJunit(
    outcomeOf([
      sampleRun(),
      sampleFinding({ case: "a/b/c", expected: HOSTILE, seen: HOSTILE }),
      sampleCase({ id: "a/b/c", title: HOSTILE, steps: [HOSTILE], verdict: "failed" }),
      sampleCase({ id: "a/b/d", verdict: "known", because: HOSTILE }),
    ]),
  );
  expect(elements(xml)).toEqual([
    ...["testsuites", "testsuite", "testcase", "failure", "testcase", "skipped"],
  ]);
});

/** The elements of a well-formed document, in order. Throws where it is not well-formed. */
function elements(xml: string): string[] {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml) || !xml.isWellFormed()) {
    throw new Error("a character that XML does not allow");
  }
  const found: string[] = [];
  const open: string[] = [];
  const attributes = /(?:\s+[\w-]+="[^"<>]*")*/.source;
  const token = new RegExp(`<(/?)([\\w-]+)(${attributes})(/?)>|([^<>]+)`, "gy");
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  for (let end = 0; end < body.length; end = token.lastIndex) {
    const [whole, closing, name = "", , empty] = token.exec(body) ?? [];
    if (whole === undefined) throw new Error(`not XML: ${body.slice(end, end + 40)}`);
    if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(whole)) throw new Error(`a bare &: ${whole}`);
    if (closing === "/" && open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    if (name !== "" && closing === "") found.push(name);
    if (name !== "" && closing === "" && empty === "") open.push(name);
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(", ")}`);
  return found;
}
