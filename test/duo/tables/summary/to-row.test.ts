import { expect, test } from "vitest";
import { sampleEvents } from "../../../support/sample-events.ts";
import { at, mapRow } from "../../../support/map-row.ts";

test("toSummaryRow takes the counts, numeric text included", () => {
  const row = mapRow("summary", { ...sampleEvents("summary")[0], user_count: "415" });
  expect(row["ts"]).toBe("2026-02-25T06:13:20Z");
  expect(at(row, "duo.summary")).toEqual({
    admin_count: 7,
    edition: "Duo Advantage",
    integration_count: 31,
    telephony_credits_remaining: 2140,
    user_count: 415,
    user_pending_deletion_count: 3,
  });
});

test("toSummaryRow notes counts that fit no column", () => {
  const row = mapRow("summary", { admin_count: 2 ** 31, user_count: {}, integration_count: null });
  expect(row).not.toHaveProperty("duo");
  expect(row["tags"]).toEqual(["malformed:admin_count", "malformed:user_count"]);
});
