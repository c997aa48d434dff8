import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../src/core/clock.ts";
import type { Column } from "../../src/core/columns.ts";
import type { LakeTable } from "../../src/lake/lake.ts";
import { openLake } from "../../src/lake/open-lake.ts";
import { startRestServer } from "../support/rest-catalog-server.ts";
import { runChild } from "./child.ts";
import type { Check, Report } from "./report.ts";

const TIMEOUT_MS = 120_000;
const FIRST_ID = 100;
const CLIENT = { clientId: "me", clientSecret: "s", lifeSeconds: 3_600 };
const COLUMNS: readonly Column[] = [
  { name: "ts", type: "timestamptz" },
  { name: "n", type: "int" },
  { name: "event", type: { type: "struct", fields: [{ name: "hash", type: "string" }] } },
];
const ADDED: Column = { name: "added", type: "long" };
const ROW_COUNT = 100;

/**
 * Lets PyIceberg's REST catalog read what the lake made, appended and evolved through a REST catalog that gives out ids and locations
 * itself. It changes nothing.
 */
export async function checkRest(
  report: Report,
  python: string,
  print: (line: string) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "duolake-rest-"));
  const root = `file://${folder}/lake`;
  await using server = await startRestServer({
    root,
    writesMetadata: true,
    firstFieldId: FIRST_ID,
    auth: CLIENT,
  });
  const credential = `${CLIENT.clientId}:${CLIENT.clientSecret}`;
  try {
    await report.run("rest: the lake makes, fills and evolves a table through the catalog", async () => {
      const table = await fill(server.url, { credential, folder });
      const wanted = {
        name: "matano.duo_auth",
        rows: table.rowCount,
        columns: [...COLUMNS, ADDED].map(({ name }) => name),
        sum: (ROW_COUNT * (ROW_COUNT - 1)) / 2,
        first_id: FIRST_ID,
        snapshots: 2,
        filter: "ts >= '2026-01-02T00:00:00+00:00'",
        filtered: ROW_COUNT / 2,
      };
      await writeFile(
        join(folder, "job.json"),
        JSON.stringify({ uri: server.url, credential, tables: [wanted] }),
      );
      return `${table.rowCount} rows`;
    });
    const commitCount = (): number =>
      server.ledger.filter(({ operation }) => operation === "commitTable").length;
    const before = commitCount();
    await report.run("rest: PyIceberg's checks ran, and changed nothing", async () => {
      const script = fileURLToPath(new URL("check_rest.py", import.meta.url));
      let count = 0;
      const { code, complaint } = await runChild(python, ["-B", script, join(folder, "job.json")], {
        timeoutMs: TIMEOUT_MS,
        onLine: (line) => {
          if (!line.startsWith("{")) return print(line);
          report.add(JSON.parse(line) as Check);
          count += 1;
        },
      });
      if (code !== 0 || count === 0) throw new Error(`Python ended with exit code ${code}\n${complaint}`);
      if (commitCount() !== before) throw new Error("PyIceberg committed");
      return `${count}`;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Half of the rows on one day, half on the next, with a column added between. */
async function fill(
  uri: string,
  { credential, folder }: { readonly credential: string; readonly folder: string },
): Promise<LakeTable> {
  const lake = await openLake({
    warehouse: join(folder, "unused"),
    database: "matano",
    catalog: { type: "rest", uri, auth: "oauth2" },
    clock: systemClock,
    localFolder: join(folder, "local"),
    rest: { env: { DUOLAKE_CATALOG_CREDENTIAL: credential } },
  });
  let table = await lake.create("duo_auth", { columns: COLUMNS, properties: { cursor: "0" } });
  table = await append(table, { day: 1, from: 0 });
  table = await lake.evolve(table, [...COLUMNS, ADDED]);
  return append(table, { day: 2, from: ROW_COUNT / 2 });
}

async function append(
  table: LakeTable,
  { day, from }: { readonly day: number; readonly from: number },
): Promise<LakeTable> {
  const writer = table.writer();
  for (let n = from; n < from + ROW_COUNT / 2; n += 1) {
    writer.add({ ts: `2026-01-0${day}T00:00:00Z`, n, event: { hash: `h${n}` } });
  }
  const { files } = await writer.finish();
  const compareAndSet = { key: "cursor", from: table.properties["cursor"], to: String(day) };
  return table.commit({ files, setProperties: {}, compareAndSet });
}
