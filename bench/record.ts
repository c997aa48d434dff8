import { createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { recordedPages } from "./recorded-pages.ts";

/**
 * Writes recorded pages to a file, one a line, unless it is there already; run in a process of its own, because the simulator
 * that makes the events must not be in the figures.
 */
export async function record(eventCount: number): Promise<void> {
  const file = recordedFile(eventCount);
  if (existsSync(file)) return;
  mkdirSync(join(tmpdir(), "duolake-bench"), { recursive: true });
  const out = createWriteStream(`${file}.part`);
  for await (const page of recordedPages(eventCount)) {
    if (!out.write(`${page}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
  renameSync(`${file}.part`, file);
}

/** Where the pages are kept. */
export function recordedFile(eventCount: number): string {
  return join(tmpdir(), "duolake-bench", `auth-v1-${eventCount}.ndjson`);
}
