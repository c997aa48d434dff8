import { randomUUID } from "node:crypto";
import type { App } from "./app.ts";
import { createMutex, type Exclusively } from "./core/create-gate.ts";
import { DuolakeError, errorText } from "./core/errors.ts";
import { mapBounded } from "./core/map-bounded.ts";
import { appendFenced } from "./pipeline/append-fenced.ts";
import { COMPLETENESS_COLUMNS, completenessRow } from "./pipeline/completeness.ts";
import { laneOf } from "./pipeline/lane.ts";
import type { TableResult } from "./pipeline/pull-result.ts";
import type { TablePuller } from "./pipeline/table-puller.ts";
import { type Verification, verify } from "./pipeline/verify.ts";
import { openAccounts, type PullSelection, withoutPull } from "./pull-all.ts";

/** What the comparison of one table of one account with Duo found. */
export interface VerifiedTable extends Pick<
  TableResult,
  "source" | "account" | "table" | "stream" | "error"
> {
  /** Undefined where nothing was compared. */
  readonly verification: Verification | undefined;
  /**
   * Why nothing was compared: `secret_not_populated`; `never_pulled`; `no_events`, for a gauge has none; `not_held`, where the
   * table holds nothing of the time asked for.
   */
  readonly skipped: string | undefined;
}

export interface VerifyAllOptions extends PullSelection {
  /** ms since 1970. */
  readonly sinceMs: number;
  /** Called with each page that was compared. */
  readonly onPage?: ((puller: TablePuller, eventCount: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** As many log sources, and child accounts of one, as a pull has under way. */
const SIDE_BY_SIDE_COUNT_MAX = 4;

/**
 * Compares every chosen table with Duo, appends what is missing, and appends what was found, hour by hour, to the table
 * `<source>_completeness`. A table that was never pulled is left alone. A failing table does not stop the others (P4).
 *
 * @returns a result per table and account, in the order of the configuration
 */
export async function verifyAll(app: App, options: VerifyAllOptions): Promise<VerifiedTable[]> {
  const { sources, wants, signal } = options;
  const perSource = await mapBounded(sources, SIDE_BY_SIDE_COUNT_MAX, async (source) => {
    const opened = await openAccounts(app, source, signal);
    if ("why" in opened) {
      const tables = source.config.tables.filter(({ name }) => wants({ table: name }));
      return tables.map(({ name }): VerifiedTable => {
        const { account, table, stream, skipped, error } = withoutPull(
          { source: source.name, table: name },
          opened.why,
        );
        return { source: source.name, account, table, stream, skipped, error, verification: undefined };
      });
    }
    // The tables of a source share one table of results: in line they never lose a race against each other.
    const inLine = createMutex();
    const perAccount = await mapBounded(opened.accounts, SIDE_BY_SIDE_COUNT_MAX, ({ pullers }) =>
      Promise.all(pullers.filter(wants).map((puller) => verifyOne(app, puller, { ...options, inLine }))),
    );
    return perAccount.flat();
  });
  return perSource.flat();
}

async function verifyOne(
  app: App,
  puller: TablePuller,
  options: VerifyAllOptions & { readonly inLine: Exclusively },
): Promise<VerifiedTable> {
  const { sinceMs, onPage, signal, inLine } = options;
  const { source, account, table, streams } = puller;
  const stream = streams[0]?.name ?? "";
  const none = { source, account: account?.id, table, stream, verification: undefined };
  let verification: Verification | undefined;
  try {
    if (streams[0]?.paging === "gauge") return { ...none, skipped: "no_events", error: undefined };
    // Comparing would create the table, and say of an empty one that nothing is missing.
    if (!(await wasPulled(app, puller))) return { ...none, skipped: "never_pulled", error: undefined };
    const onEvents = onPage && ((eventCount: number): void => onPage(puller, eventCount));
    verification = await verify(puller.context, { sinceMs, onPage: onEvents, signal });
    if (verification === undefined) return { ...none, skipped: "not_held", error: undefined };
    const found = verification;
    await inLine(() => keep(app, puller, { verification: found, signal }));
    return { ...none, stream: found.stream, verification, skipped: undefined, error: undefined };
  } catch (error) {
    const code = error instanceof DuolakeError ? error.code : "internal";
    // What was found stands, also where it could not be kept.
    return { ...none, verification, skipped: undefined, error: { code, message: errorText(error) } };
  }
}

async function wasPulled({ lake }: App, { resolvedName, account }: TablePuller): Promise<boolean> {
  const table = await lake.load(resolvedName);
  return table?.properties[laneOf("live", account).cursorKey] !== undefined;
}

/** Appends what was found to the log source's table of results. */
async function keep(
  { lake, clock }: App,
  { source, account, table }: TablePuller,
  found: { readonly verification: Verification; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const { hours, stream } = found.verification;
  const check = { table, stream, checkedAtMs: clock.nowMs(), accountId: account?.id };
  const rows = hours.map((hour) => completenessRow(hour, check));
  const results = {
    lake,
    name: `${source}_completeness`,
    columns: COMPLETENESS_COLUMNS,
    fenceKey: "duolake.completeness",
    newId: randomUUID,
  };
  await appendFenced(results, () => rows, found.signal);
}
