import type { Column } from "../../../core/columns.ts";
import type { TableColumns } from "../common/table-columns.ts";
import { UNFILLED_CLOUD, UNFILLED_HOST } from "../common/unfilled-columns.ts";

const DUO: readonly Column[] = [
  { name: "duo.summary.admin_count", type: "int", doc: "Number of administrators of the account." },
  { name: "duo.summary.integration_count", type: "int", doc: "Number of applications of the account." },
  { name: "duo.summary.telephony_credits_remaining", type: "int", doc: "Telephony credits left." },
  { name: "duo.summary.user_count", type: "int", doc: "Number of users of the account." },
];

const ADDED: readonly Column[] = [
  { name: "duo.summary.edition", type: "string", doc: "Edition of the account (`Duo Premier`)." },
  {
    name: "duo.summary.user_pending_deletion_count",
    type: "int",
    doc: "Number of users in the trash, waiting for deletion.",
  },
];

/** The columns of the account summary. */
export const SUMMARY_COLUMNS: TableColumns = {
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
  ],
  added: { duo: ADDED, ecs: ["event.kind"] },
};
