import type { Config } from "../config/config.ts";
import type { Lake } from "../lake/lake.ts";
import { decodeCursor } from "../pipeline/cursor.ts";
import { readGaps } from "../pipeline/gaps.ts";
import type { Gap } from "../duo/page.ts";
import type { Journal, JournalEntry } from "./journal.ts";

/** What is true of one table now; the same for page, metrics and command line. */
export interface TableStatus {
  readonly source: string;
  readonly table: string;
  readonly resolvedName: string;
  /** The stream that feeds it; undefined before the first pull. */
  readonly stream: string | undefined;
  /** Up to when it holds everything, ms since 1970. */
  readonly watermarkMs: number | undefined;
  readonly rowCount: number;
  readonly fileCount: number;
  readonly lastPullAt: string | undefined;
  readonly lastError: JournalEntry["lastError"];
  readonly gaps: readonly Gap[];
}

/**
 * Reads the status of every configured table from the lake and the journal.
 *
 * @throws lake_* where the lake cannot be read; cursor_unsupported
 */
export async function readStatus(options: {
  readonly config: Config;
  readonly lake: Lake;
  readonly journal: Journal;
}): Promise<TableStatus[]> {
  const { config, lake, journal } = options;
  const tables = config.logSources.flatMap((source) => source.tables.map((table) => ({ source, table })));
  return Promise.all(
    tables.map(async ({ source, table: { name, resolvedName } }) => {
      const [table, entry] = await Promise.all([lake.load(resolvedName), journal.read(resolvedName)]);
      const cursor = table && decodeCursor(table.properties["duolake.cursor"], resolvedName);
      const drainedMs = entry?.drainedTo === undefined ? 0 : Date.parse(entry.drainedTo) || 0;
      return {
        source: source.name,
        table: name,
        resolvedName,
        stream: cursor?.stream,
        watermarkMs: cursor && Math.max(cursor.watermarkMs, drainedMs),
        rowCount: table?.rowCount ?? 0,
        fileCount: table?.fileCount ?? 0,
        lastPullAt: entry?.lastPullAt,
        lastError: entry?.lastError,
        gaps: readGaps(table?.properties["duolake.gaps"]),
      };
    }),
  );
}

/** How long ago the watermark is, whole seconds; undefined before the first pull. */
export function lagSeconds(status: TableStatus, nowMs: number): number | undefined {
  return status.watermarkMs === undefined
    ? undefined
    : Math.max(0, Math.round((nowMs - status.watermarkMs) / 1000));
}
