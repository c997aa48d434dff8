import type { App } from "../app.ts";
import { mapBounded } from "../core/map-bounded.ts";
import type { TableResult } from "../pipeline/pull-result.ts";
import type { TablePuller } from "../pipeline/table-puller.ts";
import { openAccounts, pullOne } from "../pull-all.ts";
import type { AccountApp, SourceApp } from "../source-app.ts";
import type { PullFailure } from "./pull-verdict.ts";

/** Child accounts of one provider pulled side by side. */
const ACCOUNT_COUNT_MAX = 4;

/** What the live pulls of one log source came to. */
export interface SourcePull {
  /** Undefined where it could not be read. */
  readonly secret: "populated" | "missing" | undefined;
  readonly accounts: readonly AccountApp[];
  /** What kept the log source as a whole from being pulled. */
  readonly sourceError: PullFailure | undefined;
  readonly failures: readonly PullFailure[];
  readonly appended: number;
  /** Duo answered for a table at least, and what it said is committed. */
  readonly isAnswered: boolean;
  /** It was enough before everything was read. */
  readonly isUnfinished: boolean;
  /** The tables behind whose pulls other work may go on. */
  readonly goodPullers: readonly TablePuller[];
}

export interface PullSourceOptions {
  /** Ends the reading softly. */
  readonly enough: AbortSignal;
  readonly onResult: (result: TableResult, durationMs: number) => void;
}

/** Pulls all tables of all accounts of one log source once; every failure is in the result, and in the journal. */
export async function pullSource(
  app: App,
  source: SourceApp,
  options: PullSourceOptions,
): Promise<SourcePull> {
  const { enough } = options;
  const opened = await openAccounts(app, source, enough);
  if ("why" in opened) return notPulled(opened.why);
  const perAccount = await mapBounded(opened.accounts, ACCOUNT_COUNT_MAX, ({ pullers }) =>
    Promise.all(pullers.map((puller) => pullTable(app, { source, puller }, options))),
  );
  const pulled = perAccount.flat();
  return {
    secret: "populated",
    accounts: opened.accounts,
    sourceError: undefined,
    failures: pulled.flatMap(({ result }) => result.error ?? []),
    appended: pulled.reduce((sum, { result }) => sum + result.appended, 0),
    isAnswered: pulled.some(({ result }) => isAnswered(result)),
    isUnfinished: pulled.some(({ result }) => result.isUnfinished === true),
    goodPullers: pulled
      .filter(({ result }) => result.error === undefined && result.isUnfinished !== true)
      .map(({ puller }) => puller),
  };
}

/** A pull that was cut before a page came says nothing of Duo. */
function isAnswered({ error, skipped, isUnfinished, fetched }: TableResult): boolean {
  return error === undefined && skipped === undefined && (isUnfinished !== true || fetched > 0);
}

async function pullTable(
  app: App,
  pulled: { readonly source: SourceApp; readonly puller: TablePuller },
  { enough, onResult }: PullSourceOptions,
): Promise<{ readonly puller: TablePuller; readonly result: TableResult }> {
  const startMs = app.clock.nowMs();
  const result = await pullOne(app, { ...pulled, enough });
  onResult(result, app.clock.nowMs() - startMs);
  return { puller: pulled.puller, result };
}

type NotOpened = Extract<Awaited<ReturnType<typeof openAccounts>>, { readonly why: unknown }>["why"];

function notPulled(why: NotOpened): SourcePull {
  const nothing = { accounts: [], appended: 0, isAnswered: false, goodPullers: [] };
  if ("skipped" in why)
    return { ...nothing, secret: "missing", sourceError: undefined, failures: [], isUnfinished: false };
  const { error } = why;
  // The list of a provider's accounts came too late.
  if (error.code === "stopped")
    return { ...nothing, secret: undefined, sourceError: undefined, failures: [], isUnfinished: true };
  return { ...nothing, secret: undefined, sourceError: error, failures: [error], isUnfinished: false };
}
