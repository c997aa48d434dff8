import { Gauge, type Registry } from "prom-client";
import type { Board, BoardTable } from "./board.ts";
import { tableLabels } from "./table-labels.ts";

/** Adds the gauges that are read from the board at each scrape. */
export function addBoardGauges(registry: Registry, board: Board, nowMs: () => number): void {
  const gauge = (name: string, help: string, read: (table: BoardTable) => number | undefined): Gauge =>
    new Gauge({
      name,
      help,
      labelNames: ["source", "table", "account"],
      registers: [registry],
      collect() {
        this.reset();
        for (const table of board.tables()) {
          const value = read(table);
          if (value !== undefined) this.set(tableLabels(table), value);
        }
      },
    });
  gauge("duolake_lag_seconds", "Age of the time up to which the table is complete", ({ last }) =>
    last?.watermarkMs === undefined ? undefined : (nowMs() - last.watermarkMs) / 1000,
  );
  gauge(
    "duolake_last_good_pull_timestamp_seconds",
    "When a pull last did what it was asked",
    ({ lastGoodAtMs }) => lastGoodAtMs / 1000,
  );
  gauge("duolake_table_rows", "Rows in the table", ({ rowCount }) => rowCount);
  gauge(
    "duolake_backfill_left_seconds",
    "Length of the time that the backfill has still to fetch",
    ({ backfill }) => backfill && backfill.leftMs / 1000,
  );
}
