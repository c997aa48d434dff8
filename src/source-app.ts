import { randomUUID } from "node:crypto";
import { apiHostnameProblem } from "./config/api-hostname.ts";
import type { Config, LogSource } from "./config/config.ts";
import type { Clock } from "./core/clock.ts";
import { hasColumn } from "./core/has-column.ts";
import { createMutex } from "./core/create-gate.ts";
import { DuolakeError } from "./core/errors.ts";
import type { Http } from "./core/http.ts";
import { createDuoClient, type DuoClient } from "./duo/client.ts";
import type { DuoObserver } from "./duo/duo-observer.ts";
import { type ChildAccount, listAccounts } from "./duo/list-accounts.ts";
import { createRequestBudget, type RequestBudget } from "./duo/request-budget.ts";
import { findTable } from "./duo/tables/index.ts";
import type { LogTable, Stream } from "./duo/tables/table.ts";
import type { Lake } from "./lake/lake.ts";
import { readColumns } from "./lake/read-columns.ts";
import type { Account } from "./pipeline/account.ts";
import { createDeadLetters, type DeadLetters } from "./pipeline/dead-letters.ts";
import type { PullObserver } from "./pipeline/pull-observer.ts";
import type { ReadTexts } from "./pipeline/read-texts.ts";
import { createTablePuller, type TablePuller } from "./pipeline/table-puller.ts";

/** One Duo account with everything that serves it. */
export interface AccountApp {
  /** Undefined where it is the log source's own. */
  readonly account: Account | undefined;
  readonly client: DuoClient;
  readonly budget: RequestBudget;
  /** In the order of the registry. */
  readonly pullers: readonly TablePuller[];
}

/** One log source of the directory. */
export interface SourceApp {
  readonly name: string;
  readonly config: LogSource;
  readonly deadLetters: DeadLetters;
  /**
   * The accounts that it pulls: its own, or the child accounts of a managed service provider, which Duo is asked for at most
   * once an hour. The same account is the same object each time.
   *
   * @throws duo_*, secret_not_populated where the child accounts cannot be listed and never were
   */
  readonly accounts: (signal?: AbortSignal) => Promise<readonly AccountApp[]>;
}

export interface SourceAppOptions {
  readonly source: LogSource;
  readonly config: Config;
  readonly clock: Clock;
  readonly lake: Lake;
  readonly http: Http;
  readonly endpointUrl: string | undefined;
  /** Gives the secret key; `fresh` asks to read it again. */
  readonly secretKey: (fresh: boolean) => Promise<string>;
  readonly batchRowCountMax: number;
  readonly firstWindowMs: number;
  /** Longest wait of a live pull for its turn to ask Duo, ms. */
  readonly requestWaitMsMax: number | undefined;
  readonly duoObserver: DuoObserver | undefined;
  readonly pullObserver: (table: string) => PullObserver | undefined;
  /** A child account that cannot be pulled, and why. */
  readonly onLeftOut: ((error: DuolakeError) => void) | undefined;
}

const ACCOUNTS_KEPT_MS = 3_600_000;

/** Makes the parts that serve one log source; nothing is read or sent yet. */
export function createSourceApp(options: SourceAppOptions): SourceApp {
  const { source, lake, clock } = options;
  const name = `${source.name}_dead_letter`;
  const deadLetters = createDeadLetters({ lake, name, newId: randomUUID });
  const open = (child: ChildAccount | undefined): AccountApp => openAccount(options, { child, deadLetters });
  const parts = { name: source.name, config: source, deadLetters };
  if (source.accounts === undefined) {
    const own = [open(undefined)];
    return { ...parts, accounts: () => Promise.resolve(own) };
  }
  const opened = new Map<string, AccountApp>();
  let listed: readonly AccountApp[] | undefined;
  let listedMs = -Infinity;
  return {
    ...parts,
    accounts: async (signal) => {
      const nowMs = clock.nowMs();
      if (listed !== undefined && Math.abs(nowMs - listedMs) < ACCOUNTS_KEPT_MS) return listed;
      try {
        const children = await listChildren(options, signal);
        for (const child of children) {
          const key = `${child.accountId} ${child.apiHostname} ${child.name}`;
          if (!opened.has(key)) opened.set(key, open(child));
        }
        listed = children.map(
          (child) => opened.get(`${child.accountId} ${child.apiHostname} ${child.name}`) as AccountApp,
        );
        listedMs = nowMs;
        return listed;
      } catch (error) {
        // The children that are known go on while the parent does not answer.
        if (listed === undefined || !(error instanceof DuolakeError) || error.code === "stopped") throw error;
        return listed;
      }
    },
  };
}

