import { knownShape, type KnownShape } from "./known-shape.ts";

/** A place as Duo writes it. */
export const KNOWN_LOCATION: KnownShape = knownShape(["city", "country", "state"]);
