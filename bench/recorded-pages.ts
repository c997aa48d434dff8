import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "../simulator/simulator.ts";

const PAGE_ROW_COUNT = 1000;
/** The recorded events lie before this instant. */
export const RECORDED_UNTIL_MS: number = Date.UTC(2026, 2, 15, 12);
export const RECORDED_DAYS = 5;

/**
 * Records pages of authentication events as Duo sends them, once, and keeps them in the temporary folder.
 *
 * @param eventCount a multiple of 1,000
 * @returns the bodies, oldest events first
 */
export async function recordedPages(eventCount: number): Promise<string[]> {
  const key = createHash("sha256").update(`v1 ${eventCount}`).digest("hex").slice(0, 12);
  const file = join(tmpdir(), "duolake-bench", `auth-${key}.ndjson`);
  if (existsSync(file)) return readFileSync(file, "utf8").trimEnd().split("\n");
  await using simulator = await startSimulator({
    seed: 7,
    users: 2_000,
    days: RECORDED_DAYS + 1,
    nowMs: RECORDED_UNTIL_MS,
    eventsPerDay: { authentication: Math.ceil((eventCount / RECORDED_DAYS) * 1.6) },
  });
  const events = simulator.ledger
    .expected("authentication_v2", { fromMs: RECORDED_UNTIL_MS - RECORDED_DAYS * 86_400_000 })
    .slice(0, eventCount);
  if (events.length < eventCount)
    throw new Error(`Cannot record ${eventCount} events: the simulator has ${events.length}`);
  const pages: string[] = [];
  for (let at = 0; at < eventCount; at += PAGE_ROW_COUNT) {
    const authlogs = events.slice(at, at + PAGE_ROW_COUNT);
    const last = authlogs.at(-1) as { isotimestamp: string; txid: string };
    const cursor = [String(Date.parse(last.isotimestamp)), last.txid];
    pages.push(
      JSON.stringify({
        stat: "OK",
        response: { authlogs, metadata: { next_offset: cursor, total_objects: eventCount } },
      }),
    );
  }
  mkdirSync(join(tmpdir(), "duolake-bench"), { recursive: true });
  writeFileSync(file, `${pages.join("\n")}\n`);
  return pages;
}
