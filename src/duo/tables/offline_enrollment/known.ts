import { knownShape, type KnownShape } from "../common/known-shape.ts";
import { OFFLINE_ACTIONS } from "./known-actions.ts";

/** The offline enrolment log (v1), as far as known. */
export const OFFLINE_ENROLLMENT_KNOWN: KnownShape = knownShape(
  ["description", "isotimestamp", "object", "timestamp", "username"],
  { action: OFFLINE_ACTIONS },
);
