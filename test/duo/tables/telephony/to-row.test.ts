import { expect, test } from "vitest";
import { sampleEvents } from "../../../support/sample-events.ts";
import { at, mapRow } from "../../../support/map-row.ts";

test("toTelephonyRow maps v2 and v1 to the same columns", () => {
  const [v2, v1] = sampleEvents("telephony").map((event) => mapRow("telephony", event));
  expect(v2).toMatchObject({
    ts: "2026-02-17T09:20:31.440018Z",
    event: { id: "d3f5a8b1-7c24-4f6e-9e10-2b8c6d4a1f37" },
  });
  expect(at(v2 ?? null, "duo.telephony")).toEqual({
    credits: 3,
    event_type: "authentication",
    id: "d3f5a8b1-7c24-4f6e-9e10-2b8c6d4a1f37",
    phone_number: "+4741234567",
    txid: "1a2d7c3e-5b4f-4c8a-a6e9-0d9f8b7c6a51",
    type: "sms",
  });
  expect(v1).toMatchObject({ ts: "2026-02-17T09:21:00Z" });
  expect(at(v1 ?? null, "duo.telephony")).toEqual({
    credits: 2,
    event_type: "verify",
    phone_number: "+15555550123",
    type: "phone",
  });
});
