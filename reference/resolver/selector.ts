/** A package as overrides and extensions name it: `name`, `name@range`, `@scope/name@range`. */
export interface Selector {
  readonly name: string;
  /** Undefined for a bare name, and empty for `name@`. */
  readonly range: string | undefined;
}

export function splitSelector(text: string): Selector {
  const at = text.indexOf("@", 1);
  if (at === -1) return { name: text, range: undefined };
  return { name: text.slice(0, at), range: text.slice(at + 1) };
}
