import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DuoShell, startDuoShell, tablesOf } from "./support/cli.ts";

const PAGE = readFileSync("docs/cli-json.md", "utf8");

function sectionOf(command: string): string {
  const [, section] = PAGE.split(new RegExp(`^## \`${command} --json\`$`, "m"));
  return section?.split(/^## /m)[0] ?? "";
}

/** The first table of the example of a command. */
function exampleOf(command: string): Readonly<Record<string, unknown>> {
  const [, text] = /```json\n([\s\S]*?)```/.exec(sectionOf(command)) ?? [];
  return (JSON.parse(text ?? "") as { tables: Record<string, unknown>[] }).tables[0] ?? {};
}

/** Keys with those of objects inside, and of the first object of lists: `waiting.until`, `hours.hour`. */
function pathsOf(value: unknown, before = ""): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : pathsOf(value[0], before);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    `${before}${key}`,
    ...pathsOf(inner, `${before}${key}.`),
  ]);
}

async function runAll(shell: DuoShell): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
  const first = async (...argv: readonly string[]): Promise<Readonly<Record<string, unknown>>> =>
    tablesOf(await shell.run([...argv, "--json"]))[0] ?? {};
  return {
    diff: await first("diff"),
    pull: await first("pull"),
    backfill: await first("backfill", "--since", "2d"),
    verify: await first("verify", "--since", "2h"),
    status: await first("status"),
  };
}

describe("docs/cli-json.md", () => {
  test("shows just the keys that the commands print, in their order", async () => {
    await using shell = await startDuoShell({ tables: ["telephony"], simulator: { users: 10, days: 3 } });
    const printed = await runAll(shell);
    for (const [command, table] of Object.entries(printed)) {
      const example = exampleOf(command);
      expect([command, Object.keys(table)]).toEqual([command, Object.keys(example)]);
      // What was not empty in either is there in both.
      const inner = (one: unknown): string[] => pathsOf(one).filter((path) => path.includes("."));
      const roots = new Set(inner(example).map((path) => path.split(".")[0]));
      const common = inner(table).filter((path) => roots.has(path.split(".")[0] as string));
      expect([command, inner(example)]).toEqual([command, expect.arrayContaining(common)]);
    }
  });

  test.each(["diff", "pull", "backfill", "verify", "status"])(
    "explains every key of %s that does not speak for itself",
    (command) => {
      const section = sectionOf(command);
      const plain = new Set([
        "source",
        "table",
        "watermark",
        "snapshot_id",
        "appended",
        "duplicates",
        "rejected",
      ]);
      const unexplained = Object.keys(exampleOf(command)).filter(
        (key) => !plain.has(key) && !section.includes(`\`${key}\``),
      );
      expect(unexplained).toEqual([]);
    },
  );
});
