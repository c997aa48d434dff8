import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How a child process ended, with the end of what it said on stderr. */
export interface Ended {
  /** Null where it was killed because its time was up, or could not be started. */
  readonly code: number | null;
  readonly complaint: string;
}

const COMPLAINT_LENGTH_MAX = 4_000;

/** Runs a program to its end; `onLine` gets each line of its stdout. Never throws. */
export function runChild(
  command: string,
  args: readonly string[],
  options: {
    readonly timeoutMs: number;
    readonly env?: NodeJS.ProcessEnv;
    readonly onLine?: (line: string) => void;
  },
): Promise<Ended> {
  const { timeoutMs, env = process.env, onLine } = options;
  return new Promise((resolve) => {
    let complaint = "";
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"], timeout: timeoutMs });
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => onLine?.(line));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-COMPLAINT_LENGTH_MAX);
    });
    child.once("error", (error) => resolve({ code: null, complaint: error.message }));
    child.once("close", (code) => resolve({ code, complaint: complaint.trim() }));
  });
}
