import { describe } from "vitest";
import { systemClock } from "../../../src/core/clock.ts";
import { openCatalog } from "../../../src/lake/open-catalog.ts";
import type { S3Entry, S3Fault, S3Server } from "../../support/s3-server.ts";
import { killedProcesses } from "../contract/processes.ts";
import { testS3 } from "../support/s3-lake.ts";

const FAULTS: readonly S3Fault[] = [
  { kind: "error", status: 500, code: "InternalError", when: "before" },
  { kind: "error", status: 500, code: "InternalError", when: "after" },
  { kind: "error", status: 503, code: "SlowDown", when: "before" },
  { kind: "hang up", when: "before" },
  { kind: "hang up", when: "after" },
];

const CONFLICT: S3Fault = { kind: "error", status: 409, code: "ConditionalRequestConflict", when: "before" };

function commitsOf({ ledger }: S3Server): readonly S3Entry[] {
  return ledger.filter(({ operation, key }) => operation === "PutObject" && /\/v\d+\.metadata/.test(key));
}

describe("commitChange to S3", () => {
  killedProcesses(
    async () => {
      const s3 = await testS3({ clock: systemClock });
      const choice = { type: "folder" } as const;
      const place = {
        store: s3.store,
        warehouse: "s3://bucket/lake",
        database: "d",
        clock: systemClock,
        choice,
      };
      return {
        place: { ...place, catalog: openCatalog(place).catalog, env: s3.server.env },
        setFaults: (random) => {
          s3.server.setFault(
            random &&
              (({ operation }) => {
                const faults = operation === "PutObject" ? [...FAULTS, CONFLICT] : FAULTS;
                return random.chance(1 / 7) ? random.pick(faults) : undefined;
              }),
          );
        },
        chances: () => {
          const { ledger } = s3.server;
          const injected = ledger.filter(({ status }) => status === 0 || status >= 500 || status === 409);
          return {
            "requests failed": injected.length > 10,
            "versions were fought for": commitsOf(s3.server).some(({ status }) => status === 412),
          };
        },
        facts: async () => ({
          "no name was given out twice": commitsOf(s3.server).every(({ isConditional }) => isConditional),
        }),
        [Symbol.asyncDispose]: () => s3[Symbol.asyncDispose](),
      };
    },
    { end: 12, killCount: 1, killMsMax: 600 },
  );
});
