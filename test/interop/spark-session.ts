import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A Spark that reads and writes the tables of one folder with its own Iceberg. */
export interface SparkSession extends AsyncDisposable {
  readonly version: string;
  /** Runs a statement on the catalog `lake`. */
  readonly sql: (statement: string) => Promise<readonly Record<string, unknown>[]>;
  /** Compares what Spark reads with the rows of an NDJSON file; says how many there are, throws what differs. */
  readonly compare: (table: {
    readonly name: string;
    readonly folder: string;
    readonly rows: string;
  }) => Promise<string>;
}

interface Answer {
  readonly ready?: string;
  readonly rows?: readonly Record<string, unknown>[];
  readonly detail?: string;
  readonly error?: string;
}

const COMPLAINT_LENGTH_MAX = 4_000;

/**
 * Starts Spark; its Iceberg runtime is fetched the first time.
 *
 * @param warehouse the folder of the `hadoop` catalog
 * @throws Error with the end of what Spark said where it does not start
 */
export async function startSpark(python: string, warehouse: string, database: string): Promise<SparkSession> {
  const script = fileURLToPath(new URL("spark_session.py", import.meta.url));
  const child = spawn(python, ["-B", script, warehouse], { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-COMPLAINT_LENGTH_MAX);
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", (error) => {
      complaint += error.message;
      resolve();
    });
  });
  child.stdin.on("error", () => {});
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Answer> => {
    for (;;) {
      const { value, done } = await answers.next();
      if (done === true) throw new Error(`Spark ended: ${complaint.trim()}`);
      // Ivy and Spark have things to say as well.
      if (!value.startsWith("> ")) continue;
      const answer = JSON.parse(value.slice(2)) as Answer;
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    }
  };
  const order = (what: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(what)}\n`);
    return next();
  };
  const { ready = "" } = await next();
  return {
    version: ready,
    sql: async (statement) => (await order({ sql: statement })).rows ?? [],
    compare: async ({ name, folder, rows }) =>
      (await order({ compare: `lake.${database}.${name}`, folder, rows })).detail ?? "",
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
