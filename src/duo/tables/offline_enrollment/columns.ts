import type { Column } from "../../../core/columns.ts";
import type { TableColumns } from "../common/table-columns.ts";
import { UNFILLED_CLOUD, UNFILLED_HOST } from "../common/unfilled-columns.ts";

const DUO: readonly Column[] = [
  {
    name: "duo.offline_enrollment.action",
    type: "string",
    doc: "Action as Duo names it (`o2fa_user_provisioned`).",
  },
  {
    name: "duo.offline_enrollment.description.factor",
    type: "string",
    doc: "Factor enrolled for offline use (`duo_otp`, `security_key`).",
  },
  {
    name: "duo.offline_enrollment.description.hostname",
    type: "string",
    doc: "Name of the computer enrolled.",
  },
  {
    name: "duo.offline_enrollment.description.user_agent",
    type: "string",
    doc: "Version of Duo Authentication for Windows Logon and of Windows.",
  },
  {
    name: "duo.offline_enrollment.object",
    type: "string",
    doc: "Application that the enrolment belongs to.",
  },
  { name: "duo.offline_enrollment.user.name", type: "string", doc: "Name of the user enrolled." },
];

/** The columns of the offline enrolment log. */
export const OFFLINE_ENROLLMENT_COLUMNS: TableColumns = {
  inMatano: true,
  duo: DUO,
  ecs: [
    ...UNFILLED_CLOUD,
    "ecs.version",
    "event.created",
    "event.dataset",
    "event.module",
    "event.original",
    ...UNFILLED_HOST,
    "related.hosts",
    "related.user",
    "user.name",
  ],
  added: {
    duo: [],
    ecs: [
      "event.action",
      "event.category",
      "event.kind",
      "event.outcome",
      "event.type",
      "message",
      "user_agent.original",
    ],
  },
};
