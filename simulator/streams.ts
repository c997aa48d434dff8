/** The log endpoints, by a name that says the API version too. */
export type StreamName =
  | "authentication_v2"
  | "activity_v2"
  | "telephony_v2"
  | "trust_monitor"
  | "authentication_v1"
  | "administrator_v1"
  | "telephony_v1"
  | "offline_enrollment_v1";

/** An event as it goes over the wire. */
export type RawEvent = { readonly [key: string]: unknown };

/**
 * How an endpoint hands out its rows: `cursor` (v2 logs, `next_offset`), `offset` (Trust Monitor) or
 * `list` (v1 logs, a flat array from `mintime` in seconds).
 */
export type Convention = "cursor" | "offset" | "list";

/** What the simulator has to know about a log endpoint. */
export interface StreamSpec {
  readonly name: StreamName;
  readonly path: string;
  readonly convention: Convention;
  /** The key of `response` that holds the rows; empty where `response` is the array itself. */
  readonly itemsKey: string;
  /** The members that identify an event; none for the v1 logs, whose rows have no id. */
  readonly idKeys: readonly string[];
  /** The member that holds the time of an event. */
  readonly timeKey: string;
  /** False for Trust Monitor, for which no availability delay is documented. */
  readonly delayed: boolean;
}

/** Every log endpoint. */
export const STREAMS: readonly StreamSpec[] = [
  {
    name: "authentication_v2",
    path: "/admin/v2/logs/authentication",
    convention: "cursor",
    itemsKey: "authlogs",
    idKeys: ["txid", "isotimestamp"],
    timeKey: "isotimestamp",
    delayed: true,
  },
  {
    name: "activity_v2",
    path: "/admin/v2/logs/activity",
    convention: "cursor",
    itemsKey: "items",
    idKeys: ["activity_id"],
    timeKey: "ts",
    delayed: true,
  },
  {
    name: "telephony_v2",
    path: "/admin/v2/logs/telephony",
    convention: "cursor",
    itemsKey: "items",
    idKeys: ["telephony_id"],
    timeKey: "ts",
    delayed: true,
  },
  {
    name: "trust_monitor",
    path: "/admin/v1/trust_monitor/events",
    convention: "offset",
    itemsKey: "events",
    idKeys: ["sekey"],
    timeKey: "surfaced_timestamp",
    delayed: false,
  },
  v1("authentication_v1", "/admin/v1/logs/authentication"),
  v1("administrator_v1", "/admin/v1/logs/administrator"),
  v1("telephony_v1", "/admin/v1/logs/telephony"),
  v1("offline_enrollment_v1", "/admin/v1/logs/offline_enrollment"),
];

function v1(name: StreamName, path: string): StreamSpec {
  return { name, path, convention: "list", itemsKey: "", idKeys: [], timeKey: "timestamp", delayed: true };
}

/**
 * Finds a stream by its name or its path.
 *
 * @throws Error naming the known streams when there is none such
 */
export function streamNamed(nameOrPath: string): StreamSpec {
  const found = STREAMS.find((stream) => stream.name === nameOrPath || stream.path === nameOrPath);
  if (found) return found;
  const known = STREAMS.map((stream) => stream.name).join(", ");
  throw new Error(`Cannot find the stream: expected one of ${known}, got ${nameOrPath}`);
}
