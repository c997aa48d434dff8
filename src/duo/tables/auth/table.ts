import { identityOf } from "../common/identity-of.ts";
import { once } from "../common/once.ts";
import { tableColumns } from "../common/table-columns.ts";
import type { LogTable } from "../table.ts";
import { AUTH_COLUMNS } from "./columns.ts";
import { AUTHENTICATION_KNOWN } from "./known.ts";
import { toAuthRow } from "./to-row.ts";

/**
 * Authentication log. A sign-in can be logged more than once under one `txid`, so the time is part of the
 * identity.
 */
export const authTable: LogTable = {
  name: "auth",
  description:
    "Authentication and enrolment attempts: who, from which device and place, with which factor, and how it ended.",
  streams: [
    {
      name: "authentication_v2",
      path: "/admin/v2/logs/authentication",
      paging: "cursor",
      itemsKey: "authlogs",
      pageRowCountMax: 1000,
      permission: "Grant read log",
      identity: identityOf(["txid", "isotimestamp"]),
      known: AUTHENTICATION_KNOWN,
    },
  ],
  hasAttemptCounter: true,
  columns: once(() => tableColumns(AUTH_COLUMNS)),
  map: toAuthRow,
};
