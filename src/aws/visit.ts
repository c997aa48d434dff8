import type { SourceApp } from "../source-app.ts";
import type { SourceStatus } from "../status/source-status.ts";
import type { PullFailure } from "./pull-verdict.ts";
import type { SourcePull } from "./pull-source.ts";

/** A log source whose live pulls are done. */
export interface Visit {
  readonly source: SourceApp;
  /** What the visit before left. */
  readonly before: SourceStatus;
  readonly beganAtMs: number;
  readonly pulled: SourcePull;
}

/** What a whole visit came to. */
export interface VisitOutcome {
  readonly secret: SourcePull["secret"];
  /** Duo answered the live pull of a table at least, and what it said is committed. */
  readonly isAnswered: boolean;
  readonly failures: readonly PullFailure[];
  readonly appended: number;
  /** Duo answered 429 behind the pulls; in a pull that is a failure of its table. */
  readonly isRateLimited: boolean;
}
