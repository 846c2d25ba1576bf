/** Markup that is ready to stand in a page; only the tag below makes it, so text is always escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | null | readonly Part[];

/**
 * A tag for HTML and XML: what is filled in is escaped, unless it is markup itself. Null is nothing, a list
 * is its parts one after the other.
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = strings.map((fixed, index) => fixed + rendered(parts[index] ?? null)).join("");
  return new Markup(text);
}

/** Text as it may stand in XML 1.0 and HTML, in content and in quoted attributes alike. */
export function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(UNWRITABLE, (character) => visible(character))
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function rendered(part: Part): string {
  if (part === null) return "";
  if (part instanceof Markup) return part.text;
  return typeof part === "object" ? part.map(rendered).join("") : escapeText(String(part));
}

// XML has no way to say these characters, escaped or not.
// eslint-disable-next-line no-control-regex
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters as Unicode draws them; what it does not draw, as a code point. */
function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return `\\u${code.toString(16).padStart(4, "0")}`;
}