async function listChildren(
  options: SourceAppOptions,
  signal: AbortSignal | undefined,
): Promise<readonly ChildAccount[]> {
  const { source, onLeftOut = () => {} } = options;
  const all = await listAccounts({ ...wire(options), apiHostnameProblem, onLeftOut, signal });
  const { accounts } = source;
  if (accounts === "all" || accounts === undefined) return all;
  for (const id of accounts) {
    if (all.some(({ accountId }) => accountId === id)) continue;
    const message = `Cannot pull account ${id} of ${source.name}: it is none of this provider's child accounts; check accounts in log_source.yml`;
    onLeftOut(new DuolakeError("config_invalid", message));
  }
  return all.filter(({ accountId }) => accounts.includes(accountId));
}

/** What every client of the log source has in common. */
function wire(options: SourceAppOptions): Parameters<typeof createDuoClient>[0] {
  const { source, config, clock, http, endpointUrl, secretKey, duoObserver } = options;
  return {
    apiHostname: source.apiHostname,
    integrationKey: source.integrationKey,
    secretKey,
    endpointUrl,
    http,
    clock,
    budget: createRequestBudget({
      clock,
      holdMs: config.pull.holdAfter429Ms,
      waitMsMax: options.requestWaitMsMax,
    }),
    observer: duoObserver,
  };
}

function openAccount(
  options: SourceAppOptions,
  { child, deadLetters }: { readonly child: ChildAccount | undefined; readonly deadLetters: DeadLetters },
): AccountApp {
  const own = wire(options);
  const account = child && { id: child.accountId, name: child.name };
  const client = createDuoClient(
    child === undefined ? own : { ...own, apiHostname: child.apiHostname, accountId: child.accountId },
  );
  const { source, config, clock, lake, batchRowCountMax, firstWindowMs, pullObserver } = options;
  const pullers = source.tables.map((table) => {
    const known = knownTable(table.name);
    return createTablePuller({
      source: source.name,
      account,
      table: known,
      streams: allowedStreams(known, source.adminStream),
      resolvedName: table.resolvedName,
      columns: table.columns,
      client,
      lake,
      readTexts,
      deadLetters,
      clock,
      lookBackMs: config.pull.lookBackMs,
      batchRowCountMax,
      newId: randomUUID,
      firstWindowMs,
      exclusively: createMutex(),
      observer: pullObserver(table.name),
    });
  });
  return { account, client, budget: own.budget, pullers };
}

/** The streams that the configuration lets feed a table. */
function allowedStreams(
  { name, streams }: LogTable,
  adminStream: LogSource["adminStream"],
): readonly Stream[] {
  const isChosen = name === "admin" || name === "offline_enrollment";
  if (!isChosen || adminStream === "auto") return streams;
  return streams.filter((stream) => (stream.name === "activity_v2") === (adminStream === "activity"));
}

const ACCOUNT_PATH = ["cloud", "account", "id"] as const;

const readTexts: ReadTexts = async function* (table, { path, accountId, ...range }) {
  // A table from before accounts were configured has no row of any.
  if (accountId !== undefined && !hasColumn(table.columns, ACCOUNT_PATH)) return;
  const owner = accountId === undefined ? [] : [ACCOUNT_PATH];
  const paths = [["ts"], path, ...owner];
  // What was deleted on purpose stays known: by its identity alone it would be new.
  for await (const rows of readColumns(table, { paths, withDeletedRows: true, ...range })) {
    const texts: { readonly tsUs: number; readonly text: string }[] = [];
    for (const [tsUs, text, account] of rows) {
      if (typeof text !== "string" || (accountId !== undefined && account !== accountId)) continue;
      texts.push({ tsUs: Number(tsUs), text });
    }
    yield texts;
  }
};

function knownTable(name: string): LogTable {
  const table = findTable(name);
  if (table === undefined) {
    throw new DuolakeError("internal", `Cannot find table: not in the registry, got ${name}`);
  }
  return table;
}
