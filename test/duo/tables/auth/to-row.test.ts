import { expect, test } from "vitest";
import type { Json } from "../../../../src/core/json.ts";
import { sampleEvents } from "../../../support/sample-events.ts";
import { at, changed, mapRow } from "../../../support/map-row.ts";

function withDevice(device: { readonly [key: string]: Json }): Json {
  return changed("auth", { access_device: device, auth_device: {} });
}

test("toAuthRow fills every column that a full event has something for", () => {
  const row = mapRow("auth", sampleEvents("auth")[0] ?? null);
  expect(row).toMatchObject({
    ts: "2026-02-17T06:41:22.083917Z",
    event: { action: "authentication", outcome: "failure", reason: "user_marked_fraud" },
    source: {
      address: "LT-2291",
      ip: "192.0.2.57",
      port: 61_022,
      geo: { city_name: "Tromsø", region_name: "Troms", country_name: "Norway" },
      user: { group: { name: 'Finance, Drift (from AD sync "CORP")' } },
    },
    related: {
      hosts: ["LT-2291"],
      ip: ["192.0.2.57", "2001:db8:12::9"],
      user: ["kari", "kari.nordmann@corp.example", "kari.n"],
    },
  });
  expect(at(row, "duo.auth")).toMatchObject({
    access_device: {
      ip: "192.0.2.57",
      port: 61_022,
      is_encryption_enabled: "true",
      security_agents: [
        { security_agent: "Windows Defender", version: "4.18.25080.5" },
        { security_agent: "Cisco Secure Endpoint" },
      ],
    },
    adaptive_trust_assessments: {
      more_secure_auth: {
        detected_attack_detectors: ["USER_MARKED_FRAUD", "PUSH_HARASSMENT"],
        policy_enabled: true,
        preview_mode_enabled: false,
      },
      remember_me: { features_version: "3.1", policy_enabled: false, trust_level: "LOW" },
    },
    application: { destination_name: "Payroll" },
    auth_device: { geo: { country_iso_code: "NO", region_name: "Troms" }, key: "DPN4B7V1C9X3Z6L2K8J5" },
    passport_assessment: { is_supported: false, reason: "os_not_supported" },
    rbfs_triggered_attacks: [
      {
        country_code_access: "NO",
        country_code_auth: "NO",
        detected_occurrences: 6,
        detector: "PUSH_HARASSMENT",
        shadow_mode: false,
        threshold_occurrences: 5,
        threshold_time_frame: 600,
      },
    ],
    trusted_session_info: { trusted_session_uuid: "4f0b5c1e-2f5a-4b56-9d0c-7d3e54a1b290" },
  });
  expect(row).not.toHaveProperty("tags");
});

test("toAuthRow leaves ECS columns empty where Duo knows nothing", () => {
  const row = mapRow("auth", sampleEvents("auth")[1] ?? null);
  expect(at(row, "source")).toEqual({ user: { name: "svc-scan" } });
  expect(at(row, "duo.auth.access_device")).toEqual({ ip: "0.0.0.0" });
  expect(at(row, "related")).toEqual({ user: ["svc-scan"] });
  expect(row).not.toHaveProperty("tags");
});

test.each<[Json, string, Json, Json]>([
  ["success", "success", "success", "success"],
  ["SUCCESS", "success", "SUCCESS", "SUCCESS"],
  ["fraud", "failure", "fraud", "fraud"],
  ["", "unknown", "", ""],
  [null, "unknown", null, null],
])("a result of %j is the outcome %s", (result, expected) => {
  const row = mapRow("auth", changed("auth", { result }));
  expect(at(row, "event.outcome")).toBe(expected);
  expect(at(row, "duo.auth.result")).toBe(result === "" || result === null ? undefined : result);
});

test.each<[Json, readonly string[] | undefined]>([
  [
    ["Staff", null, "", { name: "VPN, users" }, { id: 1 }, 7],
    ["Staff", "VPN, users", "7"],
  ],
  ["a, b", ["a, b"]],
  [{ name: "Staff" }, ["Staff"]],
  [[], undefined],
  [null, undefined],
])("groups %j", (groups, expected) => {
  const row = mapRow("auth", changed("auth", { user: { name: "kari", groups } }));
  expect(at(row, "duo.auth.user.groups")).toEqual(expected);
  expect(at(row, "source.user.group.name")).toBe(expected?.join(", "));
});

