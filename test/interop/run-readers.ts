import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "./child.ts";
import type { ExpectedTable } from "./fill-lake.ts";
import type { Check, Report } from "./report.ts";

const TIMEOUT_MS = 300_000;

const SCRIPT = fileURLToPath(new URL("check_tables.py", import.meta.url));

/**
 * Runs the checks of PyIceberg, pyarrow and fastavro over tables of a folder.
 *
 * @param tools `folder` is one for a file of the job; `print` gets what is no check
 * @param job `when` where they were read before, and only what may have changed is looked at
 * @returns how many checks there were
 * @throws Error with what Python complained of, where it did not run to its end
 */
export async function runReaders(
  tools: {
    readonly report: Report;
    readonly python: string;
    readonly folder: string;
    readonly print: (line: string) => void;
  },
  job: { readonly tables: readonly ExpectedTable[]; readonly when?: string },
): Promise<string> {
  const { report, python, folder, print } = tools;
  const file = join(folder, "job.json");
  await writeFile(file, JSON.stringify(job));
  let count = 0;
  const { code, complaint } = await runChild(python, ["-B", SCRIPT, file], {
    timeoutMs: TIMEOUT_MS,
    onLine: (line) => {
      // A library may have something to say as well.
      if (!line.startsWith("{")) return print(line);
      report.add(JSON.parse(line) as Check);
      count += 1;
    },
  });
  if (code !== 0) throw new Error(`Python ended with exit code ${code}\n${complaint}`);
  if (complaint !== "") print(complaint);
  return `${count}`;
}
