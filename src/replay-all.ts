import type { App } from "./app.ts";
import { DuolakeError, errorText } from "./core/errors.ts";
import type { TableResult } from "./pipeline/pull-result.ts";
import { replayLetters } from "./pipeline/replay-letters.ts";
import { type ReplayOptions, replayRows } from "./pipeline/replay-rows.ts";
import type { TablePuller } from "./pipeline/table-puller.ts";
import type { PullSelection } from "./pull-all.ts";
import type { AccountApp, SourceApp } from "./source-app.ts";

/** What mapping the stored events and the dead letters of one table again came to, over all its accounts. */
export interface ReplayedTable extends Pick<TableResult, "source" | "table" | "error"> {
  /** Rows that were mapped again, and how many of them are other than before. */
  readonly rowCount: number;
  readonly changedCount: number;
  /** Rows left as they are, because an event beside them in their file cannot be mapped now. */
  readonly keptCount: number;
  readonly letterCount: number;
  /** Letters whose event is a row now. */
  readonly replayedCount: number;
  /** Why events could not be mapped, and how many. */
  readonly reasons: ReadonlyMap<string, number>;
}

export interface ReplayAllOptions
  extends PullSelection, Pick<ReplayOptions, "sinceMs" | "isDryRun" | "signal"> {
  readonly deadLettersOnly?: boolean | undefined;
  /** Called with each group of rows or letters that was mapped. */
  readonly onRows?:
    | ((table: { readonly source: string; readonly table: string }, rowCount: number) => void)
    | undefined;
}

/**
 * Maps the stored events and the dead letters of every chosen table again; Duo is not asked, but for the names of child accounts.
 * One table after the other, for the work is the processor's. A failing table does not stop the others (P4).
 *
 * @returns a result per table, in the order of the configuration
 */
export async function replayAll(app: App, options: ReplayAllOptions): Promise<ReplayedTable[]> {
  const results: ReplayedTable[] = [];
  for (const source of options.sources) {
    const tables = source.config.tables.filter(({ name }) => options.wants({ table: name }));
    const accounts = await openAccounts(source, options.signal);
    for (const { name } of tables) {
      const tally = newTally();
      const error =
        "code" in accounts ? accounts : await replayTable(app, { source, name, accounts, tally }, options);
      results.push({ source: source.name, table: name, ...tally, error });
    }
  }
  return results;
}

type Failure = NonNullable<TableResult["error"]>;
type Tally = {
  -readonly [Key in Exclude<keyof ReplayedTable, "source" | "table" | "error">]: ReplayedTable[Key];
} & {
  readonly reasons: Map<string, number>;
};

function newTally(): Tally {
  return { rowCount: 0, changedCount: 0, keptCount: 0, letterCount: 0, replayedCount: 0, reasons: new Map() };
}

async function openAccounts(
  source: SourceApp,
  signal: AbortSignal | undefined,
): Promise<readonly AccountApp[] | Failure> {
  try {
    return await source.accounts(signal);
  } catch (error) {
    return failureOf(error);
  }
}

/** @returns the failure; what was done before it is in the tally */
async function replayTable(
  app: App,
  work: {
    readonly source: SourceApp;
    readonly name: string;
    readonly accounts: readonly AccountApp[];
    readonly tally: Tally;
  },
  options: ReplayAllOptions,
): Promise<Failure | undefined> {
  const { source, name, accounts, tally } = work;
  const pullers = accounts.flatMap((account) => account.pullers.filter(({ table }) => table === name));
  const { sinceMs, isDryRun, signal } = options;
  const onRows = (rowCount: number): void => options.onRows?.({ source: source.name, table: name }, rowCount);
  const replay: ReplayOptions = { sinceMs, isDryRun, signal, onRows };
  try {
    // The rows of all accounts stand in one table: any account's puller maps them all.
    const [first] = pullers;
    if (first !== undefined && options.deadLettersOnly !== true)
      addRows(tally, await replayRows(first.context, replay));
    for (const puller of pullers) await replayLettersOf(app, { source, puller, tally }, replay);
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

function addRows(tally: Tally, rows: Awaited<ReturnType<typeof replayRows>>): void {
  tally.rowCount += rows.rowCount;
  tally.changedCount += rows.changedCount;
  tally.keptCount += rows.keptCount;
  addReasons(tally, rows.reasons);
}

async function replayLettersOf(
  { lake }: App,
  {
    source,
    puller,
    tally,
  }: { readonly source: SourceApp; readonly puller: TablePuller; readonly tally: Tally },
  replay: ReplayOptions,
): Promise<void> {
  const letters = await lake.load(`${source.name}_dead_letter`);
  const { letterCount, replayedCount, reasons } = await replayLetters(puller.context, letters, replay);
  tally.letterCount += letterCount;
  tally.replayedCount += replayedCount;
  addReasons(tally, reasons);
}

function addReasons({ reasons }: Tally, added: ReadonlyMap<string, number>): void {
  for (const [reason, count] of added) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
}

function failureOf(error: unknown): Failure {
  return { code: error instanceof DuolakeError ? error.code : "internal", message: errorText(error) };
}
