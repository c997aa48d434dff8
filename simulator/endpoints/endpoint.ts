import type { Account } from "../dataset/account.ts";
import type { LogRow } from "../dataset/timeline.ts";
import type { Settings } from "../options.ts";
import type { Page, PageContext } from "../page.ts";
import type { Reply } from "../reply.ts";
import type { DuoRequest } from "../request.ts";

/** What an endpoint answers from. */
export interface Call {
  readonly request: DuoRequest;
  readonly account: Account;
  readonly accounts: readonly Account[];
  readonly settings: Settings;
  readonly nowMs: number;
  /** Passes a page through the faults that wait for one. */
  readonly spoil: (page: Page, context: PageContext) => Page;
  /** Told of the rows of an answer where the ledger has to know them. */
  readonly noteServed: (rows: readonly LogRow[]) => void;
}

/** Answers a request that passed every check but that of its parameters; throws `Refusal` for those. */
export type Endpoint = (call: Call) => Reply;

/** The first instant whose rows are still readable. */
export function retainedFromMs({ settings, nowMs }: Pick<Call, "settings" | "nowMs">): number {
  return nowMs - settings.retentionDays * 86_400_000;
}
