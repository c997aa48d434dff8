import type { Json, JsonObject } from "../../../core/json.ts";
import type { Row } from "../../../core/row.ts";
import { chooseTimestamp } from "../../../ecs/choose-timestamp.ts";
import { formatTimestamp } from "../../../core/format-timestamp.ts";
import { Tags } from "../../../ecs/tags.ts";
import type { MapContext, Mapped } from "../table.ts";
import { unlessEmpty, type Doc } from "./doc.ts";
import { type OpenEvent, openEvent } from "./open-event.ts";

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

/**
 * Turns an event into a row: what all tables share, around the table's own `fill`.
 *
 * The row is made when it is asked for: an event that is read again and known already costs no mapping.
 */
export function mapEvent(value: Json, { fetchedAtUs }: MapContext, mapping: TableMapping): Mapped {
  const opened = openEvent(value);
  if (opened.kind !== "open") return opened;

  const tags = new Tags();
  const chosenUs = chooseTimestamp(opened.event, mapping.timeKeys, tags);
  const tsUs = chosenUs ?? fetchedAtUs;
  const { original } = opened;
  let made: Row | undefined;
  return {
    kind: "row",
    get row() {
      return (made ??= fillRow(mapping, { opened, tsUs, tags }));
    },
    tsUs,
    timeKnown: chosenUs !== undefined,
    original,
  };
}

function fillRow(
  { table, kind, fill }: TableMapping,
  { opened, tsUs, tags }: { readonly opened: OpenEvent; readonly tsUs: number; readonly tags: Tags },
): Row {
  const event: Doc = { module: "duo", dataset: `duo.${table}`, kind, original: opened.original };
  const row: Row & Doc = { ts: formatTimestamp(tsUs), ecs: { version: ECS_VERSION }, event };
  const duo: Doc = {};
  fill(opened.event, { row, event, duo, tags });
  if (unlessEmpty(duo) !== undefined) row["duo"] = { [table]: duo };
  if (tags.list !== undefined) row["tags"] = tags.list;
  return row;
}
