import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Measurement } from "./measurement.ts";

const RUN_COUNT = 15;

/** `duolake --help` as a whole process, from the built package. */
export async function measureHelp(): Promise<Measurement[]> {
  const program = fileURLToPath(new URL("../bin/duolake.js", import.meta.url));
  const time = (args: readonly string[]): number => {
    const startMs = performance.now();
    execFileSync(process.execPath, args, { stdio: "ignore" });
    return performance.now() - startMs;
  };
  time([program, "--help"]);
  const help = Array.from({ length: RUN_COUNT }, () => time([program, "--help"]));
  const node = Array.from({ length: RUN_COUNT }, () => time(["-e", "0"]));
  return [
    { name: "duolake --help", values: help, unit: "ms", goal: { max: 150 } },
    { name: "node with nothing to do, for comparison", values: node, unit: "ms" },
  ];
}
