import { readdir } from "node:fs/promises";
import { describe } from "vitest";
import { systemClock } from "../../../src/core/clock.ts";
import { openCatalog } from "../../../src/lake/open-catalog.ts";
import { localStore } from "../../../src/lake/store/local.ts";
import { type Arena, competingProcesses, killedProcesses } from "../contract/processes.ts";
import { tempDir } from "../support/temp-dir.ts";

async function open(): Promise<Arena> {
  const dir = await tempDir();
  const store = localStore();
  const choice = { type: "folder" } as const;
  const place = { store, warehouse: dir.path, database: "d", clock: systemClock, choice };
  return {
    place: { ...place, catalog: openCatalog(place).catalog },
    // What can fail here is the machine, which the kills stand for.
    setFaults: () => {},
    facts: async ({ hadFaults }) => {
      const names = await readdir(`${dir.path}/d/t/metadata`);
      // A killed process may leave one.
      return { "no temporary file is left": hadFaults || !names.some((name) => name.endsWith(".tmp")) };
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

describe("commitChange to a folder", () => {
  competingProcesses(open, { end: 30 });
  killedProcesses(open, { end: 36, killCount: 2, killMsMax: 120 });
});
