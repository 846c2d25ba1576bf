import path from "node:path";
import ts from "typescript";
import { isTest, RECORDER, walk } from "./tidy-syntax.ts";
import type { Rule } from "./tidy-syntax.ts";
import type { Manifest } from "./tidy.ts";

/** Beside itself, what each room may import, and of which rooms the types alone. */
const ROOMS: ReadonlyMap<string, { values: readonly string[]; types: readonly string[] }> = new Map(
  Object.entries({
    suites: { values: ["fixtures"], types: ["wire"] },
    fixtures: { values: ["wire"], types: [] },
    mocks: { values: ["fixtures", "wire"], types: [] },
    reference: { values: ["wire"], types: [] },
    harness: { values: ["suites", "fixtures", "mocks", "clients", "wire", "reports"], types: [] },
    reports: { values: ["wire"], types: [] },
    clients: { values: ["wire"], types: [] },
    wire: { values: [], types: [] },
  }),
);

/** `start` names a file by its URL, to run or read it. */
type How = "value" | "type" | "start";

/** What single files may, beyond their room. */
const EXCEPTIONS: readonly { from: RegExp; to: RegExp; how: readonly How[] }[] = [
  { from: /^suites\/faults\//, to: /^reference\/core\/parts\.ts$/, how: ["type"] },
  {
    from: /^harness\/targets\/reference[-.\w]*\.ts$/,
    to: /^reference\//,
    how: ["value", "type", "start"],
  },
  { from: /^harness\/targets\/spawned\.ts$/, to: /^reference\/main\./, how: ["start"] },
];

/** Holds every import of a room against the table, and every library against package.json. */
export function importRule(manifest: Manifest): Rule {
  return (source, report) => {
    const from = source.fileName;
    // What stands outside of the rooms holds the house together.
    if (!ROOMS.has(roomOf(from))) return;
    for (const { node, specifier, how } of importsOf(source)) {
      const says = objection(from, specifier, how, manifest);
      if (says !== null) report(node, says);
    }
  };
}

function roomOf(file: string): string {
  return file.split("/")[0] ?? "";
}

interface Import {
  readonly node: ts.Node;
  /** Null where it is computed. */
  readonly specifier: string | null;
  readonly how: How;
}

function importsOf(source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  walk(source, (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const specifier = node.moduleSpecifier;
      if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
      found.push({ node, specifier: specifier.text, how: namesTypesOnly(node) ? "type" : "value" });
    } else if (ts.isImportTypeNode(node)) {
      found.push({ node, specifier: node.argument.getText().slice(1, -1), how: "type" });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      const isPlain = argument !== undefined && ts.isStringLiteralLike(argument);
      found.push({ node, specifier: isPlain ? argument.text : null, how: "value" });
    } else if (ts.isNewExpression(node) && node.arguments?.[1]?.getText() === "import.meta.url") {
      // Without its quotes; what a template fills in does not choose the room.
      const target = (node.arguments[0]?.getText() ?? "").slice(1, -1);
      if (target.startsWith(".")) found.push({ node, specifier: target, how: "start" });
    }
  });
  return found;
}

function namesTypesOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const { importClause } = node;
  if (importClause === undefined) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = importClause;
  if (name !== undefined || namedBindings === undefined) return false;
  return ts.isNamedImports(namedBindings) && namedBindings.elements.every((one) => one.isTypeOnly);
}

function objection(
  from: string,
  specifier: string | null,
  how: How,
  manifest: Manifest,
): string | null {
  if (specifier === null) return "an import that only running it can tell";
  if (specifier.startsWith("node:")) return nodeObjection(from, specifier);
  if (!specifier.startsWith(".")) return libraryObjection(from, specifier, how, manifest);
  return roomObjection(from, path.posix.join(path.posix.dirname(from), specifier), how);
}

function roomObjection(from: string, to: string, how: How): string | null {
  const room = roomOf(from);
  const entered = roomOf(to);
  const isExcepted = EXCEPTIONS.some(
    (one) => one.from.test(from) && one.to.test(to) && one.how.includes(how),
  );
  // package.json says the version.
  if (isExcepted || to === "package.json") return null;
  if (room === entered) {
    // The core is a room within the reference: it takes types from the rest of it, and no more.
    const leavesCore = isCore(from) && !isCore(to) && !isTest(from);
    return leavesCore && how !== "type" ? `the core may not import ${to}` : null;
  }
  const { values = [], types = [] } = ROOMS.get(room) ?? {};
  if (values.includes(entered) || (types.includes(entered) && how === "type")) return null;
  return types.includes(entered)
    ? `${room} may import the types alone of ${to}`
    : `${room} may not import ${to}`;
}

function isCore(file: string): boolean {
  return file.startsWith("reference/core/");
}

const STARTS_OR_CONNECTS =
  /^node:(child_process|cluster|worker_threads|http|http2|https|net|tls|dgram|dns)\b/;

function nodeObjection(from: string, specifier: string): string | null {
  if (isTest(from) || from === RECORDER) return null;
  if (roomOf(from) === "suites" || isCore(from)) return `${specifier} in what is pure`;
  const isGiven = roomOf(from) === "fixtures";
  return isGiven && STARTS_OR_CONNECTS.test(specifier) ? `${specifier} in a fixture` : null;
}

/** The resolver's libraries are bundled into what is published, so that nobody installs them. */
const BUNDLED = "reference/resolver/";

/** What whoever wants one file installs, since nothing else needs it. */
const OPTIONAL_PEERS: ReadonlyMap<string, string> = new Map([["mocks/msw.ts", "msw"]]);

function libraryObjection(
  from: string,
  specifier: string,
  how: How,
  { dependencies, devDependencies }: Manifest,
): string | null {
  const parts = specifier.split("/");
  const library = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const isListed = dependencies.has(library) || devDependencies.has(library);
  if (!isListed) return `${library} is not in package.json`;
  if (isTest(from) || how === "type") return null;
  if (roomOf(from) === "suites" && library !== "fast-check") return `${library} in what is pure`;
  const isInstalled =
    dependencies.has(library) || from.startsWith(BUNDLED) || OPTIONAL_PEERS.get(from) === library;
  return isInstalled ? null : `${library} is a dependency of development alone`;
}