test.each<[Json, Json | undefined]>([
  ["unknown", undefined],
  ["CrowdStrike", [{ security_agent: "CrowdStrike" }]],
  [["a", null, ""], [{ security_agent: "a" }]],
  [
    { security_agent: 7, version: { major: 1 }, extra: "x" },
    [{ security_agent: "7", version: '{"major":1}' }],
  ],
  [[{ extra: "x" }, {}], undefined],
])("security agents %j", (agents, expected) => {
  const row = mapRow("auth", withDevice({ security_agents: agents }));
  expect(at(row, "duo.auth.access_device.security_agents")).toEqual(expected);
});

test.each<[Json, Json | undefined, Json | undefined, readonly string[] | undefined]>([
  // ip, source.address, duo ip, tags
  [" 203.0.113.9 ", "203.0.113.9", "203.0.113.9", undefined],
  ["unknown", undefined, "unknown", undefined],
  ["::", undefined, "::", undefined],
  ["0.0.0.0:443", undefined, "0.0.0.0:443", undefined],
  ["203.0.113.300", "203.0.113.300", "203.0.113.300", ["malformed:access_device.ip"]],
  ["kiosk-7.example", "kiosk-7.example", "kiosk-7.example", ["malformed:access_device.ip"]],
  [12_345, "12345", "12345", ["malformed:access_device.ip"]],
  [{ address: null }, undefined, undefined, undefined],
  [null, undefined, undefined, undefined],
])("an access address of %j", (ip, address, duoIp, tags) => {
  const row = mapRow("auth", withDevice({ ip }));
  expect(at(row, "source.address")).toBe(address);
  expect(at(row, "duo.auth.access_device.ip")).toBe(duoIp);
  expect(row["tags"]).toEqual(tags);
  expect(at(row, "related.hosts")).toEqual(address === "kiosk-7.example" ? [address] : undefined);
});

test.each<[Json, Json, Json | undefined, Json | undefined, boolean]>([
  // ip, port, source.port, duo port, tagged
  ["203.0.113.9", 443, 443, 443, false],
  ["203.0.113.9", "443", 443, 443, false],
  ["203.0.113.9:80", 443, 80, 80, false],
  ["203.0.113.9:70000", 443, undefined, undefined, true],
  ["203.0.113.9", 65_536, undefined, undefined, true],
  ["203.0.113.9", -1, undefined, undefined, true],
  ["203.0.113.9", "x", undefined, undefined, true],
  ["203.0.113.9", 0, 0, 0, false],
  [null, 443, undefined, 443, false],
])("an address of %j with a port of %j", (ip, port, sourcePort, duoPort, isTagged) => {
  const row = mapRow("auth", withDevice({ ip, port }));
  expect(at(row, "source.port")).toBe(sourcePort);
  expect(at(row, "duo.auth.access_device.port")).toBe(duoPort);
  expect(row["tags"]).toEqual(isTagged ? ["malformed:access_device.port"] : undefined);
});

test("a second device that is malformed is named in its tag", () => {
  const row = mapRow("auth", changed("auth", { auth_device: { ip: "nowhere!", port: "x" } }));
  expect(row["tags"]).toEqual(["malformed:auth_device.ip", "malformed:auth_device.port"]);
  expect(at(row, "duo.auth.auth_device")).toEqual({ ip: "nowhere!" });
});

test("values that fit no risk column are named by their path", () => {
  const row = mapRow(
    "auth",
    changed("auth", {
      adaptive_trust_assessments: { remember_me: { policy_enabled: "unknown" } },
      passport_assessment: { is_supported: "maybe" },
      rbfs_triggered_attacks: { detected_occurrences: "many", shadow_mode: [] },
    }),
  );
  expect(row["tags"]).toEqual([
    "malformed:adaptive_trust_assessments.remember_me.policy_enabled",
    "malformed:passport_assessment.is_supported",
    "malformed:rbfs_triggered_attacks.detected_occurrences",
    "malformed:rbfs_triggered_attacks.shadow_mode",
  ]);
  expect(at(row, "duo.auth")).not.toHaveProperty("rbfs_triggered_attacks");
});

test("half a character is replaced in columns and kept, escaped, in event.original", () => {
  const row = mapRow("auth", changed("auth", { alias: "a\ud800" }));
  expect(at(row, "duo.auth.alias")).toBe("a\u{FFFD}");
  expect(at(row, "event.original")).toContain('"alias":"a\\ud800"');
});
