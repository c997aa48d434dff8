import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { openLake } from "../../src/lake/open-lake.ts";
import { testLake } from "./lake-contract.ts";
import { memoryLake, sharedTables } from "./memory-lake.ts";

testLake("in memory", async () => {
  const { lake } = memoryLake(sharedTables(), async (operation) => operation());
  return { lake, [Symbol.asyncDispose]: async () => {} };
});

testLake("in a folder", async () => {
  const warehouse = await mkdtemp(join(tmpdir(), "duolake-contract-"));
  const lake = await openLake({ warehouse, database: "d", catalog: { type: "folder" }, clock: systemClock });
  return { lake, [Symbol.asyncDispose]: () => rm(warehouse, { recursive: true, force: true }) };
});
