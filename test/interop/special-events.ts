import type { Simulator } from "../../simulator/simulator.ts";
import type { RawEvent } from "../../simulator/streams.ts";

/** Texts that a wrong bound, a wrong escape or a wrong encoding shows itself with. */
export const SPECIAL_TEXTS: readonly string[] = [
  "",
  " ",
  "Ærø Ñandú",
  "名前テスト",
  "she said \"no\" and 'yes'",
  "back\\slash \\u0041 \\xFF",
  "tab\tnew\nline\r\n",
  "nul\u0000inside",
  "👩‍👩‍👧‍👦 family",
  "مرحبا",
  "e\u0301 is not é",
  "é".repeat(300),
  "z".repeat(300),
  "fifteen chars..\u{1F600}\u{1F600}",
  "sixteen chars...\u{10FFFF}",
  "\u{10FFFF}".repeat(20),
  "\ud7ff".repeat(20),
  "half \ud800 a character",
  "a,b;c|d",
  '{"json": [1, null]}',
  "null",
  "NaN",
  "2026-03-12T00:00:00Z",
];

const DAY_MS = 86_400_000;

/** Puts events that real life has too rarely into every log; all of them happened within the last hours. */
export function injectSpecialEvents(simulator: Simulator): void {
  const nowMs = simulator.clock.nowMs();
  const atMs = nowMs - 3 * 3_600_000;
  const { inject } = simulator;
  inject("authentication_v2", [
    ...SPECIAL_TEXTS.map((text, i) =>
      authEvent(atMs + i, { user: { name: text, key: text, groups: [text, ""] } }),
    ),
    ...authVariants(atMs + 1_000),
  ]);
  inject(
    "authentication_v2",
    [
      { result: "denied", reason: "no time" },
      { timestamp: "never", txid: "x" },
    ],
    { atMs },
  );
  inject("authentication_v2", [{}], { atMs });
  inject(
    "administrator_v1",
    SPECIAL_TEXTS.map((text, i) => adminEvent(atMs + i * 1_000, text)),
  );
  // Equal in every member: two events, not one.
  inject("administrator_v1", [adminEvent(atMs, "twin"), adminEvent(atMs, "twin"), adminEvent(atMs, "twin")]);
  inject(
    "offline_enrollment_v1",
    SPECIAL_TEXTS.map((text, i) => offlineEvent(atMs + i * 1_000, text)),
  );
  inject(
    "telephony_v2",
    SPECIAL_TEXTS.map((text, i) =>
      telephonyEvent(atMs + i, { phone: text, credits: i % 2 ? 2 ** 31 - 1 : -1 }),
    ),
  );
  inject(
    "activity_v2",
    SPECIAL_TEXTS.map((text, i) => activityEvent(atMs + i, text)),
  );
  inject(
    "trust_monitor",
    SPECIAL_TEXTS.map((text, i) => trustEvent(atMs + i, text)),
  );
}

/** Puts logins on the last microseconds of yesterday and on the first ones of today. */
export function injectDayEdges(simulator: Simulator): void {
  const nowMs = simulator.clock.nowMs();
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const yesterday = new Date(nowMs - DAY_MS).toISOString().slice(0, 10);
  const instants = [
    `${yesterday}T23:59:59.000001+00:00`,
    `${yesterday}T23:59:59.999999+00:00`,
    `${today}T00:00:00.000000+00:00`,
    `${today}T00:00:00.000001+00:00`,
  ];
  simulator.inject(
    "authentication_v2",
    instants.map((isotimestamp, i) => ({ txid: `edge-${i}`, isotimestamp, result: "fraud" })),
  );
}

