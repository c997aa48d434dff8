import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { evolveTable } from "../../src/lake/evolve-table.ts";
import { openCatalog } from "../../src/lake/open-catalog.ts";
import { newTable } from "../../src/lake/spec/new-table.ts";
import { localStore } from "../../src/lake/store/local.ts";
import { catalogContract } from "../lake/contract/catalog.ts";
import { type Arena, competingProcesses, killedProcesses } from "../lake/contract/processes.ts";
import { EVERY_TYPE_COLUMNS } from "../lake/support/columns.ts";
import { restTools } from "../lake/support/rest-lake.ts";
import { tempDir } from "../lake/support/temp-dir.ts";
import type { RestFault } from "../support/rest-fault.ts";
import { startRestProxy } from "./rest-proxy.ts";

// What every catalog promises, against the server that REST_SERVER_URL names. `rest-real.ts` runs this file.

const url = process.env["REST_SERVER_URL"] ?? "";

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

function database(): string {
  return `d${randomUUID().replaceAll("-", "")}`;
}

/** Processes reach the server through a proxy that loses requests and answers. */
async function openArena(): Promise<Arena> {
  const dir = await tempDir();
  const proxy = await startRestProxy(() => url);
  // The workers' table has one name; an earlier test may have left its own.
  await fetch(`${url}/v1/namespaces/d/tables/t`, { method: "DELETE" });
  const place = {
    store: localStore(),
    warehouse: dir.path,
    clock: systemClock,
    choice: { type: "rest", uri: proxy.url } as const,
  };
  const { catalog } = openCatalog({ ...place, database: "d", env: {} });
  const commits = (): typeof proxy.ledger =>
    proxy.ledger.filter(({ operation }) => operation === "commitTable");
  const failed = (): typeof proxy.ledger =>
    proxy.ledger.filter(({ status }) => ![200, 404, 409].includes(status));
  return {
    place: { ...place, catalog },
    setFaults: (random) => {
      proxy.setFault(random && (() => (random.chance(1 / 7) ? random.pick(FAULTS) : undefined)));
    },
    chances: ({ hadFaults }) => ({
      "requests failed": !hadFaults || failed().length > 0,
      "commits were fought for": commits().some(({ status }) => status === 409),
    }),
    facts: async ({ hadFaults }) => ({
      "requests failed only when they were made to": hadFaults || failed().length === 0,
    }),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

describe("restCatalog over Iceberg's server", () => {
  catalogContract(() => Promise.resolve(restTools({ url }, { database: database(), clock: systemClock })));

  test("columns of every type are made, and none of them is missing afterwards", async () => {
    const tools = restTools({ url }, { database: database(), clock: systemClock });
    const wanted = newTable({ location: "/w", columns: EVERY_TYPE_COLUMNS, properties: {}, nowMs: 0 });
    const made = await tools.catalog.create("t", wanted);
    expect(await evolveTable(tools, { base: made, columns: EVERY_TYPE_COLUMNS })).toBe(made);
    const wider = [...EVERY_TYPE_COLUMNS, { name: "added", type: "decimal(12,4)" } as const];
    const { metadata } = await evolveTable(tools, { base: made, columns: wider });
    expect(metadata["last-column-id"]).toBe(wanted["last-column-id"] + 1);
    expect(metadata["current-schema-id"]).toBe(1);
  });

  competingProcesses(openArena, { end: 12 });
  killedProcesses(openArena, { end: 12, killCount: 1, killMsMax: 600 });
});
