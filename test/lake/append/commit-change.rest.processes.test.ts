import { describe } from "vitest";
import { systemClock } from "../../../src/core/clock.ts";
import { openCatalog } from "../../../src/lake/open-catalog.ts";
import { localStore } from "../../../src/lake/store/local.ts";
import { startRestServer } from "../../support/rest-catalog-server.ts";
import type { RestFault } from "../../support/rest-fault.ts";
import { type Arena, competingProcesses, killedProcesses } from "../contract/processes.ts";
import { tempDir } from "../support/temp-dir.ts";

const FAULTS: readonly RestFault[] = [
  { kind: "error", status: 500, when: "before" },
  { kind: "error", status: 500, when: "after" },
  { kind: "error", status: 502, when: "after" },
  { kind: "error", status: 503, when: "before" },
  { kind: "error", status: 503, when: "after" },
  { kind: "error", status: 504, when: "after" },
  { kind: "error", status: 429, when: "before" },
  { kind: "hang up", when: "before" },
  { kind: "hang up", when: "after" },
  { kind: "half" },
];
const REFUSED: readonly RestFault[] = [
  { kind: "error", status: 409, when: "before" },
  { kind: "error", status: 401, when: "before" },
];

const auth = { clientId: "me", clientSecret: "s:1", lifeSeconds: 3_600 };

async function open(): Promise<Arena> {
  const dir = await tempDir();
  const server = await startRestServer({ root: dir.path, auth, firstFieldId: 1 });
  const env = { DUOLAKE_CATALOG_CREDENTIAL: `${auth.clientId}:${auth.clientSecret}` };
  const place = {
    store: localStore(),
    warehouse: dir.path,
    database: "d",
    clock: systemClock,
    choice: { type: "rest", uri: server.url, auth: "oauth2" } as const,
  };
  const commits = (): typeof server.ledger =>
    server.ledger.filter(({ operation }) => operation === "commitTable");
  const failed = (): typeof server.ledger =>
    server.ledger.filter(({ status }) => ![200, 404, 409].includes(status));
  return {
    place: { ...place, catalog: openCatalog({ ...place, env }).catalog, env },
    setFaults: (random) => {
      server.setFault(
        random &&
          (({ operation }) => {
            // A token that is refused twice in a row is a matter for a human, so only commits meet one.
            const faults = operation === "commitTable" ? [...FAULTS, ...REFUSED] : FAULTS;
            return operation !== "token" && random.chance(1 / 7) ? random.pick(faults) : undefined;
          }),
      );
    },
    chances: ({ hadFaults }) => ({
      "requests failed": !hadFaults || failed().length > 0,
      "commits were fought for": commits().some(({ status }) => status === 409),
    }),
    facts: async ({ hadFaults }) => ({
      "requests failed only when they were made to": hadFaults || failed().length === 0,
      "every commit names what it requires": commits().every(({ body }) =>
        body.includes("assert-ref-snapshot-id"),
      ),
    }),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

describe("commitChange to a REST catalog", () => {
  competingProcesses(open, { end: 20 });
  killedProcesses(open, { end: 18, killCount: 1, killMsMax: 600 });
});
