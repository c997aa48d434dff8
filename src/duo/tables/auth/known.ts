import { KNOWN_LOCATION } from "../common/known-location.ts";
import { knownShape, type KnownShape } from "../common/known-shape.ts";
import { REASONS } from "./known-reasons.ts";

const FACTORS: ReadonlySet<string> = new Set([
  // Seen in enrolments, whose factor is a text for people.
  "Platform authenticator (2fa)",
  "WebAuthn Chrome Touch ID",
  "WebAuthn Credential",
  "WebAuthn Security Key",
  "bypass_code",
  "digipass_go_7_token",
  "duo_mobile_passcode",
  "duo_push",
  "hardware_token",
  "not_available",
  "passcode",
  "phone_call",
  "remembered_device",
  "sms_passcode",
  "sms_refresh",
  "trusted_mobile_authenticator",
  "trusted_network",
  "u2f_token",
  "verified_duo_push",
  "yubikey_code",
  "yubikey_passcode",
]);

const ACCESS_DEVICE = knownShape(
  [
    "browser",
    "browser_version",
    "epkey",
    "flash_version",
    "hostname",
    "ip",
    "is_encryption_enabled",
    "is_firewall_enabled",
    "is_password_set",
    "java_version",
    "management_agents",
    "os",
    "os_version",
    "port",
  ],
  { location: KNOWN_LOCATION, security_agents: knownShape(["security_agent", "version"]) },
);

const REMEMBER_ME: readonly string[] = [
  "features_version",
  "model_version",
  "policy_enabled",
  "reason",
  "trust_level",
];

const ATTACK = knownShape([
  "country_code_access",
  "country_code_auth",
  "detected_occurrences",
  "detector",
  "shadow_mode",
  "suppressed",
  "threshold_occurrences",
  "threshold_time_frame",
  "unrealistic_travel_velocity",
]);

/**
 * The authentication log (v2), as far as known. Lists of which only examples are known (trust levels, detectors)
 * are not looked at: they would report what is ordinary.
 */
export const AUTHENTICATION_KNOWN: KnownShape = knownShape(
  ["alias", "email", "isotimestamp", "ood_software", "timestamp", "txid"],
  {
    access_device: ACCESS_DEVICE,
    adaptive_trust_assessments: knownShape([], {
      more_secure_auth: knownShape([...REMEMBER_ME, "detected_attack_detectors", "preview_mode_enabled"]),
      remember_me: knownShape(REMEMBER_ME),
    }),
    application: knownShape(["destination_app_name", "destination_name", "key", "name"]),
    auth_device: knownShape(["ip", "key", "name", "port", "serial", "type"], { location: KNOWN_LOCATION }),
    event_type: new Set(["authentication", "enrollment"]),
    factor: FACTORS,
    passport_assessment: knownShape(["is_supported", "reason"]),
    rbfs_triggered_attacks: ATTACK,
    reason: REASONS,
    remembered_factor: FACTORS,
    result: new Set(["denied", "error", "failure", "fraud", "success"]),
    trusted_endpoint_status: new Set(["not trusted", "trusted", "unknown"]),
    trusted_session_info: knownShape(["trusted_session_uuid"]),
    user: knownShape(["groups", "key", "name"]),
  },
);
