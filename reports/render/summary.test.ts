import { expect, test } from "vitest";
import { outcomeOf } from "../outcome.ts";
import { SAMPLE_RECORD, sampleCase, sampleFinding, sampleRun } from "../sample-record.ts";
import { renderSummary } from "./summary.ts";

const summary = renderSummary(outcomeOf(SAMPLE_RECORD));

test("it begins with what the run came to, and counts every verdict that occurs", () => {
  expect(summary).toContain("## leakproof verify: reference");
  expect(summary).toContain("**Violated: something that must hold does not**");
  expect(summary).toContain("| failed | blocked | known | passed | not-applicable |");
  expect(summary).toContain("| 1 | 1 | 1 | 1 | 1 |");
});

test("a finding stands under its step, with the rule that it breaks", () => {
  expect(summary).toContain(
    [
      "### failed: `resolve/gate/revoked`",
      "",
      "A caller who &#60;lost&#62; access &#38; more",
      "",
      "1. alice resolves web: is served",
      "2. **bob resolves web: is refused**",
      "   - expected (expectation): refused (`resolve.gate.alias`)",
      "   - seen: served",
    ].join("\n"),
  );
});

test("verdicts by requirement are folded away", () => {
  expect(summary).toContain("| `resolve.gate.alias` | failed | 4 |");
});

test("what a subject said is neither markup nor a link", () => {
  const seen = "<b>x</b> | [a](b) ![i](u) @somebody `code`\n\n# head";
  const told = renderSummary(
    outcomeOf([
      sampleRun(),
      sampleFinding({ seen }),
      sampleCase({ id: "resolve/gate/revoked", verdict: "failed" }),
    ]),
  );
  expect(told).toContain(
    "seen: &#60;b&#62;x&#60;/b&#62; \\| \\[a\\](b) \\!\\[i\\](u) @somebody \\`code\\` \\# head",
  );
});

test("a long list ends, and a killed run says so", () => {
  const many = Array.from({ length: 60 }, (_, at) =>
    sampleCase({ id: `a/b/c${at}`, verdict: "failed" }),
  );
  const told = renderSummary(outcomeOf([sampleRun(), ...many]));
  expect(told).toContain("and 10 more: the report has them all");
  expect(told).toContain("the run was killed before its end");
});
