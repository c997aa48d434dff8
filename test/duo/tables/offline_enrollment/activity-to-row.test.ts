import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../../../src/core/json.ts";
import { activityToOfflineEnrollmentRow } from "../../../../src/duo/tables/offline_enrollment/activity-to-row.ts";
import { at, mapRow } from "../../../support/map-row.ts";
import { twinNamed } from "../../../support/twins.ts";

const { first, second } = twinNamed("an enrolment for offline access");

function rowOf(event: Json): JsonObject {
  const mapped = activityToOfflineEnrollmentRow(event, { fetchedAtUs: 1_772_000_000_000_000 });
  if (mapped.kind !== "row") throw new Error(`Cannot map event: it gives no row, got ${mapped.kind}`);
  return mapped.row as unknown as JsonObject;
}

/** A row without what cannot be the same: the raw event, and a time that one log tells more finely. */
function comparable(row: JsonObject): JsonObject {
  const { ts, event, ...rest } = row;
  expect((ts as string).slice(0, 19)).toBe("2026-03-12T07:45:11");
  return { ...rest, event: { ...(event as JsonObject), original: "" } };
}

test("activityToOfflineEnrollmentRow makes the row that the offline enrolment log makes", () => {
  expect(comparable(rowOf(second))).toEqual(comparable(mapRow("offline_enrollment", first)));
  expect(rowOf(second)["ts"]).toBe("2026-03-12T07:45:11.702003Z");
  expect(at(rowOf(second), "duo.offline_enrollment.description.hostname")).toBe("LT-0417");
});

test.each<[string, JsonObject, Json | undefined, Json | undefined]>([
  ["a user on an application", {}, "amorel", "Windows Logon - Laptops"],
  [
    "an administrator on a user",
    {
      actor: { name: "Grace Okafor", type: "admin" },
      target: { name: "jsilva", type: "user" },
      application: { name: "Windows Logon" },
    },
    "jsilva",
    "Windows Logon",
  ],
  ["a user on nothing", { target: null }, "amorel", undefined],
  ["nobody", { actor: null }, undefined, "Windows Logon - Laptops"],
])("activityToOfflineEnrollmentRow: %s", (_name, values, user, object) => {
  const row = rowOf({ ...second, ...values });
  expect(at(row, "user.name")).toBe(user);
  expect(at(row, "related.user")).toEqual(user === undefined ? undefined : [user]);
  expect(at(row, "duo.offline_enrollment.object")).toBe(object);
});

test.each<[Json, string]>([
  [{ result: "FAILURE" }, "failure"],
  [{ result: "SUCCESS" }, "success"],
  [null, "success"],
])("activityToOfflineEnrollmentRow: an outcome of %j is a %s", (outcome, expected) => {
  expect(at(rowOf({ ...second, outcome }), "event.outcome")).toBe(expected);
});

test("activityToOfflineEnrollmentRow takes an action that is text, and details in plain words", () => {
  expect(at(rowOf({ ...second, action: "o2fa_user_reenrolled" }), "event.type")).toEqual(["user", "change"]);
  expect(rowOf({ ...second, action: { name: "o2fa_x", details: "moved" } })["message"]).toBe("moved");
});
