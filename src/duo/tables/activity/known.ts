import { KNOWN_LOCATION } from "../common/known-location.ts";
import { knownShape, type KnownShape } from "../common/known-shape.ts";
import { ACTIVITY_ACTIONS } from "./known-actions.ts";

const ACTOR_TYPES: ReadonlySet<string> = new Set([
  "admin",
  "admin_sync",
  "adminapi",
  "azure_sync",
  "deviceapi",
  "ldap_sync",
  "ldapsync",
  "system",
  "user",
]);

const TARGET_TYPES: ReadonlySet<string> = new Set([
  "admin",
  "admin_login",
  "adminap_integrations",
  "authproxy",
  "computer_registration",
  "device_registration",
  "enroll_code",
  "group",
  "hardtoken",
  "integration",
  "ldap_directory",
  "log_export",
  "login_settings",
  "phone",
  "policy",
  "trusted_endpoints_integration",
  "u2f_token",
  "user",
  "user_bypass",
  "webauthn_credential",
  "webauthn_credentials",
]);

const TARGET = knownShape(["details", "key", "name"], { type: TARGET_TYPES });

/** The activity log (v2), as far as known. Its `details` are JSON in text, with keys for each action. */
export const ACTIVITY_KNOWN: KnownShape = knownShape(["activity_id", "akey", "ts"], {
  access_device: knownShape(["browser", "browser_version", "epkey", "os", "os_version"], {
    ip: knownShape(["address"]),
    location: KNOWN_LOCATION,
  }),
  action: knownShape(["details"], { name: ACTIVITY_ACTIONS }),
  actor: knownShape(["details", "key", "name"], { type: ACTOR_TYPES }),
  application: knownShape(["key", "name", "type"]),
  old_target: TARGET,
  outcome: knownShape([], { result: new Set(["FAILURE", "SUCCESS"]) }),
  target: TARGET,
});
