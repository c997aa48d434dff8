// A container of Lambda: loads a bundle, then calls its handler with each line of its input and says what that took.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [file, timeMs] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(file).href);
// Since the process began.
const loadedMs = performance.now();

for await (const line of createInterface({ input: process.stdin })) {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const endMs = Date.now() + Number(timeMs);
  const answer = await handler(JSON.parse(line), { getRemainingTimeInMillis: () => endMs - Date.now() });
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  const { maxRSS } = process.resourceUsage();
  const cpuMs = (user + system) / 1000;
  process.send({ answer: answer ?? null, loadedMs, wallMs, cpuMs, peakMb: maxRSS / 1024 });
}
process.exit(0);
