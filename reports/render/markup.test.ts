import { expect, test } from "vitest";
import { escapeText, markup } from "./markup.ts";

test("what is filled in is escaped, markup is not, lists and nothing are as they are", () => {
  const inner = markup`<b>${"<&>"}</b>`;
  const page = markup`<p title="${"\"'"}">${[inner, inner]}${null}${3}</p>`;
  expect(page.text).toBe('<p title="&quot;&#39;"><b>&lt;&amp;&gt;</b><b>&lt;&amp;&gt;</b>3</p>');
});

test("characters that XML cannot say are shown instead", () => {
  expect(escapeText("a\u0000\u001b[31mb\tc\n")).toBe("a\u2400\u241b[31mb\tc\n");
  expect(escapeText("\u0085\uffff")).toBe("\\u0085\\uffff");
  expect(escapeText("\ud800!")).toBe("\ufffd!");
});
