import type { Column } from "../../../core/columns.ts";
import type { TableColumns } from "../common/table-columns.ts";
import { UNFILLED_CLOUD, UNFILLED_HOST } from "../common/unfilled-columns.ts";

const DUO: readonly Column[] = [
  { name: "duo.admin.action", type: "string", doc: "Action as Duo names it (`admin_login`, `user_update`)." },
  {
    name: "duo.admin.action_performed_on",
    type: "string",
    doc: "Object acted on: a user, a phone, a policy, whatever the action is about.",
  },
  {
    name: "duo.admin.flattened",
    type: "string",
    doc: "The description as compacted JSON text with sorted keys, where Duo gave JSON; from the activity log the details of the action, or what it changed.",
  },
  {
    name: "duo.admin.user.name",
    type: "string",
    doc: "Name of the administrator, API client (`API (<application name>)`) or sync job that acted.",
  },
];

const ADDED: readonly Column[] = [
  { name: "duo.admin.errors", type: "string", doc: "Error texts from the description." },
  {
    name: "duo.admin.status",
    type: "string",
    doc: "Status that the action set (`Active`, `Bypass`, `Disabled`).",
  },
];

/** The columns of the administrator log. */
export const ADMIN_COLUMNS: TableColumns = {
  inMatano: true,
  duo: DUO,
  ecs: [
    ...UNFILLED_CLOUD,
    "ecs.version",
    "event.action",
    "event.agent_id_status",
    "event.category",
    "event.created",
    "event.dataset",
    "event.kind",
    "event.module",
    "event.original",
    "event.outcome",
    "event.reason",
    "event.type",
    ...UNFILLED_HOST,
    "message",
    "related.user",
    "source.as.number",
    "source.as.organization.name",
    "user.changes.email",
    "user.changes.name",
    "user.email",
    "user.name",
    "user.target.name",
  ],
  added: { duo: ADDED, ecs: ["related.ip", "source.address", "source.ip"] },
};
