import { expect, test } from "vitest";
import type { Json } from "../../../../src/core/json.ts";
import { sampleEvents } from "../../../support/sample-events.ts";
import { at, changed, mapRow } from "../../../support/map-row.ts";

test("toOfflineEnrollmentRow lifts the description's parts", () => {
  const row = mapRow("offline_enrollment", sampleEvents("offline_enrollment")[0] ?? null);
  const agent = "DuoCredProv/5.2.1.0 (Windows NT 10.0.26100; x64; Workstation)";
  expect(row).toMatchObject({
    ts: "2026-02-17T08:11:09Z",
    host: { name: "LT-2291" },
    related: { hosts: ["LT-2291"], user: ["kari"] },
    user_agent: { original: agent },
  });
  expect(at(row, "duo.offline_enrollment")).toEqual({
    action: "o2fa_user_provisioned",
    object: "Windows Logon",
    user: { name: "kari" },
    description: { factor: "security_key", hostname: "LT-2291", user_agent: agent },
  });
  expect(row).not.toHaveProperty("message");
});

test.each<[Json, readonly string[]]>([
  ["o2fa_user_provisioned", ["user", "creation"]],
  ["o2fa_user_deprovisioned", ["user", "deletion"]],
  ["o2fa_user_reenrolled", ["user", "change"]],
  ["o2fa_else", ["user", "info"]],
  [null, ["user", "info"]],
])("an action of %j has the types %j", (action, type) => {
  const row = mapRow("offline_enrollment", changed("offline_enrollment", { action }));
  expect(at(row, "event.type")).toEqual(type);
});

test.each<[Json, Json | undefined]>([
  ["plain words", "plain words"],
  ["5", "5"],
  ['["x"]', undefined],
  [{ hostname: "h" }, undefined],
  [null, undefined],
])("a description of %j gives the message %j", (description, message) => {
  const row = mapRow("offline_enrollment", changed("offline_enrollment", { description }));
  expect(row["message"]).toBe(message);
});
