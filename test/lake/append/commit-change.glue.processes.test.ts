import { describe } from "vitest";
import { systemClock } from "../../../src/core/clock.ts";
import { openCatalog } from "../../../src/lake/open-catalog.ts";
import {
  type GlueEntry,
  type GlueFault,
  type GlueServer,
  startGlueServer,
} from "../../support/glue-server.ts";
import type { S3Fault } from "../../support/s3-server.ts";
import { killedProcesses } from "../contract/processes.ts";
import { testS3 } from "../support/s3-lake.ts";

const GLUE_FAULTS: readonly GlueFault[] = [
  { kind: "error", status: 500, word: "InternalServiceException", when: "before" },
  { kind: "error", status: 500, word: "InternalServiceException", when: "after" },
  { kind: "error", status: 400, word: "ThrottlingException", when: "before" },
  { kind: "error", status: 400, word: "OperationTimeoutException", when: "after" },
  { kind: "hang up", when: "before" },
  { kind: "hang up", when: "after" },
  { kind: "half" },
];

const CONFLICT = {
  kind: "error",
  status: 400,
  word: "ConcurrentModificationException",
  when: "before",
} as const satisfies GlueFault;

const S3_FAULTS: readonly S3Fault[] = [
  { kind: "error", status: 500, code: "InternalError", when: "after" },
  { kind: "error", status: 503, code: "SlowDown", when: "before" },
  { kind: "hang up", when: "after" },
];

function updatesOf({ ledger }: GlueServer): readonly GlueEntry[] {
  return ledger.filter(({ operation }) => operation === "UpdateTable");
}

describe("commitChange to Glue and S3", () => {
  killedProcesses(
    async () => {
      const s3 = await testS3({ clock: systemClock });
      const glue = await startGlueServer();
      const choice = { type: "glue" } as const;
      const place = {
        store: s3.store,
        warehouse: "s3://bucket/lake",
        database: "d",
        clock: systemClock,
        choice,
      };
      return {
        place: {
          ...place,
          catalog: openCatalog({ ...place, glue: glue.client }).catalog,
          env: { ...s3.server.env, ...glue.env },
        },
        setFaults: (random) => {
          glue.setFault(
            random &&
              (({ operation }) => {
                const faults = operation === "UpdateTable" ? [...GLUE_FAULTS, CONFLICT] : GLUE_FAULTS;
                return random.chance(1 / 7) ? random.pick(faults) : undefined;
              }),
          );
          s3.server.setFault(random && (() => (random.chance(1 / 15) ? random.pick(S3_FAULTS) : undefined)));
        },
        chances: () => {
          const failed = glue.ledger.filter(({ status, word }) => status !== 200 && word !== CONFLICT.word);
          return {
            "requests failed": failed.length > 5,
            "versions were fought for": updatesOf(glue).some(({ word }) => word === CONFLICT.word),
          };
        },
        facts: async () => {
          const updates = updatesOf(glue);
          return {
            "every change named its version": updates.every(({ versionId }) => versionId !== undefined),
            "no copies were kept": updates.every(({ skipsArchive }) => skipsArchive),
          };
        },
        [Symbol.asyncDispose]: async () => {
          await glue[Symbol.asyncDispose]();
          await s3[Symbol.asyncDispose]();
        },
      };
    },
    { end: 12, killCount: 1, killMsMax: 600 },
  );
});
