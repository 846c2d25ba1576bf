/** Takes what nobody may keep out of a line of text, before it is written anywhere. */
export interface Redactor {
  /** From now on this string is left out. */
  hide(secret: string): void;
  clean(text: string): string;
}

const SHORTEST_SECRET = 8;

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    hide: (secret) => {
      if (secret.length >= SHORTEST_SECRET) secrets.add(secret);
    },
    clean: (text) => {
      let cleaned = text
        .replace(/(\b(?:Bearer|Basic)\s+)[\w.~+/=-]+/gi, "$1[redacted]")
        .replace(/(https?:\/\/)[^/\s"'@]*:[^/\s"'@]*@/gi, "$1[redacted]@");
      for (const secret of secrets) cleaned = cleaned.replaceAll(secret, "[redacted]");
      return cleaned;
    },
  };
}
