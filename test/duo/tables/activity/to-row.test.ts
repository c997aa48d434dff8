import { expect, test } from "vitest";
import type { Json } from "../../../../src/core/json.ts";
import { activityOutcome, classifyActivity } from "../../../../src/duo/tables/activity/classify.ts";
import { sampleEvents } from "../../../support/sample-events.ts";
import { at, changed, mapRow } from "../../../support/map-row.ts";

test("toActivityRow maps actor, target and the state before", () => {
  const row = mapRow("activity", sampleEvents("activity")[0] ?? null);
  expect(row).toMatchObject({
    ts: "2026-02-17T10:00:59.999999Z",
    event: { action: "user_update", category: ["iam"], type: ["user", "change"], outcome: "success" },
    user: {
      name: "Ola Hansen",
      email: "ola@corp.example",
      target: { name: "kari", email: "kari.nordmann@corp.example" },
    },
    related: { ip: ["198.51.100.23"], user: ["Ola Hansen", "ola@corp.example", "kari"] },
    source: { address: "198.51.100.23", geo: { country_name: "Norway", region_name: "Vestland" } },
  });
  expect(at(row, "duo.activity")).toMatchObject({
    action: { name: "user_update", details: '{"factor":"webauthn","role":"Owner"}' },
    application: { key: "DIK3M8Q1W5R7T2Y9U4P6", name: "Single sign-on", type: "sso" },
    old_target: { details: '{"status":"active"}', key: "DUX5T9R2E7W1Q4A8S3D6" },
    outcome: "SUCCESS",
  });
});

test.each<[string, string, readonly string[]]>([
  ["admin_login", "iam", ["admin"]],
  ["group_create", "iam", ["group", "creation"]],
  ["webauthncredential_rename", "iam", ["user", "change"]],
  ["deregister_devices", "iam", ["user", "deletion"]],
  ["o2fa_user_provisioned", "iam", ["user"]],
  ["device_change_notification_create", "iam", ["user", "creation"]],
  ["integration_skey_bulk_view", "configuration", ["access"]],
  ["management_system_device_cache_delete", "configuration", ["deletion"]],
  ["management_system_active_device_cache_edit_devices", "configuration", ["change"]],
  ["log_export_start", "configuration", ["info"]],
  ["", "configuration", ["info"]],
])("classifyActivity(%j)", (action, category, type) => {
  expect(classifyActivity(action)).toEqual({ category: [category], type });
});

test.each([
  ["SUCCESS", "user_update", "success"],
  ["Failure", "user_update", "failure"],
  [undefined, "log_export_failure", "failure"],
  [undefined, "user_update", "success"],
])("activityOutcome(%j, %j) is %s", (result, action, expected) => {
  expect(activityOutcome(result, action)).toBe(expected);
});

test("an action may be plain text", () => {
  const row = mapRow("activity", changed("activity", { action: "phone_delete" }));
  expect(at(row, "event.action")).toBe("phone_delete");
  expect(at(row, "duo.activity.action")).toEqual({ name: "phone_delete" });
});

test.each<[Json, Json | undefined]>([
  ["plain words", "plain words"],
  ["12", "12"],
  ["{}", "{}"],
  [{ b: 1, a: null }, '{"b":1}'],
  ["", undefined],
  [null, undefined],
])("details of %j", (details, expected) => {
  const row = mapRow("activity", changed("activity", { old_target: { details } }));
  expect(at(row, "duo.activity.old_target.details")).toBe(expected);
});

test.each([
  ["user", { name: "t", id: "K" }, undefined],
  ["admin", { name: "t", id: "K" }, undefined],
  ["user_bypass", { name: "t", id: "K" }, undefined],
  ["group", undefined, { name: "t", id: "K" }],
  ["integration", undefined, undefined],
])("a target of type %s", (type, user, group) => {
  const row = mapRow(
    "activity",
    changed("activity", { target: { type, name: "t", key: "K", details: null } }),
  );
  expect(at(row, "user.target")).toEqual(user);
  expect(row["group"]).toEqual(group);
  expect(at(row, "related.user")).toEqual(["Ola Hansen", "ola@corp.example", ...(user ? ["t"] : [])]);
});

test("a host name in the place of the address goes to related.hosts", () => {
  const row = mapRow("activity", changed("activity", { access_device: { ip: { address: "kiosk-7" } } }));
  expect(at(row, "related.hosts")).toEqual(["kiosk-7"]);
  expect(row["tags"]).toEqual(["malformed:access_device.ip"]);
});
