import type { Column } from "../../core/columns.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Row } from "../../core/row.ts";

export type TableName =
  | "admin"
  | "auth"
  | "offline_enrollment"
  | "summary"
  | "telephony"
  | "activity"
  | "trust_monitor";

/**
 * How an endpoint hands out its events (`docs/duo.md`).
 *
 * - `cursor`: v2 logs; milliseconds, `sort=ts:asc`, `response.metadata.next_offset` sent back as `next_offset`
 * - `offset`: Trust Monitor; milliseconds, `response.metadata.next_offset` sent back as `offset`
 * - `list`: v1 logs; a flat array from `mintime` in seconds, oldest first, about 1,000 rows a page
 * - `gauge`: one object, no time range
 */
export type Paging = "cursor" | "offset" | "list" | "gauge";

/** A Duo endpoint that can feed a table. */
export interface Stream {
  /** Stable name, kept in the cursor: `authentication_v2`. */
  readonly name: string;
  /** `/admin/v2/logs/authentication` */
  readonly path: string;
  readonly paging: Paging;
  /** The key of `response` that holds the rows; absent where `response` is itself the array or object. */
  readonly itemsKey?: string;
  /** Rows asked for in one page; 0 where the endpoint takes no limit. */
  readonly pageRowCountMax: number;
  /** The permission of the Admin API application that this endpoint needs, as the Admin Panel names it. */
  readonly permission: "Grant read log" | "Grant read information";
  /**
   * The parts that make an event the same event again (design P3), or undefined when the event lacks them:
   * then the canonical event and its occurrence number are its identity.
   */
  readonly identity: (event: JsonObject) => readonly string[] | undefined;
}

/** When and from what an event was made a row. */
export interface MapContext {
  /** The instant of the fetch, microseconds since 1970. */
  readonly fetchedAtUs: number;
}

/**
 * What a mapping makes of one event.
 *
 * `tsUs` is the row's `ts` in microseconds since 1970; `timeKnown` is false when no time could be read and
 * `ts` is the time of the fetch. `original` is the canonical text that stands in `event.original`.
 */
export type Mapped =
  | {
      readonly kind: "row";
      readonly row: Row;
      readonly tsUs: number;
      readonly timeKnown: boolean;
      readonly original: string;
    }
  /** An empty-response row: Duo's way to say that there is nothing. */
  | { readonly kind: "empty" }
  | { readonly kind: "rejected"; readonly reason: string };

/** A log table: where its events come from, what columns it has, how an event becomes a row. */
export interface LogTable {
  readonly name: TableName;
  readonly description: string;
  /** In order of preference; the first is asked unless it does not answer or configuration says otherwise. */
  readonly streams: readonly Stream[];
  /** The table's own columns, nested, `ts` first, each with a `doc`; computed once, on first use. */
  readonly columns: () => readonly Column[];
  /** Pure: never throws, never yields a value that does not fit its column, never invents text. */
  readonly map: (event: Json, context: MapContext) => Mapped;
}
