import type { DeadLetter } from "../deploy/dead-letters.ts";
import { formatCount, formatDuration, formatInstant, isoInstant } from "./format.ts";
import { textTable } from "./text-table.ts";

/** What was given up: a pull, or a tick that reached nobody. */
export type DlqQueue = "pull" | "tick";

interface Reading {
  readonly nowMs: number;
  readonly sourcesOf: (body: string) => readonly string[] | undefined;
}

/** More sources of a shard than these are counted. */
const SOURCE_COUNT_MAX = 3;

/** A dead-letter queue for people: its count and a line for each message; pure. */
export function lettersText(
  queue: { readonly name: DlqQueue; readonly count: number; readonly letters: readonly DeadLetter[] },
  { nowMs, sourcesOf }: Reading,
): string {
  const { name, letters } = queue;
  const count = Math.max(queue.count, letters.length);
  if (count === 0) return `${name}: no dead letters\n`;
  const shown = letters.length < count ? `, ${formatCount(letters.length)} shown` : "";
  const rows = letters.map((letter) => [
    letter.group ?? "-",
    sourcesText(sourcesOf(letter.body)),
    formatInstant(letter.sentAtMs),
    formatDuration((nowMs - letter.sentAtMs) / 1000),
    formatCount(letter.receiveCount),
  ]);
  const columns = [
    { title: "group" },
    { title: "sources" },
    { title: "time" },
    { title: "age" },
    { title: "received", align: "right" as const },
  ];
  return `${name}: ${formatCount(count)} dead letter(s)${shown}\n${rows.length === 0 ? "" : textTable(columns, rows)}`;
}

/** A message in the documented shape (docs/cli-json.md); pure. */
export function letterJson(letter: DeadLetter, { nowMs, sourcesOf }: Reading): Record<string, unknown> {
  return {
    id: letter.id,
    group: letter.group ?? null,
    sources: sourcesOf(letter.body) ?? null,
    sent_at: isoInstant(letter.sentAtMs),
    age_seconds: Math.max(0, Math.round((nowMs - letter.sentAtMs) / 1000)),
    received: letter.receiveCount,
    body: letter.body,
  };
}

function sourcesText(sources: readonly string[] | undefined): string {
  if (sources === undefined) return "none";
  const more = sources.length - SOURCE_COUNT_MAX;
  return sources.slice(0, SOURCE_COUNT_MAX).join(", ") + (more > 0 ? ` and ${formatCount(more)} more` : "");
}
