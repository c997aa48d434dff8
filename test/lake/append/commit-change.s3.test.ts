import { expect, test } from "vitest";
import { systemClock } from "../../../src/core/clock.ts";
import type { S3Fault } from "../../support/s3-server.ts";
import { createRandom } from "../../support/random.ts";
import { countEvents, newWarehouse, type WorkPlace, work } from "../support/commit-workers.ts";
import { type TestS3, testS3 } from "../support/s3-lake.ts";

const PROCESS_COUNT = 3;

const FAULTS: readonly S3Fault[] = [
  { kind: "error", status: 500, code: "InternalError", when: "before" },
  { kind: "error", status: 500, code: "InternalError", when: "after" },
  { kind: "error", status: 503, code: "SlowDown", when: "before" },
  { kind: "hang up", when: "before" },
  { kind: "hang up", when: "after" },
];

const CONFLICT: S3Fault = { kind: "error", status: 409, code: "ConditionalRequestConflict", when: "before" };

async function openPlace(s3: TestS3): Promise<WorkPlace> {
  const place = { store: s3.store, warehouse: "s3://bucket/lake", env: s3.server.env };
  await newWarehouse(place);
  return place;
}

test(
  "processes that commit to S3 while every seventh request fails, and are killed, lose and repeat nothing",
  { timeout: 90_000 },
  async () => {
    await using s3 = await testS3({ clock: systemClock });
    const place = await openPlace(s3);
    const seed = Date.now() % 1_000_000;
    const random = createRandom(seed);
    s3.server.setFault(({ operation }) => {
      const faults = operation === "PutObject" ? [...FAULTS, CONFLICT] : FAULTS;
      return random.chance(1 / 7) ? random.pick(faults) : undefined;
    });
    const end = 16;
    const acknowledged = await Promise.all(
      Array.from({ length: PROCESS_COUNT }, () =>
        work(place, { end, killsAfterMs: [random.between(0, 600)] }),
      ),
    );
    s3.server.setFault(undefined);
    expect(await countEvents(place, { end, acknowledged: acknowledged.flat() }), `seed ${seed}`).toBe(end);
    const injected = s3.server.ledger.filter(({ status }) => status === 0 || status >= 500 || status === 409);
    expect(injected.length).toBeGreaterThan(10);
    // Versions were fought for, and no name was given out twice.
    const puts = s3.server.ledger.filter(
      ({ operation, key }) => operation === "PutObject" && /\/v\d+\.metadata/.test(key),
    );
    expect(puts.every(({ isConditional }) => isConditional)).toBe(true);
    expect(puts.some(({ status }) => status === 412)).toBe(true);
  },
);
