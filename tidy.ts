import ts from "typescript";
import { importRule } from "./tidy-imports.ts";
import { ambient, exportRule, pureCore, shortFunctions, strictTypes } from "./tidy-syntax.ts";

/** A tracked file, its path relative to the root and with forward slashes. */
export interface TidyFile {
  readonly path: string;
  readonly text: string;
}

/** One place where the house is not as sections 1 and 9 of the design want it. */
export interface Breach {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly says: string;
}

/** What package.json says, as far as the rules look. */
export interface Manifest {
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
  /** All of them, optional ones and overrides too. */
  readonly listed: ReadonlySet<string>;
  /** The files that may pass on what others export: `suites/index.ts` and those named in `exports`. */
  readonly entries: ReadonlySet<string>;
}

const MAX_FILE_LINES = 400;
const MAX_LINE_LENGTH = 110;

/** Judges every file of the tree; an empty list is a tidy house. */
export function tidy(files: readonly TidyFile[]): Breach[] {
  const manifest = readManifest(files);
  return [
    ...files.flatMap(nameBreaches),
    ...files.flatMap(namingBreaches),
    ...files.filter(isSource).flatMap((file) => sourceBreaches(file, manifest)),
    ...dependencyBreaches(files, manifest),
  ];
}

function readManifest(files: readonly TidyFile[]): Manifest {
  const text = files.find((file) => file.path === "package.json")?.text ?? "{}";
  const { exports = {}, ...fields } = JSON.parse(text) as Record<string, Record<string, unknown>>;
  const names = (field: string): string[] => Object.keys(fields[field] ?? {});
  const entries = JSON.stringify(exports).match(/(?<="\.\/)[^"]+\.ts(?=")/g) ?? [];
  const production = [...names("dependencies"), ...names("optionalDependencies")];
  return {
    dependencies: new Set(production),
    devDependencies: new Set(names("devDependencies")),
    listed: new Set([...production, ...names("devDependencies"), ...names("overrides")]),
    entries: new Set(["suites/index.ts", ...entries]),
  };
}

/** Vendored code and recorded data keep their makers' style. */
const FOREIGN = /^(reference\/resolver\/shims|fixtures\/packages\/recorded)\//;

function isSource({ path }: TidyFile): boolean {
  return /\.(ts|js|mjs)$/.test(path) && !FOREIGN.test(path);
}

const SPELLED_LARGE = /^(README|CONTRIBUTING|SECURITY|CHANGELOG|LICENSE)(\.md)?$/;
const EMPTY_NAMES = new Set(["types", "util", "utils", "helper", "helpers", "common", "misc"]);

function nameBreaches({ path }: TidyFile): Breach[] {
  if (FOREIGN.test(path)) return [];
  return path.split("/").flatMap((part) => {
    const name = part.replace(/^\./, "");
    const says = EMPTY_NAMES.has(name.split(".")[0] ?? "")
      ? `"${name}" says nothing of what is in it`
      : /^[a-z0-9]+([-.][a-z0-9]+)*$/.test(name) || SPELLED_LARGE.test(name)
        ? null
        : `"${name}" is not one word or kebab-case`;
    return says === null ? [] : [{ path, line: 1, says }];
  });
}

/** Put together from pieces, so that this file names none of them. */
const HOSTS = [
  ["registry", "npmjs", "org"],
  ["registry", "yarnpkg", "com"],
  ["registry", "npmmirror", "com"],
  ["npm", "pkg", "github", "com"],
  ["deb", "debian", "org"],
  ["pypi", "org"],
].map((labels) => labels.join("."));
const HOMES = ["work", "root", "home", "farm", "Users"].join("|");
const MACHINE_PATH = new RegExp(`(?:^|[\\s"'\`(=:<]|file://)[/\\\\](?:${HOMES})[/\\\\]\\w`);

/** No file names a package registry's host or a folder of somebody's machine, foreign ones included. */
function namingBreaches({ path, text }: TidyFile): Breach[] {
  return text.split("\n").flatMap((content, at) => {
    const line = at + 1;
    const host = { path, line, says: "the host of a package registry" };
    const folder = { path, line, says: "a folder of somebody's machine" };
    return [
      ...(HOSTS.some((one) => content.includes(one)) ? [host] : []),
      ...(MACHINE_PATH.test(content) ? [folder] : []),
    ];
  });
}

function sourceBreaches({ path, text }: TidyFile, manifest: Manifest): Breach[] {
  const breaches: Breach[] = [];
  const lines = text.replace(/\n$/, "").split("\n");
  if (lines.length > MAX_FILE_LINES) {
    breaches.push({ path, line: 1, says: `${lines.length} lines, of ${MAX_FILE_LINES} at most` });
  }
  for (const [at, { length }] of lines.entries()) {
    const says = `${length} characters, of ${MAX_LINE_LENGTH} at most`;
    if (length > MAX_LINE_LENGTH) breaches.push({ path, line: at + 1, says });
  }
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const report = (node: ts.Node, says: string): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    breaches.push({ path, line: line + 1, says });
  };
  for (const rule of [
    importRule(manifest),
    exportRule(manifest.entries),
    shortFunctions,
    strictTypes,
    ambient,
    pureCore,
  ]) {
    rule(source, report);
  }
  return breaches;
}

const DEPENDENCY_PAGE = "docs/dependencies.md";

/** Every dependency has its entry (`- \`a\`, \`b\`: why`), and every entry its dependency. */
function dependencyBreaches(files: readonly TidyFile[], { listed }: Manifest): Breach[] {
  const path = DEPENDENCY_PAGE;
  const text = files.find((file) => file.path === path)?.text ?? "";
  const told = new Map(
    [...text.matchAll(/^- (`[^`]+`(?:,\s+`[^`]+`)*):/gm)].flatMap(({ 1: names = "", index }) => {
      const line = text.slice(0, index).split("\n").length;
      return [...names.matchAll(/`([^`]+)`/g)].map(({ 1: name = "" }) => [name, line] as const);
    }),
  );
  const untold = [...listed].filter((name) => !told.has(name));
  const stale = [...told].filter(([name]) => !listed.has(name));
  return [
    ...untold.map((name) => ({ path, line: 1, says: `no entry on ${name}` })),
    ...stale.map(([name, line]) => ({ path, line, says: `${name} is not in package.json` })),
  ];
}
