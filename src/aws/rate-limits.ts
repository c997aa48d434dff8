/** Which log sources Duo answered 429 to, while they are watched. */
export interface RateLimits {
  /** Duo answered 429 to a request of this log source. */
  readonly hit: (source: string) => void;
  /** Watches a log source until disposed; the signal is aborted with the first 429. */
  readonly watch: (source: string) => Disposable & { readonly signal: AbortSignal };
}

/**
 * Makes the watch. Behind the pulls a request waits through a hold as long as it takes; in a function that is paid for by the second
 * the next tick goes on instead.
 */
export function createRateLimits(): RateLimits {
  const watched = new Map<string, AbortController>();
  return {
    hit: (source) => watched.get(source)?.abort(),
    watch: (source) => {
      const controller = new AbortController();
      watched.set(source, controller);
      return {
        signal: controller.signal,
        [Symbol.dispose]: () => {
          watched.delete(source);
        },
      };
    },
  };
}
