/** The ids of one topic's cases, as words. */
export function ids(topic: string, words: string): string[] {
  return words
    .trim()
    .split(/\s+/)
    .map((word) => `${topic}/${word}`);
}
