/**
 * Whether a text holds a URL with credentials: anything before an `@` in the authority of an http(s) URL, or
 * a password in that of any other scheme. As URL parsers have it, backslashes count as slashes, slashes may
 * be missing, and tabs and line breaks are not there. One pass: a text may be as large as a body.
 */
export function textHasCredentials(written: string): boolean {
  if (!written.includes("@") || !written.includes(":")) return false;
  const text = written.replace(/[\t\n\r]/g, "");
  let piece = START;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "@") {
      if (piece.web || (piece.scheme && piece.colon)) return true;
    } else if (character === ":") {
      piece = { ...piece, web: piece.web || isWebScheme(text, at), colon: true };
    } else if (SLASHES.has(character)) {
      const count = slashesFrom(text, at);
      piece = afterSlashes(text, at, count);
      at += count - 1;
    } else if (ENDS.has(character)) piece = START;
  }
  return false;
}

/** What is known of the text since the last character that an authority cannot hold. */
interface Piece {
  /** An http(s) scheme stands before it, or in it. */
  readonly web: boolean;
  /** `scheme://` stands right before it. */
  readonly scheme: boolean;
  readonly colon: boolean;
}

const START: Piece = { web: false, scheme: false, colon: false };
const SLASHES: ReadonlySet<string> = new Set(["/", "\\"]);
const ENDS: ReadonlySet<string> = new Set(["?", "#", '"', "'", "<", ">", " "]);

/** The piece that begins behind a run of slashes. */
function afterSlashes(text: string, at: number, count: number): Piece {
  const colon = text[at - 1] === ":";
  const plain = count === 2 && text.startsWith("//", at);
  return {
    web: colon && isWebScheme(text, at - 1),
    // A text that begins with two slashes is a URL whose scheme is left out.
    scheme: plain && (at === 0 || (colon && /[a-z0-9+.-]/i.test(text[at - 2] ?? ""))),
    colon: false,
  };
}

function slashesFrom(text: string, at: number): number {
  let end = at;
  while (SLASHES.has(text[end] ?? "")) end += 1;
  return end - at;
}

/** Whether the colon at `at` ends `http` or `https`. */
function isWebScheme(text: string, at: number): boolean {
  return /https?$/i.test(text.slice(Math.max(0, at - 5), at));
}
