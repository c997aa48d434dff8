/** What is known of how many requests in a minute Duo answers at each endpoint of an account. */
export interface EndpointLimits {
  /** What was found out and still counts; undefined where nothing was, or where it is about to be found out anew. */
  readonly learned: (endpoint: string) => LearnedLimit | undefined;
  /** Goes by what an earlier program found out, as long as this one knows nothing of the endpoint itself. */
  readonly recall: (endpoint: string, limit: LearnedLimit) => void;
}

/** How many requests Duo answers in a minute, and when that was found out. */
export interface LearnedLimit {
  readonly requestsPerMinute: number;
  /** ms since 1970 */
  readonly atMs: number;
}
