import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "../interop/child.ts";
import { queriedRows } from "../interop/queried-rows.ts";
import type { Check, Report } from "../interop/report.ts";
import type { Stage } from "./stage.ts";

const PYTHON_CHECK = fileURLToPath(new URL("../interop/check_glue.py", import.meta.url));
const PYTHON_TIMEOUT_MS = 180_000;

/** PyIceberg reads every table through Glue and compares it with what a query of ours shows. */
export async function readTables(stage: Stage, report: Report, when: string): Promise<void> {
  const { harness, folder, python, aws } = stage;
  await report.run(`PyIceberg: all checks ${when} ran`, async () => {
    const { lake } = await harness.start();
    const tables: object[] = [];
    for (const name of await lake.list()) {
      const rows = join(folder, `${name}.ndjson`);
      await writeFile(rows, await queriedRows(lake, name));
      tables.push({ name, rows, metadata_location: (await lake.load(name))?.metadataLocation });
    }
    const job = join(folder, "job.json");
    await writeFile(
      job,
      JSON.stringify({ endpoint: aws.url, database: "matano", mode: "read", when, tables }),
    );
    const { code, complaint } = await runChild(python, ["-B", PYTHON_CHECK, job], {
      timeoutMs: PYTHON_TIMEOUT_MS,
      onLine: (line) => {
        if (line.startsWith("{")) report.add(JSON.parse(line) as Check);
      },
    });
    if (code !== 0) throw new Error(`Python ended with exit code ${code}\n${complaint}`);
    return `${tables.length} tables`;
  });
}
