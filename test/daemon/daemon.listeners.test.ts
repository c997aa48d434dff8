import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { startDaemon } from "./support/daemon-harness.ts";

test("runDaemon lets any number of tables listen to its signal without a warning", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  await using daemon = await startDaemon({ tables: ["summary"], simulator: { days: 0 } });
  await daemon.settled();
  for (let count = 0; count < 20; count += 1) daemon.stop.signal.addEventListener("abort", () => {});
  await turn();
  await turn();
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
});
