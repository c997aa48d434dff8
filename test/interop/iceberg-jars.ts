import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "./child.ts";
import { javaCommand } from "./java-command.ts";

const IVY_FILE = fileURLToPath(new URL("iceberg-server.xml", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../.interop/iceberg-server", import.meta.url));
const MARKER = join(FOLDER, "iceberg-server.sha256");
/** Of PySpark's own: what fetches packages, and Hadoop's file system. */
const IVY = "ivy-2.5.1.jar";
const HADOOP = [
  "hadoop-client-api-3.3.4.jar",
  "hadoop-client-runtime-3.3.4.jar",
  "commons-logging-1.1.3.jar",
];

const LOOK_TIMEOUT_MS = 30_000;
const FETCH_TIMEOUT_MS = 300_000;
/** A registry that does not answer once does the next time. */
const ATTEMPT_COUNT_MAX = 3;

/**
 * Gives the class path of Apache Iceberg's REST server. Its packages are fetched the first time, and again when
 * `iceberg-server.xml` changes, by the Ivy that PySpark brings for its own.
 *
 * @param python the interpreter that has pyspark
 * @throws Error with the end of what Ivy said where they cannot be had
 */
export async function icebergJars(python: string): Promise<string> {
  const spark = await sparkJars(python);
  const wanted = createHash("sha256")
    .update(await readFile(IVY_FILE))
    .digest("hex");
  const made = await readFile(MARKER, "utf8").catch(() => "");
  if (made.trim() !== wanted) {
    await rm(FOLDER, { recursive: true, force: true });
    await mkdir(FOLDER, { recursive: true });
    await fetchJars(join(spark, IVY));
    await writeFile(MARKER, `${wanted}\n`);
  }
  return [join(FOLDER, "*"), ...HADOOP.map((name) => join(spark, name))].join(delimiter);
}

async function fetchJars(ivy: string): Promise<void> {
  const pattern = join(FOLDER, "[artifact]-[revision](-[classifier]).[ext]");
  const args = ["-jar", ivy, "-ivy", IVY_FILE, "-confs", "default", "-retrieve", pattern];
  let complaint = "";
  for (let attempt = 0; attempt < ATTEMPT_COUNT_MAX; attempt += 1) {
    const said: string[] = [];
    const ended = await runChild(javaCommand(), args, {
      timeoutMs: FETCH_TIMEOUT_MS,
      onLine: (line) => said.push(line),
    });
    if (ended.code === 0) return;
    complaint = `${ended.complaint}\n${said.slice(-20).join("\n")}`;
  }
  throw new Error(`Cannot fetch the packages of Iceberg's server: ${complaint.trim()}`);
}

async function sparkJars(python: string): Promise<string> {
  let folder = "";
  const program = "import os, pyspark; print(os.path.join(os.path.dirname(pyspark.__file__), 'jars'))";
  const { code, complaint } = await runChild(python, ["-c", program], {
    timeoutMs: LOOK_TIMEOUT_MS,
    onLine: (line) => {
      folder = line.trim();
    },
  });
  if (code !== 0) throw new Error(`Cannot find PySpark's packages: ${complaint}`);
  return folder;
}
