import { fileURLToPath } from "node:url";
import { startVitest } from "vitest/node";
import type { Check } from "./report.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs a file of Vitest's that no test run finds by itself, and gives one check for each of its tests.
 *
 * @param file from the project's folder on
 * @param env what the file finds in its environment
 * @throws Error where it has no tests
 */
export async function runContract(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly Check[]> {
  const vitest = await startVitest("test", [file], {
    root: ROOT,
    config: false,
    include: [file],
    watch: false,
    env: { ...env },
    testTimeout: 60_000,
    // Everything that there is to say is said by the checks.
    reporters: [{}],
  });
  try {
    const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
    const errors = vitest.state.getTestModules().flatMap((module) => module.errors());
    if (tests.length === 0) throw new Error(`${file} has no tests: ${errors[0]?.message ?? ""}`);
    return tests.map((test) => {
      const { state, errors: failures } = test.result();
      return { name: test.name, ok: state === "passed", detail: failures?.[0]?.message ?? "" };
    });
  } finally {
    await vitest.close();
    // A check that failed is counted by the report; the exit code is not Vitest's to set.
    process.exitCode = 0;
  }
}