function authVariants(atMs: number): RawEvent[] {
  const attack = (occurrences: unknown): RawEvent => ({
    detector: "UNREALISTIC_TRAVEL",
    detected_occurrences: occurrences,
    shadow_mode: false,
    country_code_access: "NO",
  });
  const assessed = (enabled: unknown, detectors: unknown): RawEvent => ({
    more_secure_auth: {
      detected_attack_detectors: detectors,
      features_version: "3.0",
      policy_enabled: enabled,
      preview_mode_enabled: false,
      trust_level: "LOW",
    },
  });
  return [
    authEvent(atMs, { rbfs_triggered_attacks: [attack("9007199254740993"), attack(2 ** 60)] }),
    authEvent(atMs + 1, { rbfs_triggered_attacks: [attack("9223372036854775807"), attack(null)] }),
    authEvent(atMs + 2, { rbfs_triggered_attacks: [] }),
    authEvent(atMs + 3, { adaptive_trust_assessments: assessed(true, []) }),
    authEvent(atMs + 4, { adaptive_trust_assessments: assessed("false", ["PUSH_HARASSMENT", "É"]) }),
    authEvent(atMs + 5, { adaptive_trust_assessments: assessed(null, null) }),
    authEvent(atMs + 6, { access_device: { ip: "192.0.2.1:65535", location: { city: "Ærøskøbing" } } }),
    authEvent(atMs + 7, { access_device: { ip: "2001:db8::1", security_agents: [{ version: null }] } }),
    { result: "success", isotimestamp: iso(atMs + 8, "789") },
    { txid: "bare", isotimestamp: iso(atMs + 9, "001") },
  ];
}

function authEvent(atMs: number, changes: RawEvent): RawEvent {
  return {
    txid: `special-${atMs}`,
    timestamp: Math.floor(atMs / 1000),
    isotimestamp: iso(atMs, "123"),
    result: "success",
    user: { name: "mvos" },
    ...changes,
  };
}

function adminEvent(atMs: number, text: string): RawEvent {
  return {
    action: "user_update",
    description: JSON.stringify({ email: text, realname: text }),
    object: text,
    username: text === "" ? null : text,
    timestamp: Math.floor(atMs / 1000),
    isotimestamp: isoSecond(atMs),
  };
}

function offlineEvent(atMs: number, text: string): RawEvent {
  return {
    action: "o2fa_user_provisioned",
    description: JSON.stringify({ factor: "duo_otp", hostname: text, user_agent: "DuoCredProv/4.2" }),
    object: "Windows Logon",
    username: text,
    timestamp: Math.floor(atMs / 1000),
    isotimestamp: isoSecond(atMs),
  };
}

function telephonyEvent(atMs: number, event: { readonly phone: string; readonly credits: number }): RawEvent {
  return {
    context: "verify",
    credits: event.credits,
    phone: event.phone,
    telephony_id: `special-${atMs}`,
    ts: iso(atMs, "000"),
    txid: null,
    type: "sms",
  };
}

function activityEvent(atMs: number, text: string): RawEvent {
  return {
    access_device: { ip: "198.51.100.7", location: { city: text } },
    action: { details: JSON.stringify({ text }), name: "user_update" },
    activity_id: `special-${atMs}`,
    actor: { details: null, key: "DE00000000000000ABCD", name: text, type: "admin" },
    akey: "DA00000000000000ABCD",
    application: null,
    old_target: null,
    outcome: text.length % 2 === 0 ? { result: "FAILURE" } : null,
    target: { details: text, key: "DU00000000000000ABCD", name: text, type: "user" },
    ts: iso(atMs, "999"),
  };
}

function trustEvent(atMs: number, text: string): RawEvent {
  return {
    explanations: [{ summary: text, type: "NEW_NETBLOCK" }, { type: null }],
    from_common_netblock: false,
    from_new_user: text.length % 2 === 0,
    low_risk_ip: null,
    priority_event: true,
    priority_reasons: text === "" ? [] : [{ label: text, type: "country" }],
    sekey: `special-${atMs}`,
    state: "new",
    state_updated_timestamp: atMs + 1,
    surfaced_auth: { txid: text, user: { name: text }, result: "denied" },
    surfaced_timestamp: atMs,
    triaged_as_interesting: false,
    type: "auth",
  };
}

function iso(atMs: number, micros: string): string {
  return `${new Date(atMs).toISOString().slice(0, -1)}${micros}+00:00`;
}

function isoSecond(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}+00:00`;
}
