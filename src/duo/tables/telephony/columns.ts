import type { Column } from "../../../core/columns.ts";
import type { TableColumns } from "../common/table-columns.ts";
import { UNFILLED_CLOUD, UNFILLED_HOST } from "../common/unfilled-columns.ts";

const DUO: readonly Column[] = [
  { name: "duo.telephony.credits", type: "int", doc: "Telephony credits that the message or call cost." },
  {
    name: "duo.telephony.event_type",
    type: "string",
    doc: "What the message or call was for (`authentication`, `enrollment`, `administrator login`, `verify`).",
  },
  {
    name: "duo.telephony.phone_number",
    type: "string",
    doc: "Telephone number that was called or written to.",
  },
  { name: "duo.telephony.type", type: "string", doc: "How it was reached (`sms`, `phone`)." },
];

const ADDED: readonly Column[] = [
  {
    name: "duo.telephony.id",
    type: "string",
    doc: "Duo's identifier of the telephony event; absent in the v1 log.",
  },
  {
    name: "duo.telephony.txid",
    type: "string",
    doc: "Identifier of the sign-in it belongs to: `duo.auth.txid` in the table of authentications.",
  },
];

/** The columns of the telephony log. */
export const TELEPHONY_COLUMNS: TableColumns = {
  inMatano: true,
  duo: DUO,
  ecs: [
    ...UNFILLED_CLOUD,
    "ecs.version",
    "event.created",
    "event.dataset",
    "event.kind",
    "event.module",
    "event.original",
    ...UNFILLED_HOST,
  ],
  added: { duo: ADDED, ecs: ["event.id"] },
};
