import type { App, SourceApp } from "./app.ts";
import { DuolakeError, errorText } from "./core/errors.ts";
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
 * A source whose secret is not populated is skipped without a request. A failing table does not stop the others (P4): its
 * failure is in its result.
 *
 * @returns a result per table, in the order of the configuration
 */
export async function pullAll(
  app: App,
  selection: PullSelection,
  signal?: AbortSignal,
): Promise<TableResult[]> {
  const perSource = await mapBounded(selection.sources, SOURCE_COUNT_MAX, (source) =>
    Promise.all(
      source.pullers.filter(selection.wants).map((puller) => pullOne(app, { source, puller }, signal)),
    ),
  );
  return perSource.flat();
}

/** Pulls one table and notes the outcome in the journal; every failure is in the result. */
export async function pullOne(
  app: App,
  { source, puller }: { readonly source: SourceApp; readonly puller: TablePuller },
  signal?: AbortSignal,
): Promise<TableResult> {
  const result = await pullSafely(app, { source, puller }, signal);
  // A pull that was stopped or not begun says nothing about the stream.
  if (result.skipped === undefined && result.error?.code !== "stopped") await note(app, puller, result);
  return result;
}

async function pullSafely(
  app: App,
  { source, puller }: { readonly source: SourceApp; readonly puller: TablePuller },
  signal: AbortSignal | undefined,
): Promise<TableResult> {
  try {
    const isReady = (await app.secrets.get(source.name)) !== undefined;
    return isReady ? await puller.pull(signal) : withoutPull(puller, { skipped: "secret_not_populated" });
  } catch (error) {
    const code = error instanceof DuolakeError ? error.code : "internal";
    return withoutPull(puller, { error: { code, message: errorText(error) } });
  }
}

async function note(app: App, puller: TablePuller, { error, watermarkMs }: TableResult): Promise<void> {
  const at = new Date(app.clock.nowMs()).toISOString();
  // A failed pull drained nothing, and need not know how far an earlier one got while nothing new came.
  const before = error === undefined ? undefined : (await app.journal.read(puller.resolvedName))?.drainedTo;
  const drainedMs = Math.max(watermarkMs ?? 0, Date.parse(before ?? "") || 0);
  await app.journal.write(puller.resolvedName, {
    lastPullAt: at,
    drainedTo: drainedMs === 0 ? undefined : new Date(drainedMs).toISOString(),
    lastError: error && { ...error, at },
  });
}

/** The result of a table that nothing was asked for. */
function withoutPull(
  puller: TablePuller,
  why: { readonly skipped: string } | { readonly error: NonNullable<TableResult["error"]> },
): TableResult {
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
    skipped: undefined,
    error: undefined,
    ...why,
  };
}
