import type { App, SourceApp } from "./app.ts";
import { mapBounded } from "./core/map-bounded.ts";
import type { TableResult } from "./pipeline/pull-result.ts";
import type { TablePuller } from "./pipeline/table-puller.ts";

/** Accounts pulled side by side; the tables of one account always are, for Duo limits each endpoint apart. */
const SOURCE_COUNT_MAX = 4;

export interface PullSelection {
  readonly sources: readonly SourceApp[];
  readonly wants: (puller: TablePuller) => boolean;
}

/**
 * Pulls tables of several log sources once and notes the outcome in the journal.
 *
 * A source whose secret is not populated is skipped without a request. A failing stream does not stop the others (P4).
 *
 * @returns a result per table, in the order of the configuration
 * @throws stopped; secret_unreadable
 */
export async function pullAll(
  app: App,
  selection: PullSelection,
  signal?: AbortSignal,
): Promise<TableResult[]> {
  const perSource = await mapBounded(selection.sources, SOURCE_COUNT_MAX, async (source) => {
    const pullers = source.pullers.filter(selection.wants);
    const isReady = (await app.secrets.get(source.name)) !== undefined;
    return Promise.all(
      pullers.map(async (puller) =>
        isReady ? pullOne(app, puller, signal) : skippedResult(puller, "secret_not_populated"),
      ),
    );
  });
  return perSource.flat();
}

/** Pulls one table and notes the outcome in the journal. */
export async function pullOne(app: App, puller: TablePuller, signal?: AbortSignal): Promise<TableResult> {
  const result = await puller.pull(signal);
  const at = new Date(app.clock.nowMs()).toISOString();
  const { error, watermarkMs } = result;
  await app.journal.write(puller.resolvedName, {
    lastPullAt: at,
    drainedTo: watermarkMs === undefined ? undefined : new Date(watermarkMs).toISOString(),
    lastError: error && { ...error, at },
  });
  return result;
}

/** The result of a table that was not asked for. */
export function skippedResult(puller: TablePuller, reason: string): TableResult {
  return {
    source: puller.source,
    table: puller.table,
    stream: puller.stream.name,
    fetched: 0,
    appended: 0,
    duplicates: 0,
    rejected: 0,
    gaps: [],
    watermarkMs: undefined,
    snapshotId: undefined,
    rowCount: undefined,
    skipped: reason,
    error: undefined,
  };
}
