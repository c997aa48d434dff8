import type { App } from "./app.ts";
import { DuolakeError, errorText } from "./core/errors.ts";
import { mapBounded } from "./core/map-bounded.ts";
import { findTable } from "./duo/tables/index.ts";
import type { TableResult } from "./pipeline/pull-result.ts";
import type { TablePuller } from "./pipeline/table-puller.ts";
import type { AccountApp, SourceApp } from "./source-app.ts";

/** Log sources pulled side by side; the tables of one account always are, for Duo limits each endpoint apart. */
const SOURCE_COUNT_MAX = 4;
/** Child accounts of one provider pulled side by side. */
const ACCOUNT_COUNT_MAX = 4;

export interface PullSelection {
  readonly sources: readonly SourceApp[];
  readonly wants: (puller: { readonly table: string }) => boolean;
  /** Ends the reading softly: what was read by then is committed, and the result is unfinished. */
  readonly enough?: AbortSignal | undefined;
}

/**
 * Pulls tables of several log sources once and notes the outcome in the journal.
 *
 * A source whose secret is not populated is skipped without a request. A failing table does not stop the others, nor does a
 * failing account (P4): its failure is in its result.
 *
 * @returns a result per table and account, in the order of the configuration
 */
export async function pullAll(
  app: App,
  selection: PullSelection,
  signal?: AbortSignal,
): Promise<TableResult[]> {
  const perSource = await mapBounded(selection.sources, SOURCE_COUNT_MAX, async (source) => {
    const opened = await openAccounts(app, source, signal);
    if ("why" in opened) {
      return source.config.tables
        .filter(({ name }) => selection.wants({ table: name }))
        .map(({ name }) => withoutPull({ source: source.name, table: name }, opened.why));
    }
    const perAccount = await mapBounded(opened.accounts, ACCOUNT_COUNT_MAX, ({ pullers }) =>
      Promise.all(
        pullers
          .filter(selection.wants)
          .map((puller) => pullOne(app, { source, puller, enough: selection.enough }, signal)),
      ),
    );
    return perAccount.flat();
  });
  return perSource.flat();
}

/** Why nothing was asked for. */
export type NotPulled = { readonly skipped: string } | { readonly error: NonNullable<TableResult["error"]> };

/** The accounts of a log source, or why they cannot be pulled; never rejects. */
export async function openAccounts(
  app: App,
  source: SourceApp,
  signal?: AbortSignal,
): Promise<{ readonly accounts: readonly AccountApp[] } | { readonly why: NotPulled }> {
  try {
    if ((await app.secrets.get(source.name)) === undefined)
      return { why: { skipped: "secret_not_populated" } };
    return { accounts: await source.accounts(signal) };
  } catch (error) {
    const code = error instanceof DuolakeError ? error.code : "internal";
    return { why: { error: { code, message: errorText(error) } } };
  }
}

/** One table of one account, and what ends its pull softly. */
interface Pulled {
  readonly source: SourceApp;
  readonly puller: TablePuller;
  readonly enough?: AbortSignal | undefined;
}

/** Pulls one table and notes the outcome in the journal; every failure is in the result. */
export async function pullOne(app: App, pulled: Pulled, signal?: AbortSignal): Promise<TableResult> {
  const { puller } = pulled;
  const result = await pullSafely(app, pulled, signal);
  // A pull that was stopped or not begun says nothing about the stream.
  if (result.skipped === undefined && result.error?.code !== "stopped") await note(app, puller, result);
  return result;
}

/** The name of a table's notes in the journal: each child account has its own. */
export function journalName({
  resolvedName,
  account,
}: {
  readonly resolvedName: string;
  readonly account: { readonly id: string } | undefined;
}): string {
  return account === undefined ? resolvedName : `${resolvedName}.${account.id}`;
}

async function pullSafely(
  app: App,
  { source, puller, enough }: Pulled,
  signal: AbortSignal | undefined,
): Promise<TableResult> {
  try {
    const isReady = (await app.secrets.get(source.name)) !== undefined;
    return isReady
      ? await puller.pull(signal, enough)
      : withoutPull(puller, { skipped: "secret_not_populated" });
  } catch (error) {
    const code = error instanceof DuolakeError ? error.code : "internal";
    return withoutPull(puller, { error: { code, message: errorText(error) } });
  }
}

async function note(app: App, puller: TablePuller, { error, watermarkMs }: TableResult): Promise<void> {
  const at = new Date(app.clock.nowMs()).toISOString();
  const name = journalName(puller);
  // A failed pull drained nothing, and need not know how far an earlier one got while nothing new came.
  const before = error === undefined ? undefined : (await app.journal.read(name))?.drainedTo;
  const drainedMs = Math.max(watermarkMs ?? 0, Date.parse(before ?? "") || 0);
  await app.journal.write(name, {
    lastPullAt: at,
    drainedTo: drainedMs === 0 ? undefined : new Date(drainedMs).toISOString(),
    lastError: error && { ...error, at },
  });
}

/** The result of a table that nothing was asked for. */
export function withoutPull(
  puller: Partial<TablePuller> & { readonly source: string; readonly table: string },
  why: NotPulled,
): TableResult {
  return {
    source: puller.source,
    account: puller.account?.id,
    table: puller.table,
    stream: puller.streams?.[0]?.name ?? findTable(puller.table)?.streams[0]?.name ?? "",
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
