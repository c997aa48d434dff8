import { expect, test } from "vitest";
import type { App } from "../../src/app.ts";
import { type Clock, stopped } from "../../src/core/clock.ts";
import { DuolakeError } from "../../src/core/errors.ts";
import { keepMaintained } from "../../src/daemon/keep-maintained.ts";
import type { MaintainOptions, TableMaintenance } from "../../src/lake/maintain/maintenance.ts";

const NONE = { count: 0, sizeBytes: 0 };
const DONE: TableMaintenance = {
  filesBefore: NONE,
  filesAfter: NONE,
  compactedFileCount: 0,
  givenUpCount: 0,
  expiredSnapshotCount: 0,
  expiredFileCount: 0,
  orphans: { ...NONE, paths: [] },
  metadataFiles: NONE,
};

interface Turn {
  readonly at: string;
  readonly table: string;
  readonly scope: string | undefined;
}

/** Runs it from a moment on for some hours; `fails` names what a turn cannot do. */
async function turnsOf(options: {
  readonly from: string;
  readonly hours: number;
  readonly fails?: (turn: Turn) => boolean;
}): Promise<{ readonly turns: readonly Turn[]; readonly told: readonly string[] }> {
  let nowMs = Date.parse(options.from);
  const endMs = nowMs + options.hours * 3_600_000;
  const stop = new AbortController();
  const turns: Turn[] = [];
  const told: string[] = [];
  const clock: Clock = {
    nowMs: () => nowMs,
    sleep: async (delayMs) => {
      nowMs += delayMs;
      if (nowMs > endMs) {
        stop.abort();
        throw stopped();
      }
    },
  };
  const lake = {
    maintain: async (table: string, { scope }: MaintainOptions) => {
      const turn = { at: new Date(nowMs).toISOString().slice(11, 16), table, scope };
      turns.push(turn);
      if (options.fails?.(turn) === true) throw new DuolakeError("lake_full", "Cannot write: no space");
      return table === "duo_auth" ? DONE : undefined;
    },
  };
  const sources = [{ name: "duo", config: { tables: [{ name: "auth", resolvedName: "duo_auth" }] } }];
  await keepMaintained({ clock, lake, sources } as unknown as App, {
    signal: stop.signal,
    onMaintained: ({ table, error }, scope) => told.push(`${table} ${scope} ${error?.code ?? "ok"}`),
  });
  return { turns, told };
}

const ofAuth = (turns: readonly Turn[]): string[] =>
  turns.filter(({ table }) => table === "duo_auth").map(({ at, scope }) => `${at} ${scope}`);

test("a table is maintained wholly soon after the start and once after three o'clock, and each hour for today's files", async () => {
  const { turns, told } = await turnsOf({ from: "2026-03-12T00:30:00Z", hours: 6 });
  expect(ofAuth(turns)).toEqual([
    "00:40 all",
    "01:40 open_days",
    "02:40 open_days",
    "03:40 all",
    "04:40 open_days",
    "05:40 open_days",
  ]);
  expect([...new Set(turns.map(({ table }) => table))]).toEqual([
    "duo_auth",
    "duo_dead_letter",
    "duo_completeness",
  ]);
  expect(told.slice(0, 3)).toEqual(["auth all ok", "dead_letter all ok", "completeness all ok"]);
});

test("what fails is told, keeps no other table from its turn, and is tried again with the next one", async () => {
  let left = 2;
  const { turns, told } = await turnsOf({
    from: "2026-03-12T10:00:00Z",
    hours: 3.5,
    fails: ({ table }) => table === "duo_auth" && (left -= 1) >= 0,
  });
  expect(ofAuth(turns)).toEqual(["10:10 all", "11:10 all", "12:10 all", "13:10 open_days"]);
  expect(told.filter((text) => text.endsWith("lake_full"))).toHaveLength(2);
  expect(told.filter((text) => text.startsWith("dead_letter"))).toHaveLength(4);
});
