import { soak } from "./soak.ts";
import { soakOptions } from "./options.ts";

// Days of trouble in minutes: the real daemon against the simulator. Exit code 1 where anything is lost or repeated.

try {
  const { isClean } = await soak(soakOptions(process.argv.slice(2)), (text) => process.stdout.write(text));
  process.exitCode = isClean ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
}
