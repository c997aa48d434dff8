import { knownShape, type KnownField, type KnownShape } from "../common/known-shape.ts";

const ENUMERATIONS: Readonly<Record<string, KnownField>> = {
  context: new Set(["administrator login", "authentication", "enrollment", "verify"]),
  type: new Set(["phone", "sms"]),
};

/** The telephony log, by its version, as far as known. */
export const TELEPHONY_KNOWN: Readonly<Record<"v1" | "v2", KnownShape>> = {
  v1: knownShape(["credits", "isotimestamp", "phone", "timestamp"], ENUMERATIONS),
  v2: knownShape(["credits", "phone", "telephony_id", "ts", "txid"], ENUMERATIONS),
};
