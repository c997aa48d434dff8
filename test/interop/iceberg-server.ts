import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { javaCommand } from "./java-command.ts";

/** Apache Iceberg's own REST server, which keeps its tables in a folder and says in a SQLite file which metadata counts. */
export interface IcebergServer extends AsyncDisposable {
  /** Where it is now; another place after each start. */
  readonly url: () => string;
  /** Ends it at once, whatever it is doing. */
  readonly kill: () => Promise<void>;
  /** Starts it again over what it left. */
  readonly restart: () => Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("IcebergServer.java", import.meta.url));
const COMPLAINT_LENGTH_MAX = 4_000;

/**
 * Starts the server; a JDK of version 17 or newer is needed.
 *
 * @param options `classPath` of `icebergJars`; `folder`: where tables and the SQLite file are kept
 * @throws Error with the end of what Java said where it does not start
 */
export async function startIcebergServer(options: {
  readonly classPath: string;
  readonly folder: string;
}): Promise<IcebergServer> {
  let running = await start(options);
  const kill = async (): Promise<void> => {
    running.child.kill("SIGKILL");
    await running.ended;
  };
  return {
    url: () => running.url,
    kill,
    restart: async () => {
      await kill();
      running = await start(options);
    },
    [Symbol.asyncDispose]: kill,
  };
}

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

async function start(options: Parameters<typeof startIcebergServer>[0]): Promise<Running> {
  const properties = {
    "catalog-impl": "org.apache.iceberg.jdbc.JdbcCatalog",
    uri: `jdbc:sqlite:${join(options.folder, "catalog.db")}`,
    // A namespace must be made before its tables, as with every other server.
    "jdbc.strict-mode": "true",
    // SQLite lets one write at a time.
    clients: "1",
    warehouse: join(options.folder, "warehouse"),
  };
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${value}`);
  const child = spawn(javaCommand(), ["-cp", options.classPath, PROGRAM, ...pairs], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-COMPLAINT_LENGTH_MAX);
  });
  child.stdin.on("error", () => {});
  const ended = once(child, "close").catch((error: unknown) => {
    complaint += String(error);
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("> ")) return { url: line.slice(2), child, ended };
  }
  await ended;
  throw new Error(`Iceberg's server did not start: ${complaint.trim()}`);
}
