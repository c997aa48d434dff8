import type { Clock } from "../core/clock.ts";
import type { Column } from "../core/columns.ts";
import type { Exclusively } from "../core/create-gate.ts";
import type { DuoClient } from "../duo/client.ts";
import type { LogTable, Stream } from "../duo/tables/table.ts";
import type { Lake } from "../lake/lake.ts";
import type { Account } from "./account.ts";
import type { DeadLetters } from "./dead-letters.ts";
import type { PullObserver } from "./pull-observer.ts";
import type { ReadTexts } from "./read-texts.ts";

/** One table of one account, and everything needed to keep it. */
export interface TableContext {
  readonly source: string;
  readonly account: Account | undefined;
  readonly table: LogTable;
  /** The streams that may feed it, in order of preference; at least one. */
  readonly streams: readonly Stream[];
  /** The name in the lake: `duo_auth`. */
  readonly resolvedName: string;
  readonly columns: readonly Column[];
  readonly client: DuoClient;
  readonly lake: Lake;
  readonly readTexts: ReadTexts;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly lookBackMs: number;
  /** A commit is made at the latest when this many rows are waiting. */
  readonly batchRowCountMax: number;
  readonly newId: () => string;
  /** How far back the first pull reads, ms. */
  readonly firstWindowMs: number;
  /** Held by whoever moves the cursor of the live lane, so that a re-read never makes a pull of this process start again. */
  readonly exclusively: Exclusively;
  readonly observer?: PullObserver | undefined;
}
