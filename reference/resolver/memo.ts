/**
 * What was made once, by a key that names its content; the least recently used goes when it grows too
 * large.
 */
export interface Memo<T> {
  get(key: string): T | undefined;
  put(key: string, value: T, sizeBytes: number): void;
}

export function createMemo<T>(limitBytes: number): Memo<T> {
  // A map keeps the order of insertion: the first key is the one used longest ago.
  const entries = new Map<string, { readonly value: T; readonly sizeBytes: number }>();
  let totalBytes = 0;

  const remove = (key: string): void => {
    totalBytes -= entries.get(key)?.sizeBytes ?? 0;
    entries.delete(key);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    put(key, value, sizeBytes) {
      remove(key);
      if (sizeBytes > limitBytes) return;
      entries.set(key, { value, sizeBytes });
      totalBytes += sizeBytes;
      for (const oldest of entries.keys()) {
        if (totalBytes <= limitBytes) return;
        remove(oldest);
      }
    },
  };
}
