import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../../src/core/json.ts";
import { activityToAdminRow } from "../../../../src/duo/tables/admin/activity-to-row.ts";
import { at, mapRow } from "../../../support/map-row.ts";
import { sampleEvents } from "../../../support/sample-events.ts";
import { TWINS } from "../../../support/twins.ts";

/** Columns in which the rows of one happening agree, whichever log told of it. */
const SHARED: readonly string[] = [
  "event.kind",
  "event.module",
  "event.dataset",
  "event.category",
  "event.outcome",
  "event.reason",
  "message",
  "user.name",
  "user.target.name",
  "duo.admin.user.name",
  "duo.admin.action_performed_on",
  "duo.admin.status",
  "duo.admin.errors",
  "related.user",
];

function rowOf(event: Json): JsonObject {
  const mapped = activityToAdminRow(event, { fetchedAtUs: 1_772_000_000_000_000 });
  if (mapped.kind !== "row") throw new Error(`Cannot map event: it gives no row, got ${mapped.kind}`);
  return mapped.row as unknown as JsonObject;
}

const SAMPLE = sampleEvents("activity")[0] ?? {};

function changed(values: JsonObject): JsonObject {
  return rowOf({ ...SAMPLE, ...values });
}

test("activityToAdminRow fills what the administrator log fills", () => {
  const { event, ...row } = rowOf(SAMPLE);
  const { original, ...ecsEvent } = event as JsonObject;
  expect(original).toContain('"activity_id":"7e9b0a41-3d58-4f7c-b1a6-c52f8e0d9374"');
  expect(ecsEvent).toEqual({
    action: "user_update",
    category: ["iam"],
    dataset: "duo.admin",
    kind: "event",
    module: "duo",
    outcome: "success",
    type: ["user", "change"],
  });
  expect(row).toEqual({
    ts: "2026-02-17T10:00:59.999999Z",
    ecs: { version: "8.5.0" },
    duo: {
      admin: {
        action: "user_update",
        action_performed_on: "kari",
        flattened: '{"factor":"webauthn","role":"Owner"}',
        status: "Bypass",
        user: { name: "Ola Hansen" },
      },
    },
    related: { ip: ["198.51.100.23"], user: ["Ola Hansen", "kari"] },
    source: { address: "198.51.100.23", ip: "198.51.100.23" },
    user: {
      changes: { email: "kari.nordmann@corp.example" },
      email: "ola@corp.example",
      name: "Ola Hansen",
      target: { name: "kari" },
    },
  });
});

describe.each(TWINS.filter(({ table }) => table === "admin"))(
  "activityToAdminRow: $name",
  ({ first, second }) => {
    test.each(SHARED)("%s is as in the administrator log", (path) => {
      expect(at(rowOf(second), path)).toEqual(at(mapRow("admin", first), path));
    });
  },
);

test("activityToAdminRow classifies an action as the administrator log does where both name it alike", () => {
  for (const { table, first, second } of TWINS) {
    const row = table === "admin" ? rowOf(second) : undefined;
    if (row === undefined || at(row, "event.action") !== first["action"]) continue;
    expect(at(row, "event.type")).toEqual(at(mapRow("admin", first), "event.type"));
  }
  expect.assertions(5);
});

test.each<[Json, Json, string | undefined]>([
  ["Provisioning", "adminapi", "API (Provisioning)"],
  ["API (Provisioning)", "adminapi", "API (Provisioning)"],
  ["API", "adminapi", "API"],
  ["APIs", "adminapi", "API (APIs)"],
  [null, "adminapi", "API"],
  ["Provisioning", "admin", "Provisioning"],
  ["System", "system", "System"],
  ["Azure Sync: Corp", "azure_sync", "Azure Sync: Corp"],
  ["", "admin", undefined],
  [null, null, undefined],
])("activityToAdminRow writes an actor %j of type %j as the administrator log does", (name, type, actor) => {
  const row = changed({ actor: { name, type, key: null, details: null }, target: null });
  expect(at(row, "user.name")).toBe(actor);
  expect(at(row, "duo.admin.user.name")).toBe(actor);
  expect(at(row, "related.user")).toEqual(actor === undefined ? undefined : [actor]);
});

