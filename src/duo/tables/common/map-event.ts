import type { Json, JsonObject } from "../../../core/json.ts";
import type { Row } from "../../../core/row.ts";
import { chooseTimestamp } from "../../../ecs/choose-timestamp.ts";
import { formatTimestamp } from "../../../core/format-timestamp.ts";
import { Tags } from "../../../ecs/tags.ts";
import type { MapContext, Mapped } from "../table.ts";
import { unlessEmpty, type Doc } from "./doc.ts";
import { openEvent } from "./open-event.ts";

// Matano writes this version although its types are older; queries compare it.
const ECS_VERSION = "8.5.0";

/** A row while its table fills it. */
export interface RowParts {
  /** The row itself. */
  readonly row: Doc;
  /** `event` of the row. */
  readonly event: Doc;
  /** `duo.<table>` of the row. */
  readonly duo: Doc;
  readonly tags: Tags;
}

/** What is a table's own in turning an event into a row. */
export interface TableMapping {
  readonly table: string;
  readonly kind: "event" | "alert" | "metric";
  /** The keys that may hold the event's time, best first. */
  readonly timeKeys: readonly string[];
  /** Fills the row; never throws and sets nothing empty. */
  readonly fill: (event: JsonObject, parts: RowParts) => void;
}

/** Turns an event into a row: what all tables share, around the table's own `fill`. */
export function mapEvent(value: Json, { fetchedAtUs }: MapContext, mapping: TableMapping): Mapped {
  const opened = openEvent(value);
  if (opened.kind !== "open") return opened;

  const tags = new Tags();
  const chosenUs = chooseTimestamp(opened.event, mapping.timeKeys, tags);
  const tsUs = chosenUs ?? fetchedAtUs;
  const event: Doc = {
    module: "duo",
    dataset: `duo.${mapping.table}`,
    kind: mapping.kind,
    original: opened.original,
  };
  const row: Row & Doc = { ts: formatTimestamp(tsUs), ecs: { version: ECS_VERSION }, event };
  const duo: Doc = {};
  mapping.fill(opened.event, { row, event, duo, tags });
  if (unlessEmpty(duo) !== undefined) row["duo"] = { [mapping.table]: duo };
  if (tags.list !== undefined) row["tags"] = tags.list;
  return { kind: "row", row, tsUs, timeKnown: chosenUs !== undefined, original: opened.original };
}
