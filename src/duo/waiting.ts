import type { Priority } from "./priority.ts";

/** A request that waits for its turn, and why. */
export interface Waiting {
  readonly endpoint: string;
  readonly priority: Priority;
  /**
   * - `hold`: Duo answered 429, and nothing is sent to the endpoint
   * - `behind`: requests of a higher priority go first
   * - `rate`: only the spacing that the learned rate asks for
   */
  readonly reason: "hold" | "rate" | "behind";
  /** When it goes out at the earliest, ms since 1970; a more urgent request that comes later still overtakes it. */
  readonly untilMs: number;
  /** How many times in a row Duo answered 429 at this endpoint; an answer starts anew. */
  readonly rejectedCount: number;
}
