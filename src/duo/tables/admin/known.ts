import { knownShape, type KnownShape } from "../common/known-shape.ts";
import { ADMINISTRATOR_ACTIONS } from "./known-actions.ts";

/** The administrator log (v1), as far as known. */
export const ADMINISTRATOR_KNOWN: KnownShape = knownShape(
  ["description", "isotimestamp", "object", "timestamp", "username"],
  { action: ADMINISTRATOR_ACTIONS },
);
