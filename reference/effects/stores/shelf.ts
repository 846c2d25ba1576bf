/** Where something stands: nothing is ever found without its scope. */
export interface Place {
  readonly scope: string;
  readonly key: string;
}

/** What is stored and how large it is, without the bytes. */
export interface Shelf {
  /** Adds it, or says how large it is now; it counts as used. */
  put(place: Place, bytes: number): void;
  take(place: Place): void;
  /** What is there counts as used. */
  use(place: Place): void;
  /** What has to go so that the rest fits, in this order. */
  beyond(limitBytes: number): Place[];
  size(): { readonly entries: number; readonly bytes: number };
}

/**
 * Where there is too much, the scope that takes up most lets go of what it used longest ago: whoever fills
 * one scope pushes nothing out of another.
 */
export function createShelf(): Shelf {
  const scopes = new Map<string, Stock>();
  const take = ({ scope, key }: Place): void => {
    const stock = scopes.get(scope);
    if (stock === undefined) return;
    stock.bytes -= stock.sizes.get(key) ?? 0;
    stock.sizes.delete(key);
    if (stock.sizes.size === 0) scopes.delete(scope);
  };
  const put = (place: Place, bytes: number): void => {
    take(place);
    const stock = scopes.get(place.scope) ?? { sizes: new Map<string, number>(), bytes: 0 };
    scopes.set(place.scope, stock);
    stock.sizes.set(place.key, bytes);
    stock.bytes += bytes;
  };
  return {
    put,
    take,
    use: (place) => {
      const bytes = scopes.get(place.scope)?.sizes.get(place.key);
      if (bytes !== undefined) put(place, bytes);
    },
    beyond: (limitBytes) => beyond(scopes, limitBytes),
    size: () => ({
      entries: [...scopes.values()].reduce((sum, { sizes }) => sum + sizes.size, 0),
      bytes: totalOf(scopes),
    }),
  };
}

/** A map keeps the order of insertion: the first key is the one used longest ago. */
interface Stock {
  readonly sizes: Map<string, number>;
  bytes: number;
}

function beyond(scopes: ReadonlyMap<string, Stock>, limitBytes: number): Place[] {
  const out: Place[] = [];
  let excess = totalOf(scopes) - limitBytes;
  if (excess <= 0) return out;
  const left = [...scopes].map(([scope, { sizes, bytes }]) => ({
    ...{ scope, bytes, oldest: sizes.entries() },
  }));
  while (excess > 0) {
    const largest = left.toSorted((a, b) => b.bytes - a.bytes)[0];
    const [key, bytes] = largest?.oldest.next().value ?? [];
    if (largest === undefined || key === undefined || bytes === undefined) break;
    largest.bytes -= bytes;
    excess -= bytes;
    out.push({ scope: largest.scope, key });
  }
  return out;
}

function totalOf(scopes: ReadonlyMap<string, Stock>): number {
  return [...scopes.values()].reduce((sum, { bytes }) => sum + bytes, 0);
}
