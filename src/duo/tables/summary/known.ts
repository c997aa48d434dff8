import { knownShape, type KnownShape } from "../common/known-shape.ts";

/** The account summary, as far as known. */
export const SUMMARY_KNOWN: KnownShape = knownShape([
  "admin_count",
  "edition",
  "integration_count",
  "telephony_credits_remaining",
  "user_count",
  "user_pending_deletion_count",
]);
