import { expect, test } from "vitest";
import type { Json } from "../../../../src/core/json.ts";
import { sampleEvents } from "../../../support/sample-events.ts";
import { at, changed, mapRow } from "../../../support/map-row.ts";

test("toTrustMonitorRow maps a surfaced sign-in", () => {
  const row = mapRow("trust_monitor", sampleEvents("trust_monitor")[0] ?? null);
  expect(row).toMatchObject({
    ts: "2026-02-17T12:04:36.543000Z",
    event: {
      kind: "alert",
      action: "auth",
      category: ["authentication"],
      type: ["info"],
      outcome: "failure",
    },
    source: { address: "LT-2291", ip: "192.0.2.57", port: 61_022 },
    user: { name: "kari", id: "DUX5T9R2E7W1Q4A8S3D6", email: "kari.nordmann@corp.example" },
    related: { ip: ["192.0.2.57", "2001:db8:12::9"], user: ["kari", "kari.nordmann@corp.example"] },
  });
  expect(at(row, "duo.trust_monitor")).toMatchObject({
    state_updated_timestamp: "2026-02-17T12:06:40.123000Z",
    priority_reasons: [{ label: "Finance", type: "group" }],
    surfaced_auth_txid: "b9d8a2f4-61c3-4e0f-8a7b-35c21e9d7f10",
  });
  expect(row).not.toHaveProperty("group");
});

test("toTrustMonitorRow maps bypass switched on for a user", () => {
  const row = mapRow("trust_monitor", sampleEvents("trust_monitor")[1] ?? null);
  expect(row).toMatchObject({
    event: { action: "bypass_status", category: ["iam"], type: ["user", "change"] },
    user: { name: "kari", id: "DUX5T9R2E7W1Q4A8S3D6" },
    related: { user: ["kari"] },
  });
  expect(at(row, "event.outcome")).toBeUndefined();
  expect(at(row, "duo.trust_monitor.bypass_status_enabled")).toBe("2026-02-17T12:25:11Z");
});

test.each<[Json, string, readonly string[]]>([
  ["device_registration", "iam", ["user", "creation"]],
  ["something_new", "iam", ["info"]],
  [null, "iam", ["info"]],
])("an event of type %j", (type, category, types) => {
  const row = mapRow("trust_monitor", changed("trust_monitor", { type, surfaced_auth: null }));
  expect(at(row, "event.category")).toEqual([category]);
  expect(at(row, "event.type")).toEqual(types);
});

test("values that fit no column are named by their path", () => {
  const row = mapRow(
    "trust_monitor",
    changed("trust_monitor", {
      low_risk_ip: "perhaps",
      state_updated_timestamp: "later",
      surfaced_auth: { access_device: { ip: "nowhere!" }, auth_device: { ip: "1.2.3", port: -1 } },
    }),
  );
  expect([...(row["tags"] as readonly string[])].sort()).toEqual([
    "malformed:low_risk_ip",
    "malformed:state_updated_timestamp",
    "malformed:surfaced_auth.access_device.ip",
    "malformed:surfaced_auth.auth_device.ip",
    "malformed:surfaced_auth.auth_device.port",
  ]);
});
