import { ACTION_TYPES } from "./actions.ts";

/** Known, and in no list of the classification: it tells them by how they begin and end. */
const UNLISTED: readonly string[] = ["admin_lockout", "admin_single_sign_on_update"];

/** The actions of the administrator log, as far as known. */
export const ADMINISTRATOR_ACTIONS: ReadonlySet<string> = new Set([
  ...Object.values(ACTION_TYPES).flatMap((actions: ReadonlySet<string>) => [...actions]),
  ...UNLISTED,
]);
