import type { Column } from "../../../core/columns.ts";
import type { TableColumns } from "../common/table-columns.ts";

const DUO: readonly Column[] = [
  {
    name: "duo.trust_monitor.bypass_status_enabled",
    type: "timestamptz",
    doc: "When bypass was switched on.",
  },
  { name: "duo.trust_monitor.enabled_by.key", type: "string", doc: "Duo's key of who switched bypass on." },
  { name: "duo.trust_monitor.enabled_by.name", type: "string", doc: "Name of who switched bypass on." },
  {
    name: "duo.trust_monitor.enabled_for.key",
    type: "string",
    doc: "Duo's key of the user or group that bypass was switched on for.",
  },
  {
    name: "duo.trust_monitor.enabled_for.name",
    type: "string",
    doc: "Name of the user or group that bypass was switched on for.",
  },
  {
    name: "duo.trust_monitor.explanations",
    type: {
      type: "list",
      element: {
        type: "struct",
        fields: [
          { name: "summary", type: "string", doc: "Explanation in words." },
          { name: "type", type: "string", doc: "Kind of explanation (`NEW_COUNTRY_CODE`)." },
        ],
      },
    },
    doc: "Why Duo surfaced the event.",
  },
  {
    name: "duo.trust_monitor.from_common_netblock",
    type: "boolean",
    doc: "Whether the sign-in came from a network common in this account.",
  },
  { name: "duo.trust_monitor.from_new_user", type: "boolean", doc: "Whether the user was new." },
  { name: "duo.trust_monitor.low_risk_ip", type: "boolean", doc: "Whether the address is one of low risk." },
  {
    name: "duo.trust_monitor.priority_event",
    type: "boolean",
    doc: "Whether the event matches the account's risk profile.",
  },
  {
    name: "duo.trust_monitor.priority_reasons",
    type: {
      type: "list",
      element: {
        type: "struct",
        fields: [
          { name: "label", type: "string", doc: "Value that matched." },
          { name: "type", type: "string", doc: "What is meant by the label (`country`)." },
        ],
      },
    },
    doc: "What of the account's risk profile the event matches.",
  },
  { name: "duo.trust_monitor.sekey", type: "string", doc: "Duo's identifier of the security event." },
  {
    name: "duo.trust_monitor.state",
    type: "string",
    doc: "State of the event when it was fetched (`new`, `processed`); each state that was seen is a row.",
  },
  {
    name: "duo.trust_monitor.state_updated_timestamp",
    type: "timestamptz",
    doc: "When the state last changed.",
  },
  {
    name: "duo.trust_monitor.surfaced_auth",
    type: "string",
    doc: "The sign-in that was surfaced, as compacted JSON text.",
  },
  {
    name: "duo.trust_monitor.surfaced_auth_txid",
    type: "string",
    doc: "Identifier of that sign-in: `duo.auth.txid` in the table of authentications.",
  },
  {
    name: "duo.trust_monitor.triage_event_uri",
    type: "string",
    doc: "Link to the event in the Duo Admin Panel.",
  },
  {
    name: "duo.trust_monitor.triaged_as_interesting",
    type: "boolean",
    doc: "Whether somebody marked the event as interesting.",
  },
  {
    name: "duo.trust_monitor.type",
    type: "string",
    doc: "Kind of event (`auth`, `bypass_status`, `device_registration`).",
  },
];

/** The columns of the Trust Monitor events. */
export const TRUST_MONITOR_COLUMNS: TableColumns = {
  inMatano: false,
  duo: DUO,
  ecs: [
    "ecs.version",
    "event.action",
    "event.category",
    "event.created",
    "event.dataset",
    "event.id",
    "event.kind",
    "event.module",
    "event.original",
    "event.outcome",
    "event.reason",
    "event.type",
    "event.url",
    "group.id",
    "group.name",
    "related.ip",
    "related.user",
    "source.address",
    "source.geo.city_name",
    "source.geo.country_iso_code",
    "source.geo.country_name",
    "source.geo.region_name",
    "source.ip",
    "source.port",
    "user.email",
    "user.id",
    "user.name",
    "user_agent.name",
    "user_agent.os.name",
    "user_agent.os.version",
    "user_agent.version",
  ],
  added: { duo: [], ecs: [] },
};
