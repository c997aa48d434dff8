import type { App } from "../app.ts";
import { backfillOne, type BackfillReport } from "../backfill-one.ts";
import { DuolakeError, errorText } from "../core/errors.ts";
import { mapBounded } from "../core/map-bounded.ts";
import type { TableResult } from "../pipeline/pull-result.ts";
import type { TablePuller } from "../pipeline/table-puller.ts";
import { RETENTION_MS } from "../pipeline/window.ts";
import { openAccounts, pullOne, type PullSelection, withoutPull } from "../pull-all.ts";
import type { SourceApp } from "../source-app.ts";

/** What the backfill of one table of one account did. */
export interface BackfillResult extends Pick<
  TableResult,
  "source" | "account" | "table" | "stream" | "skipped" | "error"
> {
  /** The oldest time that was wanted of what Duo keeps, ms since 1970; undefined where nothing was begun. */
  readonly sinceMs: number | undefined;
  /** The last that was heard of it; undefined where nothing was begun, as for a gauge. */
  readonly report: BackfillReport | undefined;
  readonly durationMs: number;
}

export interface BackfillAllOptions extends PullSelection {
  /** How far back from now, ms. */
  readonly sinceAgoMs: number;
  /** The newest time wanted, ms since 1970. */
  readonly untilMs: number | undefined;
  readonly onProgress: (puller: TablePuller, report: BackfillReport) => void;
  readonly signal: AbortSignal;
}

/** As many log sources, and child accounts of one, as a pull has under way. */
const SIDE_BY_SIDE_COUNT_MAX = 4;

/**
 * Pulls and then backfills every chosen table; those of one account side by side. A failing table does not stop the others
 * (P4): its failure is in its result.
 *
 * @returns a result per table and account, in the order of the configuration
 */
export async function backfillAll(app: App, options: BackfillAllOptions): Promise<BackfillResult[]> {
  const perSource = await mapBounded(options.sources, SIDE_BY_SIDE_COUNT_MAX, async (source) => {
    const opened = await openAccounts(app, source, options.signal);
    if ("why" in opened) {
      const tables = source.config.tables.filter(({ name }) => options.wants({ table: name }));
      return tables.map(({ name }) =>
        notBegun(withoutPull({ source: source.name, table: name }, opened.why)),
      );
    }
    const perAccount = await mapBounded(opened.accounts, SIDE_BY_SIDE_COUNT_MAX, ({ pullers }) =>
      Promise.all(
        pullers.filter(options.wants).map((puller) => pullAndBackfill(app, { source, puller }, options)),
      ),
    );
    return perAccount.flat();
  });
  return perSource.flat();
}

/** The pull first, so that the table is there with the last day in it, and says from where on the backfill goes back. */
async function pullAndBackfill(
  app: App,
  { source, puller }: { readonly source: SourceApp; readonly puller: TablePuller },
  options: BackfillAllOptions,
): Promise<BackfillResult> {
  const pulled = await pullOne(app, { source, puller }, options.signal);
  const isGauge = puller.streams[0]?.paging === "gauge";
  if (isGauge || pulled.error !== undefined || pulled.skipped !== undefined) return notBegun(pulled);
  const startMs = app.clock.nowMs();
  const { sinceAgoMs, untilMs, signal } = options;
  let report: BackfillReport | undefined;
  let error: TableResult["error"];
  const onProgress = (now: BackfillReport): void => {
    report = now;
    options.onProgress(puller, now);
  };
  try {
    await backfillOne(app, puller, { sinceAgoMs, untilMs, onProgress, signal });
  } catch (thrown) {
    const code = thrown instanceof DuolakeError ? thrown.code : "internal";
    error = { code, message: errorText(thrown) };
  }
  return {
    ...notBegun(pulled),
    sinceMs: startMs - Math.min(sinceAgoMs, RETENTION_MS),
    report,
    durationMs: app.clock.nowMs() - startMs,
    error,
  };
}

function notBegun({ source, account, table, stream, skipped, error }: TableResult): BackfillResult {
  return {
    source,
    account,
    table,
    stream,
    skipped,
    error,
    sinceMs: undefined,
    report: undefined,
    durationMs: 0,
  };
}
