import { setMaxListeners } from "node:events";
import type { App } from "../app.ts";
import { createGate, type Gate } from "../core/create-gate.ts";
import { DuolakeError } from "../core/errors.ts";
import type { TableResult } from "../pipeline/pull-result.ts";
import type { TablePuller } from "../pipeline/table-puller.ts";
import { openAccounts, pullOne, withoutPull } from "../pull-all.ts";
import type { AccountApp, SourceApp } from "../source-app.ts";
import { type BackgroundEvent, createBackground } from "./background.ts";
import { createSpacing, type Spacing } from "./spacing.ts";

/** Duo wants an endpoint asked at most once a minute. */
const INTERVAL_MS_MIN = 60_000;
/** Child accounts of one provider may be thousands; this many of their tables are pulled at once. */
const CHILD_PULL_COUNT_MAX = 16;

export interface DaemonOptions {
  /** From the start of one pull of a table to the start of its next, ms; at least a minute is kept. */
  readonly intervalMs: number;
  /** Ends the daemon: what can be abandoned is, a commit under way is finished. */
  readonly signal: AbortSignal;
  readonly onResult: (result: TableResult, durationMs: number) => void;
  /** Tells of re-reads and backfills. */
  readonly onBackground?: (event: BackgroundEvent) => void;
}

/**
 * Pulls every table in its own rhythm until stopped; resolves then. One table or account that waits or fails holds up no other,
 * and no failure ends the daemon (P4). Behind the pulls of a table it is backfilled and read again.
 */
export async function runDaemon(app: App, options: DaemonOptions): Promise<void> {
  await Promise.all(app.sources.map((source) => keepSource(app, source, options)));
}

/** Pulls the accounts of one log source; those of a provider are asked for again and again, for children come and go. */
async function keepSource(app: App, source: SourceApp, options: DaemonOptions): Promise<void> {
  const { signal } = options;
  if (source.config.accounts === undefined) {
    const [own] = await source.accounts(signal);
    await keepAccount(app, { source, account: own as AccountApp, gate: (work) => work() }, options);
    return;
  }
  const gate = createGate(CHILD_PULL_COUNT_MAX);
  const kept = new Map<AccountApp, { readonly stop: AbortController; readonly ended: Promise<void> }>();
  await untilStopped(async () => {
    while (!signal.aborted) {
      const opened = await openAccounts(app, source, signal);
      if (signal.aborted) break;
      if ("why" in opened) reportAll(source, opened.why, options);
      else keepOnly(app, { source, accounts: opened.accounts, kept, gate }, options);
      await app.clock.sleep(intervalOf(options), signal);
    }
  });
  for (const { stop } of kept.values()) stop.abort();
  await Promise.all([...kept.values()].map(({ ended }) => ended));
}

function reportAll(
  source: SourceApp,
  why: Parameters<typeof withoutPull>[1],
  { onResult }: DaemonOptions,
): void {
  for (const { name } of source.config.tables) {
    onResult(withoutPull({ source: source.name, table: name }, why), 0);
  }
}

/** Starts with accounts that are new and stops with those that are gone. */
function keepOnly(
  app: App,
  now: {
    readonly source: SourceApp;
    readonly accounts: readonly AccountApp[];
    readonly kept: Map<AccountApp, { readonly stop: AbortController; readonly ended: Promise<void> }>;
    readonly gate: Gate;
  },
  options: DaemonOptions,
): void {
  const { source, accounts, kept, gate } = now;
  for (const [account, { stop }] of kept) {
    if (accounts.includes(account)) continue;
    stop.abort();
    kept.delete(account);
  }
  for (const account of accounts) {
    if (kept.has(account)) continue;
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, options.signal]);
    kept.set(account, { stop, ended: keepAccount(app, { source, account, gate }, { ...options, signal }) });
  }
}

async function keepAccount(
  app: App,
  {
    source,
    account,
    gate,
  }: { readonly source: SourceApp; readonly account: AccountApp; readonly gate: Gate },
  options: DaemonOptions,
): Promise<void> {
  // Every loop of the account listens while it sleeps; Node takes more than ten listeners for a leak and says so on stderr.
  setMaxListeners(0, options.signal);
  const spacing = createSpacing(INTERVAL_MS_MIN);
  await Promise.all(
    account.pullers.map((puller) => keepPulling(app, { source, puller, gate, spacing }, options)),
  );
}

async function keepPulling(
  app: App,
  kept: {
    readonly source: SourceApp;
    readonly puller: TablePuller;
    readonly gate: Gate;
    readonly spacing: Spacing;
  },
  options: DaemonOptions,
): Promise<void> {
  const { clock } = app;
  const { source, puller, gate, spacing } = kept;
  const { signal, onResult } = options;
  const intervalMs = intervalOf(options);
  await using background = createBackground(app, puller, options);
  let stream = puller.streams[0];
  await untilStopped(async () => {
    while (!signal.aborted) {
      const waitMs = spacing.reserveMs(stream?.path ?? "", clock.nowMs());
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      const startMs = clock.nowMs();
      const result = await gate(() => pullOne(app, { source, puller }, signal));
      if (signal.aborted) return;
      const tookMs = clock.nowMs() - startMs;
      onResult(result, tookMs);
      stream = puller.streams.find(({ name }) => name === result.stream) ?? stream;
      if (result.error === undefined && result.skipped === undefined) background.kick();
      // A clock that was set back must not make the pause longer than the interval.
      await clock.sleep(Math.min(Math.max(intervalMs - tookMs, 0), intervalMs), signal);
    }
  });
}

function intervalOf({ intervalMs }: DaemonOptions): number {
  return Math.max(intervalMs, INTERVAL_MS_MIN);
}

async function untilStopped(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DuolakeError) || error.code !== "stopped") throw error;
  }
}
