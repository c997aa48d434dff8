import type { Column } from "../../src/core/columns.ts";
import { isJsonObject, type JsonObject, stringifySorted } from "../../src/core/json.ts";
import type { LogTable, Stream } from "../../src/duo/tables/table.ts";
import { PAGE_ROW_COUNT, V1_PATH, V2_PATH } from "./tiny-duo.ts";

const COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  {
    name: "event",
    type: {
      type: "struct",
      fields: ["hash", "created", "original"].map((name) => ({ name, type: "string" as const })),
    },
  },
];
const COMMON = { pageRowCountMax: PAGE_ROW_COUNT, permission: "Grant read log" } as const;

/** The second, and who did it. */
function twinKey(event: JsonObject, isV2: boolean): string | undefined {
  if ((event["id"] !== undefined) !== isV2) return undefined;
  const ms = isV2 ? Date.parse(event["ts"] as string) : Number(event["timestamp"]) * 1000;
  return Number.isNaN(ms) ? undefined : `${Math.floor(ms / 1000)} ${event["who"] as string}`;
}

const NEW_LOG: Stream = {
  ...COMMON,
  name: "new_log",
  path: V2_PATH,
  paging: "cursor",
  itemsKey: "items",
  identity: ({ id }) => (typeof id === "string" ? [id] : undefined),
  twinKey: (event) => twinKey(event, true),
};
const OLD_LOG: Stream = {
  ...COMMON,
  name: "old_log",
  path: V1_PATH,
  paging: "list",
  identity: () => undefined,
  twinKey: (event) => twinKey(event, false),
  givesWayOn: ["gone"],
};

/** A table of the tiny Duo: fed by the newer log, or by the older one while that answers. */
export function tinyTable(hasOldLog: boolean): LogTable {
  return {
    name: "activity",
    description: "",
    streams: hasOldLog ? [OLD_LOG, NEW_LOG] : [NEW_LOG],
    columns: () => COLUMNS,
    map: (event, { fetchedAtUs }) => {
      if (!isJsonObject(event) || event["bad"] === true) return { kind: "rejected", reason: "bad" };
      const seconds = event["timestamp"];
      const ms = typeof seconds === "number" ? seconds * 1000 : Date.parse(event["ts"] as string);
      const timeKnown = !Number.isNaN(ms);
      const tsUs = timeKnown ? ms * 1000 : fetchedAtUs;
      const original = stringifySorted(event);
      return {
        kind: "row",
        tsUs,
        timeKnown,
        original,
        row: { ts: new Date(tsUs / 1000).toISOString(), event: { original } },
      };
    },
  };
}
