const BUCKET_US = 3_600_000_000;

/**
 * The identities of the rows that the lake has in the window being read, kept by the hour of their `ts` so that hours
 * behind the window can be forgotten: memory follows the window, not the pull.
 */
export interface KnownIdentities {
  readonly size: number;
  /** `tsUs` is the row's time in microseconds since 1970, undefined where the event's time could not be read. */
  readonly has: (identity: string, tsUs: number | undefined) => boolean;
  readonly add: (identity: string, tsUs: number) => void;
  /** Forgets whole hours that end at or before `tsUs`. */
  readonly forgetBefore: (tsUs: number) => void;
  /** What lies before this time may have been forgotten, microseconds since 1970; -Infinity while nothing was. */
  readonly forgottenToUs: number;
}

/** Knows nothing at first. */
export function createKnownIdentities(): KnownIdentities {
  const buckets = new Map<number, Set<string>>();
  let forgottenToUs = -Infinity;
  return {
    get size() {
      let size = 0;
      for (const bucket of buckets.values()) size += bucket.size;
      return size;
    },
    has: (identity, tsUs) => {
      if (tsUs !== undefined) return buckets.get(Math.floor(tsUs / BUCKET_US))?.has(identity) ?? false;
      // Its row has the time of some earlier fetch as `ts`, so it may stand in any hour.
      for (const bucket of buckets.values()) if (bucket.has(identity)) return true;
      return false;
    },
    add: (identity, tsUs) => {
      const key = Math.floor(tsUs / BUCKET_US);
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, new Set([identity]));
      else bucket.add(identity);
    },
    get forgottenToUs() {
      return forgottenToUs;
    },
    forgetBefore: (tsUs) => {
      forgottenToUs = Math.max(forgottenToUs, Math.floor(tsUs / BUCKET_US) * BUCKET_US);
      for (const key of buckets.keys()) if ((key + 1) * BUCKET_US <= tsUs) buckets.delete(key);
    },
  };
}
