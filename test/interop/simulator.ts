import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { startSimulator } from "../../simulator/simulator.ts";

/**
 * Lets Duo's own Python client read every log of a simulator and compares that with the ledger: the fake must
 * satisfy the client that was written against the real service.
 *
 * @param python an interpreter that has the package `duo_client`
 * @throws Error when a stream differs
 */
export async function checkSimulator(python: string): Promise<void> {
  // A clock that stands still: what the ledger expects must not grow while the client reads.
  await using simulator = await startSimulator({ users: 30, days: 3, nowMs: Date.now() });
  const script = fileURLToPath(new URL("simulator_duo_client.py", import.meta.url));
  const code = await exitCodeOf(python, [script], {
    ...process.env,
    SIM_URL: simulator.url,
    SIM_API_HOSTNAME: simulator.apiHostname,
    SIM_INTEGRATION_KEY: simulator.integrationKey,
    SIM_SECRET_KEY: simulator.secretKey(),
  });
  if (code !== 0) throw new Error(`Cannot confirm the simulator with Duo's client: exit code ${code}`);
}

function exitCodeOf(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", reject);
    child.once("exit", resolve);
  });
}
