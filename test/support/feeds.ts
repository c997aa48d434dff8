import type { SimulatorOptions } from "../../simulator/options.ts";
import type { LogSource } from "../../src/config/config.ts";
import type { EventTable } from "./pull-harness.ts";

/** One endpoint feeding one table, and a simulator in which it does. */
export interface Feed {
  /** The stream, and the table where that does not follow from it. */
  readonly name: string;
  readonly table: EventTable | "summary";
  /** What a fault has to aim at. */
  readonly target: string;
  /** `list` is a v1 log: no cursor and no identities; `gauge` has no pages at all. */
  readonly paging: "cursor" | "offset" | "list" | "gauge";
  readonly source?: Partial<LogSource>;
  readonly retired?: SimulatorOptions["retired"];
}

const ACTIVITY = { target: "activity_v2", paging: "cursor", source: { adminStream: "activity" } } as const;

/** Every endpoint that can feed a table, with the table that it feeds; `activity_v2` feeds three. */
export const FEEDS: readonly Feed[] = [
  { name: "authentication_v2", table: "auth", target: "authentication_v2", paging: "cursor" },
  { name: "administrator_v1", table: "admin", target: "administrator_v1", paging: "list" },
  {
    name: "offline_enrollment_v1",
    table: "offline_enrollment",
    target: "offline_enrollment_v1",
    paging: "list",
  },
  { name: "telephony_v2", table: "telephony", target: "telephony_v2", paging: "cursor" },
  {
    name: "telephony_v1",
    table: "telephony",
    target: "telephony_v1",
    paging: "list",
    retired: { telephony_v2: 404 },
  },
  { name: "activity_v2", table: "activity", target: "activity_v2", paging: "cursor" },
  { name: "activity_v2 for admin", table: "admin", ...ACTIVITY },
  { name: "activity_v2 for offline_enrollment", table: "offline_enrollment", ...ACTIVITY },
  { name: "trust_monitor", table: "trust_monitor", target: "trust_monitor", paging: "offset" },
  { name: "info_summary", table: "summary", target: "/admin/v1/info/summary", paging: "gauge" },
];
