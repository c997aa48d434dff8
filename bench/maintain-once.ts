import type { Clock } from "../src/core/clock.ts";
import { openLake } from "../src/lake/open-lake.ts";

// Maintains the table of a benchmark's lake, at a time that is given, in a process of its own, and says what memory that took at most, MiB.

const [warehouse = "", nowMs = ""] = process.argv.slice(2);
const clock: Clock = { nowMs: () => Number(nowMs), sleep: () => Promise.resolve() };
const lake = await openLake({ warehouse, database: "bench", catalog: { type: "folder" }, clock });
const done = await lake.maintain("auth");
if (done?.filesAfter.count !== 1) throw new Error(`${done?.filesAfter.count} files are left`);
process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
