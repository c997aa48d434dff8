import type { JsonObject } from "../../../core/json.ts";
import { twinKey } from "../common/twin-key.ts";

/** The versions of the telephony log. */
type Version = "v1" | "v2";

/**
 * Gives the twin key of a message or call: its second, purpose, credits, number and kind.
 *
 * @param version of the log that the event must have the shape of: only v2 has identifiers
 */
export function telephonyTwinKey(event: JsonObject, version: Version): string | undefined {
  const { context, credits, phone, type, telephony_id: id } = event;
  const isV2 = typeof id === "string" && id !== "";
  // A row of one stream must never pass for a twin in the other.
  if (isV2 !== (version === "v2") || (!isV2 && event["ts"] !== undefined)) return undefined;
  const times = isV2 ? [event["ts"]] : [event["timestamp"], event["isotimestamp"]];
  return twinKey(times, [context, credits, phone, type]);
}
