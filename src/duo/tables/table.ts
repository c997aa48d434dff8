import type { Column } from "../../core/columns.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Row } from "../../core/row.ts";
import type { KnownShape } from "./common/known-shape.ts";

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

/** An answer with which an endpoint turns away for good: `gone` is 404 and 410, `forbidden` is 403 (40301). */
export type Refusal = "gone" | "forbidden";

/**
 * How many days back a stream is read again: each day, and each week. What exceeds one day and seven is the lateness that is
 * surely made good.
 */
export interface RereadDays {
  readonly daily: number;
  readonly weekly: number;
}

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
  /**
   * Says which of the endpoint's events are this table's; all of them where absent. Pure, never throws.
   *
   * Asked of JSON objects only: any other value is passed on, so that it becomes a dead letter and is not lost.
   */
  readonly accepts?: (event: JsonObject) => boolean;
  /** How this stream's events become rows, where `LogTable.map` is not right for them. As pure as that one. */
  readonly map?: LogTable["map"];
  /**
   * Gives one text for one happening, the same whichever stream of the table tells of it; undefined where the
   * event has not this stream's shape. At the change-over from one stream to another an event whose twin is in
   * the lake already is known (docs/decisions/0010-rows-from-activity.md). Pure, never throws.
   */
  readonly twinKey?: (event: JsonObject) => string | undefined;
  /**
   * Set where an event may come again changed under the same id (Trust Monitor: state, triage). Every version is
   * kept: the identity of a version is the id and the content.
   */
  readonly hasVersions?: true;
  /** On which answers the table's next stream is asked instead; on none where absent. */
  readonly givesWayOn?: readonly Refusal[];
  /** Set where the stream needs longer re-reads than 2 days daily and 14 days weekly. */
  readonly rereadDays?: RereadDays;
  /** Fields and values that this version knows; the rest is drift (`common/find-drift.ts`). */
  readonly known?: KnownShape;
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
      /** Made when it is first asked for, and the same object from then on. */
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
  /**
   * In order of preference: the first is asked, unless configuration says otherwise; a stream that turns away as
   * its `givesWayOn` names gives way to the next one.
   */
  readonly streams: readonly Stream[];
  /** Set where Duo counts the table's events by itself (`/admin/v1/info/authentication_attempts`). */
  readonly hasAttemptCounter?: true;
  /** The table's own columns, nested, `ts` first, each with a `doc`; computed once, on first use. */
  readonly columns: () => readonly Column[];
  /** Pure: never throws, never yields a value that does not fit its column, never invents text. */
  readonly map: (event: Json, context: MapContext) => Mapped;
}
