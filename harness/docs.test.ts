import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { worlds } from "../fixtures/worlds.ts";
import { cases } from "../suites/index.ts";
import { selectCases } from "./select.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const PAGES = ["README.md", "CONTRIBUTING.md", ...docs()].map((name) => ({
  name,
  text: readFileSync(path.join(ROOT, name), "utf8"),
}));

function docs(): string[] {
  const names = readdirSync(path.join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  return names.map((name) => path.join("docs", name));
}

test.each(PAGES)("$name names files and folders that are there", ({ name, text }) => {
  const links = [...text.matchAll(/\]\((?!#|[a-z]+:)([^)#]+)[^)]*\)/g)].map(([, to = ""]) =>
    path.join(path.dirname(name), to),
  );
  const rooms = "suites|fixtures|mocks|reference|harness|reports|clients|wire|docs";
  const named = [...text.matchAll(new RegExp(`\`((?:${rooms})/[\\w./-]*)\``, "g"))].map(
    ([, to = ""]) => to,
  );
  expect([...links, ...named].filter((to) => !existsSync(path.join(ROOT, to)))).toEqual([]);
});

test.each(PAGES)("$name names cases and worlds that there are", ({ text }) => {
  const ids = [...text.matchAll(/(?<![\w/.])(?:resolve|npm)\/[a-z-]+\/(?:\*|[a-z-]+)(?![\w/.])/g)];
  for (const [id] of ids) expect(selectCases(cases, { globs: [id] })).not.toEqual([]);
  for (const [, name = ""] of text.matchAll(/--world ([a-z-]+)/g)) {
    expect(Object.keys(worlds)).toContain(name);
  }
});
