import { AUTHENTICATION_KNOWN } from "../auth/known.ts";
import { knownShape, type KnownShape } from "../common/known-shape.ts";

const PARTY = knownShape(["key", "name"]);

/** The Trust Monitor events, as far as known; Duo documents few of the types of their explanations and reasons. */
export const TRUST_MONITOR_KNOWN: KnownShape = knownShape(
  [
    "bypass_status_enabled",
    "from_common_netblock",
    "from_new_user",
    "low_risk_ip",
    "priority_event",
    "sekey",
    "state_updated_timestamp",
    "surfaced_timestamp",
    "triage_event_uri",
    "triaged_as_interesting",
  ],
  {
    enabled_by: PARTY,
    enabled_for: PARTY,
    explanations: knownShape(["summary", "type"]),
    priority_reasons: knownShape(["label", "type"]),
    state: new Set(["new", "processed"]),
    surfaced_auth: AUTHENTICATION_KNOWN,
    type: new Set(["auth", "bypass_status", "device_registration"]),
  },
);
