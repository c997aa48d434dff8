import type { Column } from "../../../core/columns.ts";

/** Fields of the authentication log that Matano leaves in `event.original` only. */
export const AUTH_ADDED: readonly Column[] = [
  { name: "duo.auth.access_device.epkey", type: "string", doc: "Duo's key of the endpoint." },
  {
    name: "duo.auth.application.destination_name",
    type: "string",
    doc: "Name of the service behind a single sign-on application.",
  },
  { name: "duo.auth.auth_device.key", type: "string", doc: "Duo's key of the second device." },
  {
    name: "duo.auth.adaptive_trust_assessments.more_secure_auth.detected_attack_detectors",
    type: { type: "list", element: "string" },
    doc: "Attack patterns found when assessing asking for a stronger factor.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.more_secure_auth.features_version",
    type: "string",
    doc: "Version of the features used in assessing asking for a stronger factor.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.more_secure_auth.model_version",
    type: "string",
    doc: "Version of the model used in assessing asking for a stronger factor.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.more_secure_auth.policy_enabled",
    type: "boolean",
    doc: "Whether the policy for asking for a stronger factor was on.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.more_secure_auth.preview_mode_enabled",
    type: "boolean",
    doc: "Whether the policy for asking for a stronger factor only watched.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.more_secure_auth.reason",
    type: "string",
    doc: "Why asking for a stronger factor was assessed so.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.more_secure_auth.trust_level",
    type: "string",
    doc: "Level of trust found when assessing asking for a stronger factor (`LOW`, `NORMAL`).",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.remember_me.detected_attack_detectors",
    type: { type: "list", element: "string" },
    doc: "Attack patterns found when assessing remembering the device.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.remember_me.features_version",
    type: "string",
    doc: "Version of the features used in assessing remembering the device.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.remember_me.model_version",
    type: "string",
    doc: "Version of the model used in assessing remembering the device.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.remember_me.policy_enabled",
    type: "boolean",
    doc: "Whether the policy for remembering the device was on.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.remember_me.preview_mode_enabled",
    type: "boolean",
    doc: "Whether the policy for remembering the device only watched.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.remember_me.reason",
    type: "string",
    doc: "Why remembering the device was assessed so.",
  },
  {
    name: "duo.auth.adaptive_trust_assessments.remember_me.trust_level",
    type: "string",
    doc: "Level of trust found when assessing remembering the device (`LOW`, `NORMAL`).",
  },
  {
    name: "duo.auth.passport_assessment.is_supported",
    type: "boolean",
    doc: "Whether Duo Passport could be used.",
  },
  {
    name: "duo.auth.passport_assessment.reason",
    type: "string",
    doc: "Why Duo Passport could be used or not.",
  },
  {
    name: "duo.auth.rbfs_triggered_attacks",
    type: {
      type: "list",
      element: {
        type: "struct",
        fields: [
          {
            name: "country_code_access",
            type: "string",
            doc: "Country of the device that asked for access.",
          },
          { name: "country_code_auth", type: "string", doc: "Country of the second device." },
          { name: "detected_occurrences", type: "long", doc: "How often the pattern was seen." },
          { name: "detector", type: "string", doc: "Name of the attack pattern." },
          { name: "shadow_mode", type: "boolean", doc: "Whether the detector only watched." },
          { name: "suppressed", type: "string", doc: "Why the pattern was not acted on." },
          { name: "threshold_occurrences", type: "long", doc: "How often the pattern must be seen." },
          { name: "threshold_time_frame", type: "long", doc: "Time within which it must be seen." },
          {
            name: "unrealistic_travel_velocity",
            type: "long",
            doc: "Speed above which travel counts as impossible.",
          },
        ],
      },
    },
    doc: "Attack patterns that made Duo ask for a stronger factor.",
  },
  {
    name: "duo.auth.trusted_session_info.trusted_session_uuid",
    type: "string",
    doc: "Identifier of the trusted session that the sign-in belongs to.",
  },
  { name: "duo.auth.user.groups", type: { type: "list", element: "string" }, doc: "Groups of the user." },
];
