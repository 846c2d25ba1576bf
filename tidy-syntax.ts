import ts from "typescript";

/** Judges one parsed file; its name is the path from the root. */
export type Rule = (source: ts.SourceFile, report: Report) => void;

/** Says what is wrong, and where. */
export type Report = (node: ts.Node, says: string) => void;

/** Visits a node and all that stands under it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}

/** Tests, and the contracts that several of them put one thing after another to. */
export function isTest(path: string): boolean {
  return path.endsWith(".test.ts") || path.endsWith("/contract.ts");
}

const MAX_FUNCTION_LINES = 70;

export function shortFunctions(source: ts.SourceFile, report: Report): void {
  walk(source, (node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return;
    if (isTest(source.fileName) && isSuite(node)) return;
    const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
    const count = source.getLineAndCharacterOfPosition(node.end).line - first + 1;
    const says = `a function of ${count} lines, of ${MAX_FUNCTION_LINES} at most`;
    if (count > MAX_FUNCTION_LINES) report(node, says);
  });
}

/** `describe` only holds tests together. */
function isSuite({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && /^describe\b/.test(parent.expression.getText());
}

export function strictTypes(source: ts.SourceFile, report: Report): void {
  walk(source, (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) report(node, "`any`");
    if (ts.isEnumDeclaration(node)) report(node, "`enum`");
    const isNamespace = ts.isModuleDeclaration(node) && ts.isIdentifier(node.name);
    if (isNamespace && node.name.text !== "global") report(node, "`namespace`");
    const isAsserted = "exclamationToken" in node && node.exclamationToken !== undefined;
    if (ts.isNonNullExpression(node) || isAsserted) report(node, "a non-null `!`");
  });
}

/** Tools want their settings as a default export; nobody else has one. */
const DEFAULT_EXPORTERS = /^([\w.]+\.config\.[jt]s|vitest\.tally\.ts)$/;

/** Every export has a name and one home; `entries` are the files that may pass on what others export. */
export function exportRule(entries: ReadonlySet<string>): Rule {
  return (source, report) => {
    const imported = importedNames(source);
    const mayPassOn = entries.has(source.fileName);
    walk(source, (node) => {
      if (isDefaultExport(node) && !DEFAULT_EXPORTERS.test(source.fileName)) {
        report(node, "a default export");
      }
      if (!ts.isExportDeclaration(node) || mayPassOn) return;
      const { exportClause, moduleSpecifier } = node;
      const names =
        exportClause !== undefined && ts.isNamedExports(exportClause) ? exportClause.elements : [];
      const passesOn =
        moduleSpecifier !== undefined ||
        names.some(({ name, propertyName }) => imported.has((propertyName ?? name).text));
      if (passesOn) report(node, "passes on what another file exports");
    });
  };
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === "default";
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false;
}

function importedNames(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  walk(source, (node) => {
    if (!ts.isImportSpecifier(node) && !ts.isImportClause(node) && !ts.isNamespaceImport(node))
      return;
    if (node.name !== undefined) names.add(node.name.text);
  });
  return names;
}

/** Where the clock, chance, the environment and the network are reached for. */
const PORTS = /(^|\/)(ports|cli|main)\.ts$|^harness\/load\//;
/** Run by hand, to make the fixtures beside it. */
export const RECORDER = "fixtures/packages/record.ts";

const AMBIENT = new Set(["Date.now", "Math.random", "process.env", "globalThis.fetch"]);

export function ambient(source: ts.SourceFile, report: Report): void {
  const { fileName } = source;
  const isOurs = fileName.endsWith(".ts") && !isTest(fileName) && fileName !== RECORDER;
  if (!isOurs || PORTS.test(fileName)) return;
  walk(source, (node) => {
    const member = memberName(node);
    if (member !== null && AMBIENT.has(member)) report(node, `\`${member}\` outside of a port`);
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
    const callee = node.expression.getText();
    if (ts.isCallExpression(node) && callee === "fetch") report(node, "`fetch` outside of a port");
    const isNow = callee === "Date" && (ts.isCallExpression(node) || !node.arguments?.length);
    if (isNow) report(node, "the clock outside of a port");
  });
}

/** `owner.member`, however it is written: with a dot, in brackets, destructured or imported from node. */
function memberName(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node)) return `${node.expression.getText()}.${node.name.text}`;
  if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression)) {
    return `${node.expression.getText()}.${node.argumentExpression.text}`;
  }
  if (ts.isBindingElement(node) && ts.isVariableDeclaration(node.parent.parent)) {
    const owner = node.parent.parent.initializer?.getText() ?? "";
    return `${owner}.${(node.propertyName ?? node.name).getText()}`;
  }
  if (ts.isImportSpecifier(node)) {
    const { moduleSpecifier } = node.parent.parent.parent;
    const owner = moduleSpecifier
      .getText()
      .slice(1, -1)
      .replace(/^node:/, "");
    return `${owner}.${(node.propertyName ?? node.name).text}`;
  }
  return null;
}

const IMPURE = new Set([
  ...["process", "globalThis", "console", "fetch", "Promise"],
  ...["setTimeout", "setInterval", "setImmediate", "queueMicrotask"],
]);

/** The core decides at once, from what it is handed; reading a date that it was handed is no clock. */
export function pureCore(source: ts.SourceFile, report: Report): void {
  if (!source.fileName.startsWith("reference/core/") || isTest(source.fileName)) return;
  walk(source, (node) => {
    const { AsyncKeyword, AwaitKeyword } = ts.SyntaxKind;
    if (ts.isAwaitExpression(node) || node.kind === AsyncKeyword || node.kind === AwaitKeyword) {
      report(node, "the core does not wait");
    }
    if (!ts.isIdentifier(node) || !IMPURE.has(node.text)) return;
    const isMember = "name" in node.parent && node.parent.name === node;
    if (!isMember) report(node, `\`${node.text}\` in the core`);
  });
}