test.each<[string, Json, string]>([
  ["admin_login_error", { result: "SUCCESS" }, "failure"],
  ["user_update", { result: "FAILURE" }, "failure"],
  ["user_update", { result: "success" }, "success"],
  ["user_update", null, "success"],
  ["log_export_failure", {}, "failure"],
])("activityToAdminRow: %s with the outcome %j is a %s", (action, outcome, expected) => {
  expect(at(changed({ action: { name: action }, outcome }), "event.outcome")).toBe(expected);
});

function party(details: Json): JsonObject {
  return { name: "kari", key: "DU1", type: "user", details };
}

test.each<[string, JsonObject, string | undefined, string | undefined]>([
  ["the action's details win", { action: { name: "user_update", details: '{"a": 1}' } }, '{"a":1}', "Bypass"],
  ["else what changed", {}, '{"email":"k@corp.example","status":"bypass"}', "Bypass"],
  [
    "a state that stayed is no change",
    { old_target: party('{"status": "bypass", "email": "k@corp.example"}') },
    undefined,
    undefined,
  ],
  [
    "a value is the same in any order",
    { old_target: party('{"status":"active"}'), target: party('{"status": "active"}') },
    undefined,
    undefined,
  ],
  ["without a state before nothing is known to have changed", { old_target: null }, undefined, undefined],
  [
    "but all of what was created is new",
    { action: { name: "user_create" }, old_target: null },
    '{"email":"k@corp.example","status":"bypass"}',
    "Bypass",
  ],
  [
    "a status beyond the known ones stays as it is",
    { target: party('{"status": "locked out"}') },
    '{"status":"locked out"}',
    "locked out",
  ],
  ["what was emptied leaves nothing to show", { target: party('{"status": null}') }, undefined, undefined],
  [
    "details may come unpacked",
    { target: party({ status: "disabled" }) },
    '{"status":"disabled"}',
    "Disabled",
  ],
])("activityToAdminRow: %s", (_name, values, flattened, status) => {
  const row = changed({
    action: { name: "user_update", details: null },
    old_target: party('{"status": "active"}'),
    target: party('{"status": "bypass", "email": "k@corp.example"}'),
    ...values,
  });
  expect(at(row, "duo.admin.flattened")).toBe(flattened);
  expect(at(row, "duo.admin.status")).toBe(status);
});

test("activityToAdminRow takes an action that is plain text, and details in plain words", () => {
  const text = changed({ action: "group_update", target: null, old_target: null });
  expect(at(text, "duo.admin.action")).toBe("group_update");
  expect(at(text, "event.type")).toEqual(["group", "change"]);
  const words = changed({ action: { name: "activation_begin", details: "Starting" } });
  expect([words["message"], at(words, "event.reason")]).toEqual(["Starting", "Starting"]);
});

test("activityToAdminRow tells by the target's type whether somebody was acted on", () => {
  const related = (action: string, type: Json): Json | undefined =>
    at(
      changed({ action, target: { name: "x", type }, actor: { name: "Ola", type: "admin" } }),
      "related.user",
    );
  expect(related("phone_associate", "user")).toEqual(["Ola", "x"]);
  expect(related("user_update", "phone")).toEqual(["Ola"]);
  expect(related("bypass_create", null)).toEqual(["Ola", "x"]);
  expect(related("group_update", null)).toEqual(["Ola"]);
});

test("activityToAdminRow takes the address from the details where Duo knows no device", () => {
  const action = { name: "adminapi_request_ip_denied", details: '{"ip_address": "198.51.100.9:443"}' };
  const source = { address: "198.51.100.9:443", ip: "198.51.100.9" };
  expect(changed({ action, access_device: null })["source"]).toEqual(source);
  expect(changed({ action, access_device: { ip: { address: "0.0.0.0" } } })["source"]).toEqual(source);
  expect(changed({ action, access_device: { ip: "203.0.113.4" } })["source"]).toEqual({
    address: "203.0.113.4",
    ip: "203.0.113.4",
  });
  expect(
    changed({ action: { name: "x", details: '{"ip_address": "?"}' }, access_device: null })["tags"],
  ).toEqual(["malformed:action.details.ip_address"]);
});
