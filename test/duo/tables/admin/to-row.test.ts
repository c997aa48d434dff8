import { expect, test } from "vitest";
import type { Json } from "../../../../src/core/json.ts";
import { ACTION_TYPES, IAM_ACTIONS } from "../../../../src/duo/tables/admin/actions.ts";
import { classifyAction } from "../../../../src/duo/tables/admin/classify.ts";
import { at, changed, mapRow } from "../../../support/map-row.ts";

test("ACTION_TYPES and IAM_ACTIONS are whole and no action has two types", () => {
  const all = Object.values(ACTION_TYPES).flatMap((actions) => Array.from(actions));
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(92);
  expect(IAM_ACTIONS.size).toBe(38);
  for (const action of IAM_ACTIONS) expect(all).toContain(action);
});

test.each<[string, readonly string[] | undefined, readonly string[], string]>([
  ["admin_login", ["iam"], ["admin"], "success"],
  ["admin_login_error", ["iam"], ["admin"], "failure"],
  ["admin_2fa_error", ["iam"], ["admin"], "failure"],
  ["admin_lockout", ["iam"], ["admin"], "failure"],
  ["azure_sync_fail", undefined, ["info"], "failure"],
  ["update_admin_factor_restrictions", ["iam"], ["admin", "change"], "success"],
  ["activation_create_link", undefined, ["admin", "creation"], "success"],
  ["policy_update", undefined, ["group", "change"], "success"],
  ["user_adminapi_lockout", ["iam"], ["user"], "failure"],
  ["bypass_view", ["iam"], ["user"], "success"],
  ["group_rename", ["iam"], ["group"], "success"],
  ["phone_new_sms_passcode", ["iam"], ["user"], "success"],
  ["hardtoken_create", undefined, ["info", "creation"], "success"],
  ["log_export_start", undefined, ["info"], "success"],
  ["Admin_login", undefined, ["info"], "success"],
  ["__proto__", undefined, ["info"], "success"],
  ["", undefined, ["info"], "success"],
])("classifyAction(%j)", (action, category, type, outcome) => {
  expect(classifyAction(action)).toEqual({ category, type, outcome });
});

test.each<[string, Json, object]>([
  ["JSON array in text", '["b", null, {"z": 1, "a": ""}]', { flattened: '["b",{"z":1}]' }],
  ["empty JSON object in text", " {} ", { flattened: "{}" }],
  ["JSON object that holds nothing", '{"a": null}', { flattened: "{}" }],
  ["array", [1, 2], { flattened: "[1,2]" }],
  ["integer beyond 2^53", '{"id": 9007199254740993}', { flattened: '{"id":9007199254740993}' }],
])("a description that is a structure: %s", (_name, description, expected) => {
  const row = mapRow("admin", changed("admin", { action: "policy_update", description }));
  expect(at(row, "duo.admin")).toMatchObject(expected);
  expect(row).not.toHaveProperty("message");
  expect(at(row, "event.reason")).toBeUndefined();
});

test.each<[Json, string]>([
  ["null", "null"],
  ['"quoted"', '"quoted"'],
  ["true", "true"],
  ['{"broken": ', '{"broken": '],
  [`${"[".repeat(200)}${"]".repeat(200)}`, `${"[".repeat(200)}${"]".repeat(200)}`],
  [12.5, "12.5"],
  [false, "false"],
])("a description of %j is plain text", (description, text) => {
  const row = mapRow("admin", changed("admin", { description }));
  expect(row["message"]).toBe(text);
  expect(at(row, "event.reason")).toBe(text);
  expect(at(row, "duo.admin.flattened")).toBeUndefined();
});

test.each<[Json, string]>([
  [{ error: "", Errors: ["x"], message: "m" }, '["x"]'],
  [{ reason: "r", message: "m" }, "m"],
  [{ error: { code: 7 } }, '{"code":7}'],
])("the reason comes from the description %j", (description, reason) => {
  expect(at(mapRow("admin", changed("admin", { description })), "event.reason")).toBe(reason);
});

test("the user acted on is in related.user only where the object is a user", () => {
  const event = { username: "Ola", object: "kari", description: null };
  expect(
    at(mapRow("admin", changed("admin", { ...event, action: "bypass_create" })), "related.user"),
  ).toEqual(["Ola", "kari"]);
  expect(at(mapRow("admin", changed("admin", { ...event, action: "group_update" })), "related.user")).toEqual(
    ["Ola"],
  );
});

test("the address of an administrator fills source and related.ip, a placeholder nothing", () => {
  const row = mapRow("admin", changed("admin", { description: { ip_address: "198.51.100.7:443" } }));
  expect(row["source"]).toEqual({ address: "198.51.100.7:443", ip: "198.51.100.7" });
  expect(at(row, "related.ip")).toEqual(["198.51.100.7"]);
  const unknown = mapRow("admin", changed("admin", { description: { ip_address: "0.0.0.0" } }));
  expect(unknown).not.toHaveProperty("source");
  expect(unknown).not.toHaveProperty("tags");
});

test("the e-mail address of the description is the actor's only for the actor's own actions", () => {
  const description = { email: "ola@corp.example", realname: "" };
  const login = mapRow("admin", changed("admin", { action: "admin_login", description }));
  expect(at(login, "user.email")).toBe("ola@corp.example");
  const update = mapRow("admin", changed("admin", { action: "user_update", description }));
  expect(at(update, "user.email")).toBeUndefined();
  expect(at(update, "user.changes")).toEqual({ email: "ola@corp.example" });
  const create = mapRow("admin", changed("admin", { action: "admin_create", description }));
  expect(at(create, "user.email")).toBeUndefined();
});
