import { isJsonObject, stringifySortedWithin, type Json, type JsonObject } from "../../../core/json.ts";
import { DEPTH_MAX } from "../../../ecs/compact-json.ts";
import { wellFormed } from "../../../ecs/well-formed.ts";
import type { Mapped } from "../table.ts";

/** An event that a mapping can read. */
export interface OpenEvent {
  readonly kind: "open";
  readonly event: JsonObject;
  /** `event.original`: the event as canonical JSON text. */
  readonly original: string;
}

/** Written by Matano's puller into each event; it routes the event and is no part of it. */
const ROUTING_KEY = "_table";
// JSON text has this only where half a character stands alone, or where the event's text itself reads so.
const ESCAPED_SURROGATE = "\\ud";

/**
 * Makes an event ready for its mapping, or says why there is nothing to map: `not_an_object`, `too_deep`, or
 * empty, as `{}` and `{"response":[]}` are.
 */
export function openEvent(value: Json): OpenEvent | Exclude<Mapped, { kind: "row" }> {
  if (!isJsonObject(value)) return { kind: "rejected", reason: "not_an_object" };
  const event = Object.hasOwn(value, ROUTING_KEY) ? withoutRoutingKey(value) : value;
  if (isEmpty(event)) return { kind: "empty" };
  const original = stringifySortedWithin(event, DEPTH_MAX);
  if (original === undefined) return { kind: "rejected", reason: "too_deep" };
  if (!original.includes(ESCAPED_SURROGATE)) return { kind: "open", event, original };
  return { kind: "open", event: wellFormed(event) as JsonObject, original };
}

function withoutRoutingKey(event: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(event).filter(([key]) => key !== ROUTING_KEY));
}

function isEmpty(event: JsonObject): boolean {
  const { response } = event as { readonly response?: Json };
  if (Array.isArray(response) && response.length === 0) return true;
  for (const _ in event) return false;
  return true;
}
